"""graph.html: the picture as one offline file, and the notebook view. The only importer of pyvis.

pyvis makes the network data; the page around it is our own (template/graph.*), with vis-network from the pyvis package
inside. Nothing is fetched, and nothing of an article ever becomes HTML: data travel as JSON, and a
Content-Security-Policy admits only our two scripts, by their hashes.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html as markup
import importlib.resources
import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import jinja2

from kg import explore
from kg.explore import Edge, Node, View
from kg.store import Store

SCRIPTS = ("words", "model", "labels", "canvas", "panel", "search", "filters", "main")  # in this order

HEADERS = {  # of the served page; what it says of itself is stricter
    "Content-Security-Policy": "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

COLOURS = {  # by class: hues far apart, and dark enough for white letters
    "Person": "#c2571a",
    "Organization": "#2563a8",
    "Place": "#2e7d4f",
    "Product": "#7a4fb5",
    "Technology": "#0f7f8c",
    "Resource": "#9a7400",
    "Concept": "#5f6b7a",
    "Event": "#b83268",
    "Work": "#8a5a33",
    "Role": "#6b6b2f",
}
OTHER = ("#4f5d95", "#3f7f5f", "#a04848", "#7f5f9f", "#4f7f9f", "#8f6f2f")  # classes of other ontologies, in turn


@dataclass(frozen=True, slots=True)
class Notebook:
    """What a notebook shows as a picture."""

    html: str

    def _repr_html_(self) -> str:
        """The page in a frame of its own."""
        page = markup.escape(self.html)
        look = "width:100%;height:640px;border:0"
        return f'<iframe srcdoc="{page}" sandbox="allow-scripts" style="{look}" title="kg"></iframe>'


def show(view: View) -> Notebook:
    """The picture of a view, for the last line of a notebook cell."""
    return Notebook(html(view).decode())


def from_store(store: Store) -> bytes:
    """The page of the most central entities of a store."""
    return html(explore.view(store))


def html(view: View, *, title: str = "kg", lang: str = "vi") -> bytes:
    """The page of a view: one HTML file in UTF-8, the same for the same view; ``lang`` is vi or en, to start with."""
    scripts, style = (_vis(), _script()), _asset("graph.css")
    policy = (
        f"default-src 'none'; script-src {' '.join(map(hash_of, scripts))}; style-src {hash_of(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    data = json_text(page_data(view))
    page = _template().render(policy=policy, scripts=scripts, style=style, data=data, title=title, lang=lang)
    return page.encode()


def page_data(view: View) -> dict[str, Any]:
    """All that the page shows, as plain values; entities without a fact are counted and found, not drawn."""
    colours = _colours(view)
    drawn = _merged(view.edges)
    nodes, edges, *_ = _network(replace(view, edges=tuple(drawn)), colours, drawn).get_network_data()
    return {
        "nodes": nodes,
        "edges": edges,
        "entities": {node.iri: asdict(node) for node in view.nodes},
        "facts": {edge.iri: asdict(edge) | {"times": times} for edge, times in drawn.items()},
        "relations": view.relation_labels,
        "types": view.type_labels,
        "colours": colours,
        "total": {"entities": view.entities, "facts": view.facts},
    }


def _merged(edges: Sequence[Edge]) -> dict[Edge, int]:
    """What several articles state alike is drawn once, with the sentences of all, named by the first statement.

    Gives each fact drawn with the number of its statements.
    """
    alike: dict[tuple[str, ...], list[Edge]] = defaultdict(list)
    for edge in edges:
        alike[edge.subject, edge.relation, edge.object, edge.modality, edge.speaker].append(edge)
    merged = {}
    for group in alike.values():
        quotes = tuple(sorted({quote for edge in group for quote in edge.quotes}))
        confidence = max(edge.confidence for edge in group)
        merged[replace(group[0], quotes=quotes, confidence=confidence)] = len(group)
    return merged


def _colours(view: View) -> dict[str, str]:
    types = sorted({node.type for node in view.nodes})
    others = [name for name in types if name not in COLOURS]
    spare = {name: OTHER[number % len(OTHER)] for number, name in enumerate(others)}
    return {name: COLOURS.get(name) or spare[name] for name in types}


def _network(view: View, colours: Mapping[str, str], times: Mapping[Edge, int]) -> Any:
    from pyvis.network import Network

    network = Network(directed=True)
    linked = _linked(view)
    places = explore.layout(linked)
    for node in linked.nodes:
        network.add_node(node.iri, **_drawn_node(node, colours[node.type], places[node.iri]))
    seen: Counter[tuple[str, ...]] = Counter()
    for edge in view.edges:
        pair = tuple(sorted((edge.subject, edge.object)))
        drawn = _drawn_edge(edge, seen[pair], turned=pair[0] != edge.subject)
        network.add_edge(edge.subject, edge.object, width=round(1.4 + 0.6 * math.log2(times[edge]), 2), **drawn)
        seen[pair] += 1
    return network


def _linked(view: View) -> View:
    """The view without entities that no shown fact names."""
    ends = {end for edge in view.edges for end in (edge.subject, edge.object)}
    return replace(view, nodes=tuple(node for node in view.nodes if node.iri in ends))


def _drawn_node(node: Node, colour: str, place: tuple[int, int]) -> dict[str, Any]:
    """Size grows with the number of facts; the area, not the radius, follows it."""
    label = node.label if len(node.label) <= 34 else node.label[:33] + "…"
    size = round(6 + min(node.degree, 60) ** 0.5 * 2.8, 1)
    return {"label": label, "shape": "dot", "x": place[0], "y": place[1], "size": size, "color": colour}


def _drawn_edge(edge: Edge, number: int, *, turned: bool) -> dict[str, Any]:
    """Facts between the same two entities are bent apart, each to be clicked by itself."""
    drawn: dict[str, Any] = {"id": edge.iri, "label": edge.relation}
    if number:
        way = "curvedCW" if (number % 2 == 1) != turned else "curvedCCW"
        drawn["smooth"] = {"enabled": True, "type": way, "roundness": round(0.2 * ((number + 1) // 2), 2)}
    return drawn | _DASHES.get(edge.modality, {})


_DASHES: dict[str, dict[str, Any]] = {"planned": {"dashes": [9, 6]}, "possible": {"dashes": [2, 5]}}


def json_text(data: Any) -> str:
    """JSON that may stand in a script element: no tag can end it."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def hash_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@functools.cache
def _script() -> str:
    """Our scripts as one function, so that their names stay among themselves."""
    return "(() => {\n" + "".join(_asset(f"graph/{name}.js") for name in SCRIPTS) + "})();\n"


@functools.cache
def _vis() -> str:
    path = importlib.resources.files("pyvis") / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"
    return path.read_text(encoding="utf8")


@functools.cache
def _asset(name: str) -> str:
    return (importlib.resources.files("kg.web") / "template" / name).read_text(encoding="utf8")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(_asset("graph.html"))
