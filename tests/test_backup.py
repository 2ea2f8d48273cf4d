"""Copies: consistent while a build writes and a server reads, restored to the same bytes, never over another graph."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import test_store as stored
from command import Run
from served import serving

from kg.errors import StoreError
from kg.store import STORE, Store, backup


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A small published graph."""
    with Store.create_or_open(tmp_path / "out" / STORE) as store:
        store.set_ontology(stored.ONTOLOGY)
        stored.put(store, stored.article("a", "Nam leads X"))
        stored.put(store, stored.article("b", "Nam leads Y", "X dependsOn energy"))
        store.publish()
    return tmp_path / "out"


def quads(out: Path) -> bytes:
    with Store.read(out / STORE) as store:
        return stored.exported(store)


@pytest.mark.parametrize("name", ["copy", "copy.nq", "copy.trig"])
def test_a_copy_made_while_a_build_writes_and_a_server_reads_restores_to_the_same_bytes(out: Path, name: str) -> None:
    before = quads(out)
    with Store.create_or_open(out / STORE) as writer:
        writer.use_ontology(stored.ONTOLOGY)
        stored.put(writer, stored.article("c", "Lan leads Z"))
        backup(out / STORE, out.parent / name)
    with Store.create_or_open(out.parent / "restored" / STORE) as store:
        store.load(out.parent / name)
        store.publish()
        assert stored.exported(store) == before
    assert quads(out.parent / "restored") == before == quads(out)


def test_restore_gives_up_another_graph_only_if_told(out: Path, tmp_path: Path, kg: Run) -> None:
    assert kg("backup", "copy", "--out", "out").returncode == 0
    with Store.create_or_open(tmp_path / "other" / STORE) as store:
        store.set_ontology(stored.ONTOLOGY)
        stored.put(store, stored.article("other", "Lan leads Z"))
        store.publish()
    other = quads(tmp_path / "other")
    refused = kg("restore", "copy", "--out", "other")
    assert refused.returncode == 2 and "other holds a graph already" in refused.stderr and "--replace" in refused.stderr
    assert quads(tmp_path / "other") == other
    assert kg("restore", "copy", "--out", "other", "--replace", "--no-export").returncode == 0
    assert quads(tmp_path / "other") == quads(out) and not (tmp_path / "other" / "graph.ttl").exists()


def test_a_copy_is_a_folder_that_can_be_served_and_written(out: Path) -> None:
    copy = out.parent / "copy"
    backup(out / STORE, copy)
    with serving(copy) as (address, _):
        assert address
        backup(copy / STORE, out.parent / "another")
    with Store.create_or_open(copy / STORE) as store:
        assert stored.exported(store) == quads(out)


def test_a_copy_goes_over_nothing(out: Path) -> None:
    (out.parent / "full").mkdir()
    (out.parent / "full" / "thesis.doc").write_text("")
    with pytest.raises(StoreError, match=r"full is there already.*new folder"):
        backup(out / STORE, out.parent / "full")
    with pytest.raises(StoreError, match="nowhere"):
        backup(out.parent / "nowhere" / STORE, out.parent / "copy")
    assert not (out.parent / "copy").exists()


def test_a_copy_that_is_damaged_changes_nothing(out: Path, tmp_path: Path) -> None:
    backup(out / STORE, tmp_path / "copy")
    for file in (tmp_path / "copy").rglob("MANIFEST*"):
        file.write_bytes(b"x")
    (tmp_path / "copy.nq").write_text("<urn:a> <urn:b> ")
    shutil.copytree(out, tmp_path / "target")
    before = quads(out)
    for name in ("copy", "copy.nq", "missing.nq", "missing"):
        with Store.create_or_open(tmp_path / "target" / STORE) as store:
            with pytest.raises(StoreError, match=name):
                store.load(tmp_path / name)
            assert stored.exported(store) == before
    assert quads(tmp_path / "target") == before
