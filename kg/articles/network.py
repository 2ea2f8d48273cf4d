"""An http(s) address -> the bytes behind it: the only importer of httpx besides kg.llm.

What a user types is fetched wherever it leads, http://localhost too. A redirect is not the user's word: it may lead to
public addresses, and back to the very host and port that the user typed, but into no private network.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from email.message import Message
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kg.articles.formats import FORMATS, MEDIA_TYPES, VAGUE, guess
from kg.articles.values import MAX_BYTES, Raw
from kg.errors import ArticleError

if TYPE_CHECKING:
    import httpx

TIMEOUT = 30.0  # seconds for the whole fetch
MAX_REDIRECTS = 5
_HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; kg; reads single articles)", "Accept-Language": "vi,en;q=0.5"}


def fetch(address: str) -> Raw:
    """What the address sends, after redirects; one byte more than MAX_BYTES at most.

    Raises ArticleError if it cannot be fetched, or is nothing that kg reads.
    """
    import httpx

    deadline = time.monotonic() + TIMEOUT
    try:
        typed = url = _check(address, httpx.URL(address))
        with httpx.Client(timeout=TIMEOUT, headers=_HEADERS, follow_redirects=False) as client:
            for _ in range(MAX_REDIRECTS + 1):
                with client.stream("GET", url) as response:
                    if not response.has_redirect_location:
                        return _receive(address, response, deadline)
                    url = _redirect(address, typed, url.join(response.headers["Location"]))
        raise ArticleError(f"cannot fetch {address}: more than {MAX_REDIRECTS} redirects; give the final address")
    except httpx.TimeoutException:
        raise ArticleError(f"cannot fetch {address}: no answer within {TIMEOUT:g} s; try again later") from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise ArticleError(f"cannot fetch {address}: {error}; check the address and the network") from None


def _check(address: str, url: httpx.URL) -> httpx.URL:
    """The URL if it may be asked for."""
    if url.scheme not in ("http", "https"):
        raise ArticleError(f"cannot fetch {address}: kg fetches http and https only, not {url.scheme}")
    if not url.host:
        raise ArticleError(f"cannot fetch {address}: it names no host; write it like https://example.org/article")
    if url.userinfo:
        raise ArticleError("cannot fetch an address that holds a user name or password; they would be in the graph")
    return url


def _redirect(address: str, typed: httpx.URL, target: httpx.URL) -> httpx.URL:
    """The target of a redirect if it is allowed."""
    _check(address, target)
    if (target.host, target.port) != (typed.host, typed.port) and not _is_public(target.host):
        raise ArticleError(
            f"cannot fetch {address}: it redirects into a private network ({target.host}); "
            "give that address itself if you mean it"
        )
    return target


def _is_public(host: str) -> bool:
    """Whether all addresses of a host are public; a name that does not resolve here (behind a proxy) counts as such."""
    try:
        found = socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return True
    ips = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    plain = [getattr(ip, "ipv4_mapped", None) or ip for ip in ips]
    return all(ip.is_global and not ip.is_multicast for ip in plain)


def _receive(address: str, response: httpx.Response, deadline: float) -> Raw:
    """The body of a response and its format."""
    if not response.is_success:
        status = f"{response.status_code} {response.reason_phrase}".strip()
        raise ArticleError(f"cannot fetch {address}: the server answers {status}; check the address")
    header = Message()
    header["Content-Type"] = response.headers.get("Content-Type", "")
    media = header.get_content_type() if header["Content-Type"] else ""
    if media not in MEDIA_TYPES and media not in VAGUE:
        raise ArticleError(f"{address} is of the type {media}; kg reads web pages, text, Markdown and PDF")
    content = _body(address, response, deadline)
    suffix = PurePosixPath(response.url.path).suffix.lower()
    vague = suffix if suffix in FORMATS else guess(content)
    charset = header.get_content_charset("")
    return Raw(address, content, MEDIA_TYPES.get(media, vague), charset, str(response.url).partition("#")[0])


def _body(address: str, response: httpx.Response, deadline: float) -> bytes:
    """The bytes, decompressed, up to the limits of size and time."""
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > MAX_BYTES:
            break
        if time.monotonic() > deadline:
            raise ArticleError(f"cannot fetch {address}: not finished within {TIMEOUT:g} s; try again later")
    return bytes(content)
