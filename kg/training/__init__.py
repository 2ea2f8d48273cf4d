"""How the weights in kg/models are made from public data. ``python -m kg.training --help`` lists the steps."""
