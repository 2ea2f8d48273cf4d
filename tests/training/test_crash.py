"""Builds that are killed, a few of them: ``python -m kg.training.crash`` kills hundreds."""

from __future__ import annotations

from pathlib import Path

from kg.training import crash


def test_a_killed_build_leaves_whole_articles_and_the_next_one_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    killed, wrong = crash.rehearse(tmp_path, 6, seed=3)
    assert wrong == []
    assert sum(killed.values()) == 6 and killed["reading"] and len(killed) > 1
