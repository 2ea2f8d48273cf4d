"""What the tests share: ``kg`` in an empty folder, and one built graph of the sample articles."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command import SAMPLES, Run, run_kg


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


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """The built graph in a folder that may be changed."""
    return shutil.copytree(built, tmp_path / "outputs", symlinks=True)
