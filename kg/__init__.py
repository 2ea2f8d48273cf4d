"""Knowledge graphs from articles, in which every edge opens the sentence that states it.

>>> import kg
>>> graph = kg.build("article.txt")  # doctest: +SKIP
>>> list(graph.query("SELECT ?o WHERE { id:openai kg:partnersWith ?o }"))  # doctest: +SKIP
[(rdflib.term.URIRef('https://example.org/kg/id/nvidia'),)]

Importing kg loads neither torch nor stanza; they come with the first article that has to be parsed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.errors import KgError
    from kg.graph import Graph, build

__all__ = ["Graph", "KgError", "build"]
__version__ = "0.1.0"

_HOMES = {"Graph": "kg.graph", "build": "kg.graph", "KgError": "kg.errors"}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_HOMES[name]), name)
