"""What the explorer asks besides SPARQL, as JSON. GET, links by POST, for they may be many; nothing is changed.

    /api/search?q=TEXT&limit=20                    entities by beginnings of their names, all for no text
    /api/overview?limit=200                        the picture to begin with
    /api/neighbours?entity=IRI&limit=300           an entity's facts by relation and direction
    /api/links                                     a form with entity=IRI&entity=IRI&limit=200: the facts of these with
                                                   each other and with that overview (limit=0: none); entities
                                                   that are not in the graph are left out
    /api/path?from=IRI&to=IRI&limit=3&longest=6    how two entities are connected; &modality=asserted,planned

What is wrong with a request is told as {"error": message}: 400, 404 for an unknown entity, 503 for no graph.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
import numpy as np
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from kg.errors import KgError, RequestError
from kg.explore.index import MODALITIES, Index
from kg.explore.kept import SHOWN, known
from kg.explore.neighbours import neighbours
from kg.explore.opening import Opening, links, opening
from kg.explore.paths import paths
from kg.store import Store
from kg.web.answers import Refusal
from kg.web.messages import text_of
from kg.web.once import Newest, Once

JSON = Mapping[str, Any]

LIMITS = {  # of a parameter of a path: what it is without being named, and what is the most
    ("search", "limit"): (20, 1000),
    ("overview", "limit"): (SHOWN, 2000),
    ("neighbours", "limit"): (300, 10_000),
    ("links", "limit"): (SHOWN, 2000),
    ("path", "limit"): (3, 50),
    ("path", "longest"): (6, 8),
}
QUESTION = 200  # letters of a name that is looked for
AT_ONCE = 4  # answers of a path that are worked out, in threads of their own: files are sent by the common ones
OPENINGS = 8  # pictures that are kept: they take longer than anything else


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of one checkpoint."""

    index: Index
    openings: Callable[[int], Opening]  # by how many entities they show


Asked = QueryParams
Answer = Callable[[Known, Asked], JSON]


class Unknown(RequestError):
    """An entity that the graph does not have."""


def routes(published: Callable[[], Store]) -> list[Route]:
    """The routes for the store that ``published`` gives; what is known of it is worked out from now, by a thread."""
    reading = Newest(published, _known)
    reading.begin()
    answers: Mapping[str, Answer] = {
        "search": _search,
        "overview": _overview,
        "neighbours": _neighbours,
        "path": _path,
        "links": _links,
    }
    methods = {"links": "POST"}  # it names many
    return [
        Route(f"/api/{name}", _route(reading.soon, answer), methods=[methods.get(name, "GET")])
        for name, answer in answers.items()
    ]


def _known(store: Store) -> Known:
    found = known(store)
    others: Once[int, Opening] = Once(lambda limit: opening(found.index, limit=limit), most=OPENINGS)
    return Known(found.index, lambda limit: found.opening if limit == SHOWN else others(limit))


def _route(known: Callable[[], Awaitable[Known]], answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    turns = anyio.CapacityLimiter(AT_ONCE)

    async def send(request: Request) -> Response:
        try:
            posted = request.method == "POST"
            asked = QueryParams(await text_of(request, "utf-8")) if posted else request.query_params
            found = await known()
            content, status = await anyio.to_thread.run_sync(answer, found, asked, limiter=turns), 200
        except RequestError as error:
            content, status = {"error": str(error)}, 404 if isinstance(error, Unknown) else 400
        except KgError as error:
            content, status = {"error": f"the graph cannot be read: {error}"}, 503
        except Refusal as refusal:  # of a body
            content, status = {"error": refusal.message}, refusal.status
        return JSONResponse(content, status, headers={"Cache-Control": "no-cache"})

    return send


# What each gives


def _search(known: Known, asked: Asked) -> JSON:
    index = known.index
    text, limit = asked.get("q", "").strip(), _number(asked, "search", "limit")
    if len(text) > QUESTION:
        raise RequestError(f"q has {len(text):,} letters: give a name of at most {QUESTION}")
    if text:
        found, total = index.names.find(text, limit=limit)
    else:
        found, total = list(enumerate(index.labels[:limit])), len(index.labels)
    return {"results": [_entity(index, number) | {"matched": name} for number, name in found], "total": total}


def _overview(known: Known, asked: Asked) -> JSON:
    return overview(known.index, known.openings(_number(asked, "overview", "limit")))


def overview(index: Index, picture: Opening) -> JSON:
    """The most central entities; those that are in no fact do not count."""
    places = zip(picture.communities, picture.positions, strict=True)
    return {
        "entities": [
            _entity(index, number) | {"community": community, "x": x, "y": y}
            for number, (community, (x, y)) in enumerate(places)
        ],
        "facts": _listed(index, picture.facts),
        "total": {"entities": int(np.count_nonzero(index.degrees)), "facts": len(index.facts.iris)},
    }


def _neighbours(known: Known, asked: Asked) -> JSON:
    index = known.index
    entity = _named(index, asked, "entity")
    groups = [
        {
            "relation": group.relation,
            "direction": group.direction,
            "count": group.count,
            "facts": _listed(index, group.facts),
            "entities": [_entity(index, number) for number in group.entities],
        }
        for group in neighbours(index, entity, limit=_number(asked, "neighbours", "limit"))
    ]
    return {"entity": _entity(index, entity), "groups": groups, "total": int(index.degrees[entity])}


def _path(known: Known, asked: Asked) -> JSON:
    index = known.index
    start, end = _named(index, asked, "from"), _named(index, asked, "to")
    limit, longest = (_number(asked, "path", name) for name in ("limit", "longest"))
    found = paths(index, start, end, limit=limit, longest=longest, modalities=_modalities(asked))
    return {
        "paths": [
            {
                "entities": [index.iris[number] for number in path.entities],
                "hops": [_listed(index, hop) for hop in path.hops],
            }
            for path in found
        ]
    }


def _links(known: Known, asked: Asked) -> JSON:
    index = known.index
    more = {index.numbers[iri] for iri in asked.getlist("entity") if iri in index.numbers}
    limit = 0 if asked.get("limit") == "0" else _number(asked, "links", "limit")
    return {"facts": _listed(index, links(index, more, limit=limit))}


# What is asked


def _number(asked: Asked, path: str, name: str) -> int:
    usual, most = LIMITS[path, name]
    text = asked.get(name, str(usual))
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
        raise RequestError(f"{name} is {text!r}: give a number from 1 to {most}")
    return int(text)


def _named(index: Index, asked: Asked, name: str) -> int:
    iri = asked.get(name, "")
    if not iri:
        raise RequestError(f"{name} is missing: give the IRI of an entity")
    if iri not in index.numbers:
        raise Unknown(f"no entity {iri!r} in the graph: /api/search finds entities by name")
    return index.numbers[iri]


def _modalities(asked: Asked) -> Sequence[str]:
    names = asked.get("modality", ",".join(MODALITIES)).split(",")
    if unknown := sorted(set(names) - set(MODALITIES)):
        raise RequestError(f"modality {unknown[0]!r}: use some of {','.join(MODALITIES)}")
    return names


# Entities and facts by number


def _entity(index: Index, number: int) -> dict[str, Any]:
    return {
        "iri": index.iris[number],
        "label": index.labels[number],
        "type": index.types[number],
        "degree": int(index.degrees[number]),
    }


def _listed(index: Index, numbers: Iterable[int]) -> list[JSON]:
    facts = index.facts
    return [
        {
            "iri": facts.iris[number],
            "s": index.iris[facts.subjects[number]],
            "p": facts.relation_iris[facts.relations[number]],
            "o": index.iris[facts.objects[number]],
            "modality": MODALITIES[facts.modalities[number]],
            "confidence": float(facts.confidences[number]),
            "speaker": facts.speakers[number],
            "date": facts.dates[number],
            "article": facts.articles[number],
        }
        for number in numbers
    ]
