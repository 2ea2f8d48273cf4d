"""How many pictures a second the explorer draws while it is dragged: ``python -m kg.training.frames --out FOLDER``.

In headless Chromium without a graphics card: the processor draws WebGL (SwiftShader), and the page. The mouse holds
the picture and goes round, at up to 60 moves a second. "frames" are those of the browser (requestAnimationFrame),
"drawn" those in which sigma drew the graph anew: at most one for each move. Beside them: the time between two frames
that nineteen of twenty do not exceed; the processor time of all browser processes for one drawn picture, which says
more on a busy machine; and its load. From MANY lines on (kg/web/ui/src/canvas.ts) none are drawn while it moves.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from kg.store import STORE, current
from kg.training import graph
from kg.training.serving import contenders, p95

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--enable-unsafe-swiftshader", "--disable-gpu-compositing")
SIZES = (200, 2000)  # entities on show
SECONDS = 6.0  # of one drag
MOVES = 60  # of the mouse in a second, at most
PATIENCE = 120.0  # seconds until the picture stands

_COUNT = """() => {
  window.frames_ = []; window.before_ = kg.drawn();
  const count = (now) => { frames_.push(now); requestAnimationFrame(count); };
  requestAnimationFrame(count);
}"""


def measure(page: Any, address: str, entities: int) -> None:
    """Print one line."""
    page.goto("about:blank")
    page.goto(f"{address}/#limit={entities}&lang=en")
    end = time.monotonic() + PATIENCE
    while page.evaluate("!window.kg || kg.drawn() < 2 || document.querySelector('main')?.ariaBusy !== 'false'"):
        if time.monotonic() > end:
            raise TimeoutError(f"no picture after {PATIENCE:g} seconds")
        page.wait_for_timeout(200)
    page.wait_for_timeout(2000)
    box = page.locator(".canvas").bounding_box()
    shown, facts = page.locator(".amount b").all_text_contents()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 60
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(_COUNT)
    begun, before = time.monotonic(), _processor()
    moves = 0
    while (now := time.monotonic() - begun) < SECONDS:
        page.mouse.move(x + 120 * math.sin(2 * now), y - 100 + 100 * math.cos(2 * now))
        moves += 1
        time.sleep(max(0.0, moves / MOVES - (time.monotonic() - begun)))
    times, drawn, lines = page.evaluate("() => [frames_, kg.drawn() - before_, kg.lines()]")
    busy = _processor() - before
    page.mouse.up()
    gaps = [(after - before) / 1000 for before, after in pairwise(times)]
    seconds = sum(gaps)
    print(
        f"{shown:>8} {facts:>8} {lines:>7,} {len(gaps) / seconds:10.1f} {drawn / seconds:9.1f} {p95(gaps) * 1000:9.0f}"
        f" {busy / max(drawn, 1) * 1000:16.0f} {moves / SECONDS:9.1f} {os.getloadavg()[0]:6.1f}",
        flush=True,
    )


def _processor() -> float:
    """Seconds that the browser's processes have used."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            name, _, rest = stat.read_text().rpartition(") ")
            ticks += sum(map(int, rest.split()[11:13])) if "(chrom" in name else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    reader = argparse.ArgumentParser(prog="python -m kg.training.frames", description=__doc__)
    reader.add_argument("--out", type=Path, default=Path("outputs/bench"), metavar="FOLDER", help="of the graph")
    reader.add_argument("--triples", type=int, default=1_000_000, help="of the graph, where it has to be made")
    asked = reader.parse_args(arguments)
    from playwright.sync_api import sync_playwright  # of the developers' tools

    if not current(asked.out / STORE):
        graph.make(asked.out, triples=asked.triples)
    with contenders(asked.out, Path())["kg"]() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1400, "height": 860})
        print("entities    facts   lines   frames/s   drawn/s  p95 (ms)  processor (ms)   moves/s   load")
        for entities in SIZES:
            measure(page, str(server.client.base_url).rstrip("/"), entities)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
