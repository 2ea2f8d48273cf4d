"""Real faults: full and read-only disks, damage, other versions, lost folders, no file handles, two writers at once."""

from __future__ import annotations

import io
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
import test_store as stored
from command import ROOT, SAMPLES, Run, run_kg
from served import serving

from kg.errors import RequestError, StoreError
from kg.graph import Graph
from kg.store import STORE, Store, current

SIZE = 40_000_000
Disk = Callable[..., Path]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Makes a small disk of its own: ``disk()``; ``disk("ro")`` makes it read-only."""
    place = tmp_path / "disk"

    def mount(*options: str) -> Path:
        place.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", ",".join([f"size={SIZE}", *options]), "tmpfs", str(place)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("a disk can only be mounted by root")
        return place

    yield mount
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def fill(place: Path) -> Path:
    """Leave no room on a disk."""
    with (place / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return place / "filler"


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """A command ended with status 2, and one line that has these words."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("error:") == 1 and "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_a_decision_that_could_not_be_published_is_by_the_next(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(store: Store) -> None:
        raise StoreError("no room")

    with Graph(copy) as graph:
        with monkeypatch.context() as full, pytest.raises(StoreError, match="no room"):
            full.setattr(Store, "publish", fail)
            graph.reject("OpenAI", "partnersWith", "AMD")
        assert not graph.decisions()
        with pytest.raises(RequestError, match="no article states"):
            graph.reject("OpenAI", "partnersWith", "AMD")
        ((decision, _),) = graph.decisions()
        graph.undo(decision)
        assert not graph.decisions()
        assert graph.query("ASK { id:openai kg:partnersWith id:amd }")


def test_a_full_disk_keeps_the_former_export_and_the_store(copy: Path, disk: Disk) -> None:
    place = disk()
    (place / "a.ttl").write_text("former")
    filler = fill(place)
    done = run_kg("export", "--format", "nquads", "-o", place / "a.ttl", "--out", copy, cwd=copy)
    refused(done, str(place / "a.ttl"), "No space left", "free some space")
    assert (place / "a.ttl").read_text() == "former"
    assert {path.name for path in place.iterdir()} == {"a.ttl", "filler"}
    filler.unlink()
    done = run_kg("export", "--format", "nquads", "-o", place / "a.ttl", "--out", copy, cwd=copy)
    assert done.returncode == 0 and (place / "a.ttl").stat().st_size > 10_000


def test_a_disk_that_fills_while_articles_come_keeps_the_whole_ones(disk: Disk) -> None:
    folder = disk() / "store"
    with Store.create_or_open(folder) as store:
        store.set_ontology(stored.ONTOLOGY)
        stored.put(store, stored.article("a", "Nam leads X"))
        store.publish()
        filler, number = fill(folder.parent), 0
        with pytest.raises(StoreError, match=r"No space left.*free some space"):
            for number in range(100):
                stored.put(store, stored.article(f"b{number}", *(f"Nam{n} leads X{number}" for n in range(50))))
                store.publish()
    filler.unlink()
    with Store.read(folder) as reader, Store.create_or_open(folder) as store:
        assert set(reader.articles()) <= set(store.articles()) <= {"a", *(f"b{n}" for n in range(number + 1))}
        whole = [stored.article("a", "Nam leads X")] + [
            stored.article(id, *(f"Nam{n} leads X{id[1:]}" for n in range(50))) for id in sorted(store.articles())[1:]
        ]
        assert stored.exported(store) == stored.exported(stored.store_of(*whole))
        store.use_ontology(stored.ONTOLOGY)
        stored.put(store, stored.article("c", "Nam leads X"))
        store.publish()


def test_a_read_only_disk_can_be_read_and_is_named_when_written(copy: Path, disk: Disk) -> None:
    place = disk()
    shutil.copytree(copy, place / "outputs")
    disk("remount", "ro")
    assert run_kg("stats", "--out", place / "outputs", cwd=copy).returncode == 0
    for folder in ("outputs", "new"):
        with pytest.raises(StoreError, match=rf"{place}/{folder}.*Read-only.*name a folder on a disk"):
            Store.create_or_open(place / folder / STORE)


def _with_few_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))


def test_too_few_file_handles_are_named(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg", "stats", "--out", str(copy)],
        cwd=ROOT, capture_output=True, text=True, preexec_fn=_with_few_files, check=False,
    )  # fmt: skip
    refused(done, "ulimit -n")


def test_a_folder_that_disappears_is_named(tmp_path: Path) -> None:
    with Store.create_or_open(tmp_path / "out" / STORE) as store:
        store.set_ontology(stored.ONTOLOGY)
        (tmp_path / "out").rename(tmp_path / "gone")
        with pytest.raises(StoreError, match=r"out/store.*the folder is gone"):
            store.publish()


def _cut(pattern: str, size: int) -> Callable[[Path], None]:
    def spoil(out: Path) -> None:
        for file in out.glob(pattern):
            os.truncate(file, size)

    return spoil


def _write(name: str, text: str) -> Callable[[Path], None]:
    return lambda out: (out / name).write_text(text) and None  # type: ignore[func-returns-value]


def _is_a_file(out: Path) -> None:
    shutil.rmtree(out / STORE)
    (out / STORE).write_text("")


FAULTS: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "cut tables": (_cut("store/*/**/*.sst", 100), ("damaged", "kg restore", "kg import")),
    "cut manifest": (_cut("store/*/**/MANIFEST*", 20), ("damaged", "kg restore")),
    "newer": (_write("store/VERSION", "99\n"), ("'99'", "newer kg made it")),
    "older": (_write("store/VERSION", "0\n"), ("'0'", "older kg made it", "export it")),
    "no version": (_write("store/VERSION", ""), ("''", "damaged")),
    "a file": (_is_a_file, ("is a file",)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_is_not_sound_is_named_and_left_alone(copy: Path, fault: str) -> None:
    spoil, words = FAULTS[fault]
    spoil(copy)
    before = _sizes(copy)
    refused(run_kg("stats", "--out", copy, cwd=copy), str(copy / STORE), *words)
    with pytest.raises(StoreError, match=words[0]):
        Store.create_or_open(copy / STORE)
    assert before.items() <= _sizes(copy).items()


def _sizes(out: Path) -> dict[Path, int]:
    """Files and their sizes, what only logs aside."""
    return {path: path.stat().st_size for path in out.rglob("*") if path.is_file() and not path.name.startswith("LO")}


def test_a_checkpoint_that_is_gone_is_made_anew(copy: Path) -> None:
    gone = f"published/{current(copy / STORE)}"
    shutil.rmtree(copy / STORE / "published")
    refused(run_kg("stats", "--out", copy, cwd=copy), gone, "kg build")
    with Store.create_or_open(copy / STORE) as store:
        store.publish()
    assert run_kg("stats", "--out", copy, cwd=copy).returncode == 0


def test_of_two_writers_the_second_is_told_who_is_first_while_a_server_reads(copy: Path, kg: Run) -> None:
    with serving(copy) as (_, server), Store.create_or_open(copy / STORE) as store:
        assert server.poll() is None
        before = stored.exported(store)
        refused(kg("remove", SAMPLES[0].name), f"another process ({os.getpid()} on", "wait until it is done")
        assert stored.exported(store) == before


def test_what_killed_exports_left_goes_with_the_next_one_and_what_is_written_stays(copy: Path, kg: Run) -> None:
    (copy / ".0123456789ab.kg-new").write_text("half")
    Store.create_or_open(copy / STORE).close()
    assert not list(copy.glob(".*"))


def test_no_export_of_a_former_state_stays_beside_a_changed_store(copy: Path) -> None:
    with Store.create_or_open(copy / STORE) as store:
        store.publish()
    assert not (copy / "graph.ttl").exists() and not (copy / "graph.html").exists()


@pytest.mark.parametrize("most", [None, 0], ids=["written", "too many facts"])
def test_a_slow_export_does_not_take_the_place_of_a_newer_one(
    most: int | None, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = Graph.export

    def overtaken(graph: Graph, format: str, file: IO[bytes]) -> None:
        """The first file is hardly written when another build publishes and exports."""
        monkeypatch.setattr(Graph, "export", export)
        graph.export(format, file)
        rebuild()

    def rebuild() -> None:
        with Store.create_or_open(copy / STORE) as store:
            store.use_ontology(stored.ONTOLOGY)
            store.remove(SAMPLES[0].name)
            store.publish()
        with Graph(copy) as newer:
            assert newer.write_exports()

    with Graph(copy) as slow:
        if most is None:
            monkeypatch.setattr(Graph, "export", overtaken)
        else:
            rebuild()
        assert not slow.write_exports(most=most)
    with Graph(copy) as graph:
        expected = io.BytesIO()
        graph.export("turtle", expected)
        assert (copy / "graph.ttl").read_bytes() == expected.getvalue()
        assert (copy / "graph.html").exists() and not list(copy.glob(".*"))
        assert graph.write_exports()
