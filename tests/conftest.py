"""What the tests share: the command line as a user runs it, and one built graph of the sample articles."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLES = sorted((ROOT / "kg" / "samples").glob("*.vi.txt"))
Run = Callable[..., subprocess.CompletedProcess[str]]


def run_kg(*arguments: str | Path, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``kg`` in a process of its own, wide enough that nothing wraps."""
    environment = os.environ | {"COLUMNS": "240", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "kg", *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
        check=False,
    )


@pytest.fixture
def kg(tmp_path: Path) -> Run:
    """``kg`` in an empty folder."""
    return lambda *arguments, stdin="": run_kg(*arguments, cwd=tmp_path, stdin=stdin)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with the graph of the sample articles; not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    done = run_kg("build", *SAMPLES, "--out", "outputs", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "outputs"
