"""What the tests share: ``kg`` in an empty folder, one built graph of the sample articles, a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command import SAMPLES, Run, run_kg
from filelock import FileLock

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --no-first-run --disable-background-networking --disable-sync --use-gl=angle --use-angle=swiftshader"
)
FLAGS += " --enable-unsafe-swiftshader"


@pytest.fixture
def kg(tmp_path: Path) -> Run:
    """``kg`` in an empty folder."""
    return lambda *arguments, stdin="": run_kg(*arguments, cwd=tmp_path, stdin=stdin)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """An output folder with the graph of the sample articles, one for all processes of pytest; not to be changed."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "built"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            making = folder.with_name("making")
            making.mkdir()
            done = run_kg("build", *SAMPLES, "--out", "outputs", cwd=making)
            assert done.returncode == 0, done.stderr
            making.rename(folder)
    return folder / "outputs"


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """The built graph in a folder that may be changed."""
    return shutil.copytree(built, tmp_path / "outputs", symlinks=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, drawing in software."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: install Debian's chromium to test the page")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS.split())
        yield started
        started.close()
