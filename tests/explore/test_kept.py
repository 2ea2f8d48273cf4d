"""What is known of a checkpoint is worked out once, and never shown for another."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stated import Said, put

from kg.explore import kept
from kg.store import Store

FACTS = (
    Said("OpenAI", "partnersWith", "Nvidia", confidence=0.91, speaker="Sam Altman", date="2026-05"),
    Said("Nvidia", "uses", "Điện lực"),
)


def published(folder: Path, *facts: Said) -> Store:
    with Store.create_or_open(folder) as store:
        put(store, facts, aliases={"Điện lực": ("EVN",)})
        store.publish()
    return Store.read(folder)


def plain(value: Any) -> Any:
    """The values in a value, arrays with their kinds, of any sequence a list."""
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.tolist()
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return json.loads(json.dumps(dict(value) if isinstance(value, Mapping) else value))


def files(folder: Path) -> list[Path]:
    return sorted((folder / "known").glob("*"))


def test_what_is_kept_is_what_was_worked_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = published(tmp_path, *FACTS)
    first = kept.known(store)
    assert first.index.labels[0] == "Nvidia" and len(first.opening.facts) == 2
    monkeypatch.setattr(kept, "read_index", lambda store: pytest.fail("worked out again"))
    assert plain(kept.known(Store.read(tmp_path))) == plain(first)
    assert len(files(tmp_path)) == 1


def test_another_checkpoint_has_its_own(tmp_path: Path) -> None:
    before = published(tmp_path, FACTS[0])
    kept.known(before)
    (file,) = files(tmp_path)
    after = published(tmp_path, *FACTS)
    assert len(kept.known(after).index.facts.iris) == 2
    assert len(files(tmp_path)) == 1 and not file.exists()
    assert len(kept.known(before).index.facts.iris) == 1


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_damaged_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    store = published(tmp_path, *FACTS)
    first = kept.known(store)
    (file,) = files(tmp_path)
    whole = file.read_bytes()
    for damaged in (content, whole[: len(whole) // 2]):
        file.write_bytes(damaged)
        assert plain(kept.known(store)) == plain(first)
        assert file.read_bytes() == whole


def test_nothing_is_kept_of_what_is_in_memory_or_cannot_be_written(tmp_path: Path) -> None:
    with Store.memory() as store:
        put(store, FACTS)
        assert len(kept.known(store).index.facts.iris) == 2
    store = published(tmp_path, *FACTS)
    (tmp_path / "known").write_text("in the way")
    assert len(kept.known(store).index.facts.iris) == 2
