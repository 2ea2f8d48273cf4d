"""The measures of throughput, on a small graph and one article."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kg.training import throughput


def test_exports_and_loading_are_put_beside_bare_pyoxigraph(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert throughput.main(["--out", str(tmp_path), "--triples", "20000"]) == 0
    told = capsys.readouterr().out
    for name in ("N-Quads", "Turtle, sorted", "loading N-Quads"):
        (line,) = (line for line in told.splitlines() if line.startswith(name))
        assert float(line.split()[-1]) > 0


def test_builds_are_measured_with_all_their_processes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": str(number), "text": "Tập đoàn FPT hợp tác với Nvidia."} for number in range(3)]
    (tmp_path / "news.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf8")
    assert throughput.main(["--articles", str(tmp_path / "news.jsonl"), "--number", "1", "--jobs", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (build,) = (line for line in lines if line.startswith("1, 1 jobs"))
    assert int(build.split(" MB")[0].split()[-1].replace(",", "")) > 200  # more than the process that writes
    assert any(line.startswith("one more, named") for line in lines)


def test_the_memory_of_children_counts() -> None:
    code = "import sys; held = bytearray(200_000_000); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout and child.stdin and child.stdout.readline()
        assert throughput.memory(child.pid) > 200_000_000
        child.stdin.close()
    assert throughput.memory(child.pid) == 0
