"""What the explorer asks besides SPARQL: search, the opening picture, neighbourhoods and paths, as JSON.

All of it is answered from an index in memory, made once for each published checkpoint.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kg import explore
from kg.errors import KgError
from kg.explore import Claim, Index
from kg.store import Store

MOST = 2000  # entities of an opening picture
PLACED = 400  # of them, at most, are given a place: the page finds one for the others
_FRESH = {"Cache-Control": "no-cache"}

JSON = dict[str, Any]


class Asked(Exception):
    """A request that cannot be answered: its status code, and what to tell."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Indexes:
    """The index of the newest checkpoint; who comes while it is being made waits for it."""

    def __init__(self, published: Callable[[], Store]) -> None:
        self._published = published
        self._lock = threading.Lock()
        self._store: Store | None = None

    def __call__(self) -> Index:
        """Raises StoreError where the store cannot be read."""
        store = self._published()
        with self._lock:
            if store is not self._store:
                self._index, self._store = explore.index(store), store
            return self._index


def routes(published: Callable[[], Store]) -> list[Route]:
    """The routes below /api. The index is made in the background from now on."""
    indexes = Indexes(published)
    threading.Thread(target=indexes, daemon=True, name="kg index").start()

    def route(name: str, answer: Callable[[Index, Mapping[str, str]], JSON]) -> Route:
        async def respond(request: Request) -> Response:
            try:
                content = await run_in_threadpool(lambda: answer(indexes(), request.query_params))
            except Asked as asked:
                return JSONResponse({"error": str(asked)}, asked.status)
            except KgError as error:
                return JSONResponse({"error": str(error)}, 503)
            return JSONResponse(content, headers=_FRESH)

        return Route(f"/api/{name}", respond)

    return [
        route("search", search),
        route("overview", overview),
        route("neighbours", neighbours),
        route("path", path),
    ]


def search(known: Index, asked: Mapping[str, str]) -> JSON:
    """Entities by a name as people type it."""
    found = known.names.find(asked.get("q", ""))
    shown = found[: _number(asked, "limit", 20, 1000)]
    return {"results": [_thing(known, n) | {"matched": name} for n, name in shown], "total": len(found)}


def overview(known: Index, asked: Mapping[str, str]) -> JSON:
    """The most central entities with the facts between them, their communities and their places."""
    return _overview(known, _number(asked, "limit", 200, MOST))


@lru_cache(maxsize=8)
def _overview(known: Index, most: int) -> JSON:
    shown = [n for n, thing in enumerate(known.things[:most]) if thing.degree]
    inside = set(shown)
    facts = sorted({c for n in shown for c in known.about[n] if known.other(c, n) in inside})
    pairs = [(known.claims[c].subject, known.claims[c].object) for c in facts]  # these are numbered from 0 too
    groups, places = explore.communities(len(shown), pairs), explore.places(known, shown[:PLACED])
    entities = [_thing(known, n) | {"community": groups[n]} | places.get(n, {}) for n in shown]
    total = {"entities": known.linked, "facts": len(known.claims)}
    return {"entities": entities, "facts": [_fact(known, known.claims[c]) for c in facts], "total": total}


def neighbours(known: Index, asked: Mapping[str, str]) -> JSON:
    """An entity's facts by relation and direction, the largest group first; ``limit`` facts in all."""
    thing = _entity(known, asked, "entity")
    groups: dict[tuple[str, str], list[int]] = {}
    for n in known.about.get(thing, ()):
        claim = known.claims[n]
        groups.setdefault((claim.relation, "out" if claim.subject == thing else "in"), []).append(n)
    left = _number(asked, "limit", 300, 10_000)
    shown = []
    for (relation, direction), facts in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        best = sorted(facts, key=lambda n: (-known.claims[n].confidence, n))[:left]
        left -= len(best)
        ends = sorted({known.other(n, thing) for n in best})
        told = {"relation": relation, "direction": direction, "count": len(facts)}
        shown.append(told | {"facts": _facts(known, best), "entities": [_thing(known, n) for n in ends]})
    return {"entity": _thing(known, thing), "groups": shown, "total": known.things[thing].degree}


def path(known: Index, asked: Mapping[str, str]) -> JSON:
    """The shortest paths between two entities."""
    ends = _entity(known, asked, "from"), _entity(known, asked, "to")
    limits = {"most": _number(asked, "limit", 3, 20), "longest": _number(asked, "longest", explore.LONGEST, 10)}
    modalities = tuple(filter(None, asked.get("modality", "").split(",")))
    found = explore.paths(known, *ends, **limits, modalities=modalities)
    return {
        "paths": [
            {"entities": [known.things[n].iri for n in way], "hops": [_facts(known, hop) for hop in hops]}
            for way, hops in found
        ]
    }


def _number(asked: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = asked.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise Asked(400, f"{name}={text}: give a whole number from 1 to {most}")
    return int(text)


def _entity(known: Index, asked: Mapping[str, str], name: str) -> int:
    if not (iri := asked.get(name, "")):
        raise Asked(400, f"the request names no entity: add {name}=IRI")
    if iri not in known.number:
        raise Asked(404, f"no entity {iri} in the graph: search finds the IRIs of entities")
    return known.number[iri]


def _thing(known: Index, number: int) -> JSON:
    thing = known.things[number]
    return {"iri": thing.iri, "label": thing.label, "type": thing.type, "degree": thing.degree}


def _facts(known: Index, numbers: Sequence[int]) -> list[JSON]:
    return [_fact(known, known.claims[n]) for n in numbers]


def _fact(known: Index, claim: Claim) -> JSON:
    return {
        "iri": claim.iri,
        "s": known.things[claim.subject].iri,
        "p": claim.relation,
        "o": known.things[claim.object].iri,
        "modality": claim.modality,
        "confidence": claim.confidence,
        "speaker": claim.speaker,
        "date": claim.date,
        "article": claim.article,
    }
