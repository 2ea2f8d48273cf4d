"""An http(s) address -> the bytes behind it: the only importer of httpx besides kg.llm.

What a user types is fetched wherever it leads, http://localhost too. A redirect is not the user's word: it may lead to
public addresses, and back to the very host and port that the user typed, but into no private network. A name is
resolved once, and what is connected to is the address that was checked: another answer a moment later changes nothing.
Behind a proxy it is the proxy that resolves names.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; kg; reads single articles)",
    "Accept-Language": "vi,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
_PACKED = ("", "identity", "gzip", "x-gzip", "deflate")  # each once: what is packed twice may fill any memory
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

IP = ipaddress.IPv4Address | ipaddress.IPv6Address


def fetch(address: str) -> Raw:
    """What the address sends, after redirects; little more than MAX_BYTES at most.

    Raises ArticleError if it cannot be fetched, or is nothing that kg reads.
    """
    import httpx

    try:
        return _run(address)
    except (httpx.TimeoutException, TimeoutError):
        raise ArticleError(f"cannot fetch {address}: no answer within {TIMEOUT:g} s; try again later") from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
        raise ArticleError(f"cannot fetch {address}: {error}; check the address and the network") from None


def _run(address: str) -> Raw:
    """The fetch in an event loop: only so has it a limit of time as a whole, whatever drips in."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_fetch(address))
    with ThreadPoolExecutor(1) as alone:  # in a notebook, which has a loop already
        return alone.submit(lambda: asyncio.run(_fetch(address))).result()


async def _fetch(address: str) -> Raw:
    import httpx

    typed = url = _check(address, httpx.URL(address))
    resolved: dict[str, list[IP]] = {}
    async with httpx.AsyncClient(timeout=TIMEOUT, headers=_HEADERS) as client, asyncio.timeout(TIMEOUT):
        for _ in range(MAX_REDIRECTS + 1):
            if url.host not in resolved:
                resolved[url.host] = [] if _through_proxy(url) else await _resolve(url.host)
            if (url.host, url.port) != (typed.host, typed.port):
                _refuse_private(address, url.host, resolved[url.host])
            response = await _ask(client, url, resolved[url.host])
            try:
                if not response.has_redirect_location:
                    return await _receive(address, url, response)
                url = _check(address, url.join(response.headers["Location"]))
            finally:
                await response.aclose()
    raise ArticleError(f"cannot fetch {address}: more than {MAX_REDIRECTS} redirects; give the final address")


def _check(address: str, url: httpx.URL) -> httpx.URL:
    """The URL if it may be asked for."""
    if url.scheme not in ("http", "https"):
        raise ArticleError(f"cannot fetch {address}: kg fetches http and https only, not {url.scheme}")
    if not url.host:
        raise ArticleError(f"cannot fetch {address}: it names no host; write it like https://example.org/article")
    if url.userinfo:
        raise ArticleError("cannot fetch an address that holds a user name or password; they would be in the graph")
    return url


def _through_proxy(url: httpx.URL) -> bool:
    """Whether the environment names a proxy for a URL, as httpx understands it."""
    proxies = urllib.request.getproxies()
    return bool(proxies.get(url.scheme) or proxies.get("all")) and not urllib.request.proxy_bypass(url.host)


async def _resolve(host: str) -> list[IP]:
    """The addresses of a host, IPv4 first. Numbers in any form (0x7f.1, 2130706433) are hosts too. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    ips = {ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found}
    return sorted(ips, key=lambda ip: (ip.version, int(ip)))


def _refuse_private(address: str, host: str, ips: Sequence[IP]) -> None:
    """Raises ArticleError for a target of a redirect that is not public. ``ips``: none where a proxy resolves names."""
    try:
        ips = ips or [ipaddress.ip_address(host)]
    except ValueError:
        return
    if not all(is_public(ip) for ip in ips):
        raise ArticleError(
            f"cannot fetch {address}: it redirects into a private network ({host}); give that address itself if you "
            "mean it"
        )


def is_public(ip: IP) -> bool:
    """Whether an address is one of the open Internet; IPv6 forms of an IPv4 address are as public as that.

    >>> [is_public(ipaddress.ip_address(ip)) for ip in ("8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "fe80::1")]
    [True, False, False, False]
    """
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip.ipv4_mapped or ip.sixtofour
        inner = inner or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(inner)
    return ip.is_global and not ip.is_multicast


async def _ask(client: httpx.AsyncClient, url: httpx.URL, ips: Sequence[IP]) -> httpx.Response:
    """The response of the first of a host's addresses that can be connected to; of the URL itself without any."""
    import httpx

    if not ips:
        return await client.send(client.build_request("GET", url), stream=True)
    failed: httpx.TransportError | None = None
    for ip in ips:
        request = client.build_request(
            "GET",
            url.copy_with(host=str(ip)),
            headers={"Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        try:
            return await client.send(request, stream=True)
        except httpx.ConnectError as error:
            failed = error
    assert failed is not None
    raise failed


async def _receive(address: str, url: httpx.URL, response: httpx.Response) -> Raw:
    """The body of a response and its format."""
    if not response.is_success:
        status = f"{response.status_code} {response.reason_phrase}".strip()
        raise ArticleError(f"cannot fetch {address}: the server answers {status}; check the address")
    header = Message()
    header["Content-Type"] = response.headers.get("Content-Type", "")
    media = header.get_content_type() if header["Content-Type"] else ""
    if media not in MEDIA_TYPES and media not in VAGUE:
        raise ArticleError(f"{address} is of the type {media}; kg reads web pages, text, Markdown and PDF")
    packed = response.headers.get("Content-Encoding", "").strip().lower()
    if packed not in _PACKED:
        raise ArticleError(f"{address} is packed as {packed!r}, which kg does not open; save it and give the file")
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MAX_BYTES:
            break
    suffix = PurePosixPath(url.path).suffix.lower()
    vague = suffix if suffix in FORMATS else guess(bytes(content[:2000]))
    charset = header.get_content_charset("")
    return Raw(address, bytes(content), MEDIA_TYPES.get(media, vague), charset, str(url).partition("#")[0])
