"""What every engine promises: outcomes in order, a second try, a limit of time, few tasks at once; and builds."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import ROOT, SAMPLES, run_kg
from doubles import Obedient

import kg
from kg.articles import Source
from kg.engines import engine
from kg.errors import ModelError, RequestError
from kg.training.throughput import children
from kg.work import Failed, Outcome, Task

RAY = pytest.param(
    "ray", marks=pytest.mark.skipif(not importlib.util.find_spec("ray"), reason="no Ray: pip install -e '.[ray]'")
)
ENGINES = ["pool", RAY]


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers find the double."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "tests"))


def tasks(*ids: str) -> Iterator[Task]:
    return (Task(Source(id, id)) for id in ids)


def outcomes(name: str, folder: Path, *ids: str, jobs: int = 2, limit: float = 60.0) -> list[Outcome]:
    with engine(name, Obedient(folder), articles=len(ids), jobs=jobs, limit=limit) as running:
        return list(running.outcomes(tasks(*ids)))


def begun(folder: Path) -> list[tuple[str, int]]:
    """Ids and processes of what was begun."""
    lines = (folder / "begun").read_text().splitlines() if (folder / "begun").exists() else []
    return [(line.rpartition(":")[0], int(line.rpartition(":")[2])) for line in lines]


def gone(process: int) -> bool:
    """Whether a process ends within some seconds."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        state = Path(f"/proc/{process}/stat")
        try:
            if state.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("name", ENGINES)
def test_a_task_whose_worker_ends_is_tried_once_more_and_the_others_go_on(name: str, tmp_path: Path) -> None:
    ids = ["nap 1", "die 2", "nap 3", "die-once 4", "raise 5", "nap 6"]
    found = outcomes(name, tmp_path, *ids)
    failed = {outcome.id: outcome.message for outcome in found if isinstance(outcome, Failed)}
    assert [getattr(outcome, "id", "") for outcome in found] == ids
    assert list(failed) == ["die 2", "raise 5"]
    assert [[id for id, _ in begun(tmp_path)].count(id) for id in ids] == [1, 2, 1, 2, 2, 1]
    assert all(message.startswith(f"{id}: ") and "2 times" in message for id, message in failed.items())


def test_it_is_said_why_a_process_ended(tmp_path: Path) -> None:
    messages = [
        outcome.message for outcome in outcomes("pool", tmp_path, "die 1", "raise 2") if isinstance(outcome, Failed)
    ]
    assert "SIGKILL" in messages[0] and "RecursionError: too deep" in messages[1]


@pytest.mark.parametrize("name", ENGINES)
def test_what_takes_too_long_is_stopped_and_the_others_go_on(name: str, tmp_path: Path) -> None:
    outcomes(name, tmp_path, "nap 0")  # whatever has to start has started
    found = outcomes(name, tmp_path, "sleep 1", "nap 2", "nap 3", jobs=1, limit=20.0 if name == "ray" else 5.0)
    assert [isinstance(outcome, Failed) for outcome in found] == [True, False, False]
    assert isinstance(found[0], Failed) and "--article-limit" in found[0].message
    (sleeper,) = (process for id, process in begun(tmp_path) if id == "sleep 1")
    assert gone(sleeper)


def test_a_process_that_keeps_much_memory_gets_no_other_task(tmp_path: Path) -> None:
    found = outcomes("pool", tmp_path, "nap 1", "grow 2", "nap 3", "nap 4", jobs=1)
    assert not any(isinstance(outcome, Failed) for outcome in found)
    one, large, other, last = (process for _, process in begun(tmp_path))
    assert one == large != other == last and gone(large)


def test_a_process_by_itself_keeps_the_models_that_its_first_task_loads(tmp_path: Path) -> None:
    outcomes("pool", tmp_path, "grow 1", "nap 2", "nap 3", jobs=1)
    assert len({process for _, process in begun(tmp_path)}) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each worker loads for itself")
def test_what_the_work_needs_is_loaded_once_and_workers_share_it(tmp_path: Path) -> None:
    outcomes("pool", tmp_path, *(f"nap {number}" for number in range(6)), "die 7")
    (server,) = {int(line) for line in (tmp_path / "prepared").read_text().split()}
    workers = {process for _, process in begun(tmp_path)}
    assert len(workers) >= 2 and server not in workers
    assert gone(server)


def test_few_tasks_are_taken_before_their_outcomes_are(tmp_path: Path) -> None:
    taken = 0

    def counted() -> Iterator[Task]:
        nonlocal taken
        for task in tasks(*(f"task {number}" for number in range(100))):
            taken += 1
            yield task

    with engine("pool", Obedient(tmp_path), articles=100, jobs=2) as running:
        for number, outcome in enumerate(running.outcomes(counted())):
            assert getattr(outcome, "id", "") == f"task {number}"
            assert taken - number <= 16
    assert taken == 100


def test_what_ends_a_build_is_raised_in_its_turn_and_leaves_no_process(tmp_path: Path) -> None:
    with engine("pool", Obedient(tmp_path), articles=3, jobs=2) as running:
        found = running.outcomes(tasks("nap 1", "refuse 2", "sleep 3"))
        assert getattr(next(found), "id", "") == "nap 1"
        with pytest.raises(ModelError, match="no models"):
            next(found)
    assert all(gone(process) for _, process in begun(tmp_path))


def test_no_worker_outlives_a_build_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kg.engines import engine; from test_engines import *\n"
        "with engine('pool', Obedient(Path(sys.argv[1])), articles=2, jobs=2) as running:\n"
        "    list(running.outcomes(tasks('sleep 1', 'sleep 2')))"
    )
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests", ROOT / "tests" / "engines")))
    build = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=os.environ | {"PYTHONPATH": paths})
    while len(begun(tmp_path)) < 2:
        assert build.poll() is None
        time.sleep(0.02)
    build.kill()
    build.wait()
    assert all(gone(process) for _, process in begun(tmp_path))


@pytest.mark.parametrize(("name", "jobs", "limit"), [("treadmill", 1, 1.0), ("pool", 0, 1.0), ("pool", 1, 0.0)])
def test_an_engine_that_cannot_be_is_refused(name: str, jobs: int, limit: float, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"pool|at least"):
        engine(name, Obedient(tmp_path), articles=1, jobs=jobs, limit=limit)


@pytest.mark.parametrize("options", [("--article-limit", "5"), ("--jobs", "2")])
def test_the_serial_engine_says_what_it_cannot_keep(options: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Tập đoàn FPT hợp tác với Nvidia.", encoding="utf8")
    done = run_kg("build", "a.txt", "--engine", "serial", *options, cwd=tmp_path)
    assert done.returncode == 2 and "serial" in done.stderr and "pool" in done.stderr


# Builds


def exported(folder: Path) -> str:
    done = run_kg("export", "--format", "nquads", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("which", [0, -1], ids=["the first process", "the last"])  # of a pool: what the others copy
def test_a_build_whose_worker_is_killed_gives_the_same_bytes(
    name: str, which: int, built: Path, tmp_path: Path
) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    options = ["--engine", name, "--jobs", "2", "--no-export"]
    build = subprocess.Popen(
        [sys.executable, "-m", "kg", "build", *map(str, SAMPLES), *options],
        cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    workers: list[int] = []
    while len(workers) < (2 if name == "pool" else 1):
        assert build.poll() is None, build.communicate()[0]
        workers = sorted(process for process in started(build.pid) if title(process).startswith(WORKERS[name]))
        time.sleep(0.02)
    os.kill(workers[which], signal.SIGKILL)
    told, _ = build.communicate(timeout=300)
    assert build.returncode == 0, told
    assert exported(tmp_path) == exported(built.parent)


WORKERS = {"pool": f"{sys.executable} -P -m kg.engines.worker", "ray": "ray::_Doing.do"}  # one that is busy


def started(process: int) -> list[int]:
    """All processes that a process has started, and those that they have."""
    return [other for child in children(process) for other in (child, *started(child))]


def title(process: int) -> str:
    """How a process is listed, "" for one that has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


@pytest.mark.parametrize("name", ["serial", RAY])
def test_every_engine_gives_the_same_bytes(name: str, built: Path, tmp_path: Path) -> None:
    kg.build(*SAMPLES, out=tmp_path / "outputs", engine=name).close()
    assert exported(tmp_path) == exported(built.parent)


def test_an_article_that_takes_too_long_is_named_and_nothing_else_is_lost(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Tập đoàn FPT hợp tác với Nvidia.", encoding="utf8")
    done = run_kg("build", "a.txt", "--article-limit", "0.1", "--no-export", cwd=tmp_path)
    assert done.returncode == 1 and "left out: a.txt: not done after 0.1 seconds" in done.stderr
    assert run_kg("stats", cwd=tmp_path).returncode == 0
