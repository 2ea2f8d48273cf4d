"""Pages of what has a name here: data for programs, and for browsers the way to the explorer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.rdf import ARTICLE, DECISION, EVIDENCE, ID, MENTION, RUN, STATEMENT
from kg.web.answers import Answer, Refusal
from kg.web.graphs import METHODS
from kg.web.media import GRAPHS, negotiate
from kg.web.messages import answered, client_of
from kg.web.sparql import IRI, Query, task_of
from kg.web.tasks import FRESH
from kg.web.workers import Workers

PAGES = {  # path -> the IRIs below it, and what the explorer calls such a thing
    "/id": (str(ID), "entity"),
    "/statement": (str(STATEMENT), "statement"),
    "/article": (str(ARTICLE), "article"),
    "/evidence": (str(EVIDENCE), "evidence"),
    "/mention": (str(MENTION), "mention"),
    "/run": (str(RUN), "run"),
    "/decision": (str(DECISION), "decision"),
}
# All that is said of it; the statements about it, their evidence and its quotes; and names for what those mention.
_KNOWN = """CONSTRUCT { ?n ?p ?o . ?named skos:prefLabel ?label } WHERE {
  { BIND(?it AS ?n) ?n ?p ?o }
  UNION { { SELECT DISTINCT ?st { ?st rdf:subject|rdf:object|prov:wasAttributedTo ?it } }
    ?st (prov:wasDerivedFrom|prov:wasDerivedFrom/oa:hasSelector)? ?n . ?n ?p ?o }
  UNION { ?it prov:wasDerivedFrom|prov:wasDerivedFrom/oa:hasSelector|oa:hasSelector ?n . ?n ?p ?o }
  UNION { { SELECT DISTINCT ?named { ?st rdf:subject|rdf:object|prov:wasAttributedTo ?it ;
    rdf:subject|rdf:object|prov:wasAttributedTo ?named } } ?named skos:prefLabel ?label }
}"""


def routes(workers: Workers) -> list[Route]:
    """A page for each name."""
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return [
        Route(f"{path}/{{name:path}}", _page(workers, start, kind), methods=methods)
        for path, (start, kind) in PAGES.items()
    ]


def _page(workers: Workers, start: str, kind: str) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def work(request: Request) -> Answer:
        if request.method not in ("GET", "HEAD"):
            raise Refusal(405, f"{request.method} is not allowed here: this can only be read", METHODS)
        name = request.path_params["name"]
        iri = start + (quote(name) if kind == "article" else name)  # see rdf.article_iri
        if not IRI.fullmatch(iri):
            raise Refusal(404, f"{name!r} is no name here")
        accept = ",".join(request.headers.getlist("accept")) or "*/*"
        page = negotiate(accept, GRAPHS | {"text/html": "html"}) == "text/html"
        text = "ASK {}" if page else _KNOWN.replace("?it", f"<{iri}>")
        query = Query(text, accept="*/*" if page else accept, about=iri)
        answer = await workers.ask(task_of(query), client_of(request))
        if page and answer.status == 200:
            return Answer(b"", "", status=303, headers=(("Location", f"/#{kind}={quote(iri, safe='')}"), *FRESH))
        return answer

    async def page(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=METHODS)
        return await answered(request, work(request))

    return page
