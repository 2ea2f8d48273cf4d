"""The explorer as one offline file: the page, the graph and Oxigraph inside. What is asked is answered in the page.

The file's own Content-Security-Policy admits its one script and style sheet by their hashes, workers made by it, and
WebAssembly; nothing can be fetched. Sensible up to some 100,000 triples, 10 MB; more are slow to open.
"""

from __future__ import annotations

import base64
import gzip
import io

from kg.errors import RequestError
from kg.explore.kept import known
from kg.store import Store
from kg.web.api import overview
from kg.web.explorer import STATIC
from kg.web.page import hash_of, json_text

_PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>kg</title><link rel="icon" href="data:,"><style>{style}</style></head><body>
<script type="application/json" id="opening">{opening}</script>
<script type="text/plain" id="graph">{graph}</script>
<script type="text/plain" id="oxigraph">{oxigraph}</script>
<script>{script}</script></body></html>
"""


def page(store: Store) -> bytes:
    """The file, the same for the same graph. Raises RequestError where the explorer is not built."""
    try:
        script, style = ((STATIC / "offline" / f"explorer.{kind}").read_text(encoding="utf8") for kind in ("js", "css"))
        oxigraph = (STATIC / "offline" / "oxigraph.wasm").read_bytes()
    except FileNotFoundError as error:
        raise RequestError(f"the explorer is not built ({error.filename} is missing): run make ui") from None
    script = script.replace("</script", "<\\/script").replace(
        "<!--", "<\\!--"
    )  # of strings; HTML would take them for its own
    policy = (
        f"default-src 'none'; script-src {hash_of(script)} 'wasm-unsafe-eval'; style-src {hash_of(style)}; "
        "img-src data: blob:; worker-src blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )
    found = known(store)
    parts = {
        "opening": json_text(overview(found.index, found.opening)),
        "graph": _packed(_quads(store)),
        "oxigraph": _packed(oxigraph),
    }
    return _PAGE.format(policy=policy, style=style, script=script, **parts).encode()


def _quads(store: Store) -> bytes:
    buffer = io.BytesIO()
    store.export("nquads", buffer)
    return buffer.getvalue()


def _packed(content: bytes) -> str:
    """Compressed, without a date, as letters."""
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode()
