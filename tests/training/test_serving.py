"""The bench of serving, on a small graph and without the other servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.training import serving
from kg.training.questions import QUERIES


def test_it_measures_the_explorer_and_every_query(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    others = [word for name in serving.PACKAGES for word in ("--without", name)]
    assert serving.main(["--out", str(tmp_path), "--triples", "30000", *others]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name in ("search, letter by letter", "overview, 2000", "neighbours, any", "path, any"):
        (line,) = (line for line in lines if line.startswith(name))
        middle, most, longest = (float(figure.replace(",", "")) for figure in line.split()[-3:])
        assert 0 < middle <= most <= longest
    for question in QUERIES:
        assert any(line.startswith(question.name) for line in lines)


def test_a_contender_that_is_not_installed_is_named_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serving, "PACKAGES", ("no-such-server",))
    assert serving.main(["--out", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert "no-such-server not installed: pip install" in told.err and not told.out and not list(tmp_path.iterdir())
