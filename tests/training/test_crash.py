"""Builds that are killed, a few of them: ``python -m kg.training.crash`` kills hundreds."""

from __future__ import annotations

import re
import subprocess
import sys


def test_a_killed_build_leaves_whole_articles_and_the_next_one_ends_as_if_nothing_had_happened() -> None:
    command = [sys.executable, "-m", "kg.training.crash", "--times", "6", "--seed", "3"]  # it forks: by itself
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    told = re.fullmatch(r"6 kills \((.+)\) and 0 of the real build: 0 things wrong afterwards\n", done.stdout)
    assert done.returncode == 0 and told, done.stdout + done.stderr
    assert "reading" in told[1] and "," in told[1]
