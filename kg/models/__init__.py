"""The shipped weights, each with a model card, and what reads the encoder's."""
