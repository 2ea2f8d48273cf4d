"""A short run of what ``python -m kg.training.longrun`` does for ten minutes."""

from __future__ import annotations

import re
import subprocess
import sys


def test_a_server_under_load_gives_whole_articles_while_others_are_added_and_leaves_nothing_behind() -> None:
    options = ["--minutes", "0.2", "--articles", "10", "--pause", "1", "--real", "0"]
    command = [sys.executable, "-m", "kg.training.longrun", *options]  # it forks: by itself
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and re.search(r" [1-9]\d* articles added: 0 things wrong\n", done.stdout), (
        done.stdout + done.stderr
    )
    for asked in ("neighbours", "heavy query", "articles, all quads", "bad request", "gone in the middle"):
        assert f"\n{asked}" in done.stdout
