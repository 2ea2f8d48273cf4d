"""Requests to a SPARQL 1.1 server: its addresses, who asks, what its refusals mean, and what may be asked again."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import httpx

from kg.errors import QueryError, StoreError

PATIENCE = 300.0  # seconds for an answer to begin, and between two parts of it
PAUSES = (0.2, 0.6, 1.2)  # seconds before a request is sent again
IDLE = 2.0  # seconds after which a connection is not used again: a server may be closing it just then
RESULTS = {  # media types of what a query may give
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/n-triples": "ntriples",
    "text/turtle": "turtle",
    "application/rdf+xml": "rdfxml",
}
ACCEPT = "application/sparql-results+json,application/n-triples;q=0.9,text/turtle;q=0.8,application/rdf+xml;q=0.7"
_UPDATES = (("/query", "/update"),)  # ends of query addresses, and of the update addresses beside them
_REPOSITORY = "/repositories/"  # of RDF4J and GraphDB, which take updates at .../statements
_CREDENTIALS = "set KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN"
_REMEDIES = {
    401: f"it wants to know who asks: {_CREDENTIALS}",
    403: f"it does not allow that: {_CREDENTIALS} of somebody who may",
    404: "there is nothing at that address: give that of its SPARQL queries, and of its updates with --store-update",
    405: "it takes no such request there: give the address of its updates with --store-update",
    413: "allow larger requests in its settings, or in those of the proxy before it: an article is one request",
    415: "it takes no such request there: give the address of its updates with --store-update",
    429: "it is busy: run the same again later",
    503: "it is busy: run the same again later",
}
_BUSY = (429, 502, 503, 504)


def update_address(address: str) -> str:
    """Where a server takes updates, by the address of its queries: what is usual.

    >>> update_address("http://localhost:7878/query"), update_address("http://localhost/sparql")
    ('http://localhost:7878/update', 'http://localhost/sparql')
    """
    base = address.rstrip("/")
    if _REPOSITORY in base and "/" not in base.partition(_REPOSITORY)[2]:
        return f"{base}/statements"
    found = next((base.removesuffix(end) + other for end, other in _UPDATES if base.endswith(end)), "")
    return found or address


class Client:
    """Asks one server. Who asks is said by the environment: KG_STORE_USER and KG_STORE_PASSWORD, or KG_STORE_TOKEN."""

    def __init__(self, address: str, update: str = "", *, patience: float = PATIENCE) -> None:
        """Nothing is sent yet. Raises StoreError for an address that is not http(s), or holds credentials."""
        self.address = checked(address)
        self.update_address = checked(update or update_address(address))
        self._patience = patience
        user, password = os.environ.get("KG_STORE_USER", ""), os.environ.get("KG_STORE_PASSWORD", "")
        token = os.environ.get("KG_STORE_TOKEN", "")
        if not (token.isascii() and token.isprintable()):
            raise StoreError("KG_STORE_TOKEN has letters that no request can carry: set it to printable ASCII")
        self._http = httpx.Client(
            auth=httpx.BasicAuth(user, password) if user and not token else None,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(patience, connect=min(patience, 10.0)),
            limits=httpx.Limits(keepalive_expiry=IDLE),
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def query(self, sparql: str, parameters: Sequence[tuple[str, str]]) -> tuple[str, bytes]:
        """The format (a value of RESULTS) and the bytes of a result. Raises QueryError, StoreError."""
        headers = {"Content-Type": "application/sparql-query", "Accept": ACCEPT}
        answer = self._send(self.address, sparql, headers, parameters, again=True)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in RESULTS:
            raise StoreError(
                f"the store {self.address} answers with {kind or 'nothing'}, which is no SPARQL result: "
                "give the address of its SPARQL queries"
            )
        return RESULTS[kind], answer.content

    def update(self, sparql: str) -> None:
        """Carry out an update, as one request, which is never sent twice: the first may have been carried out."""
        self._send(self.update_address, sparql, {"Content-Type": "application/sparql-update"}, (), again=False)

    def _send(
        self, address: str, sparql: str, headers: dict[str, str], parameters: Sequence[tuple[str, str]], *, again: bool
    ) -> httpx.Response:
        """The answer of success. Only what reads (``again``), or was not sent at all, is sent again."""
        content = sparql.encode()
        url = httpx.URL(address).copy_merge_params(list(parameters)) if parameters else httpx.URL(address)
        for pause in (*PAUSES, None):
            try:
                answer = self._http.post(url, content=content, headers=headers)
            except httpx.TransportError as error:
                harmless = again or isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if pause is None or not harmless or isinstance(error, httpx.ReadTimeout):
                    raise self._lost(address, error, harmless=harmless) from error
            else:
                if answer.is_success:
                    return answer
                if pause is None or not again or answer.status_code not in _BUSY:
                    raise self._refusal(address, answer, len(content), query=again)
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _lost(self, address: str, error: httpx.TransportError, *, harmless: bool) -> StoreError:
        """A server that cannot be reached, or does not answer."""
        reason = f"cannot be reached: {str(error) or type(error).__name__}"
        if isinstance(error, httpx.TimeoutException):
            reason = f"does not answer within {self._patience:g} seconds"
        remedy = "check that it runs, and its address"
        if not harmless:
            remedy = "whether it carried the update out is not known; run the same again, which puts either case right"
        return StoreError(f"the store {address} {reason}; {remedy}")

    def _refusal(self, address: str, answer: httpx.Response, size: int, *, query: bool) -> StoreError | QueryError:
        """What a status other than success means."""
        status = answer.status_code
        said = " ".join(answer.text.split())[:300] if "html" not in answer.headers.get("Content-Type", "") else ""
        if query and status == 400:
            return QueryError(f"the store {address} cannot answer the query: {said}")
        if answer.has_redirect_location:
            return StoreError(
                f"the store {address} has moved to {answer.headers['Location']}: give that address if you trust it"
            )
        remedy = _REMEDIES.get(status, "look into its log")
        told = f" ({said})" if said else ""
        return StoreError(
            f"the store {address} refuses a request of {size:,} bytes with status {status}{told}; {remedy}"
        )


def checked(address: str) -> str:
    """An address of a store. Raises StoreError for one that is not http(s), or that holds credentials."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise StoreError(
            f"{address!r} is no address of a store: {error}; give one such as http://host/query"
        ) from error
    if url.userinfo:
        raise StoreError(f"an address with a password in it can be seen by others: leave that out and {_CREDENTIALS}")
    if url.scheme not in ("http", "https") or not url.host:
        raise StoreError(f"{address!r} is no address of a store: give one such as http://host/query")
    return address
