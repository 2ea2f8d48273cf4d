"""What the facts are worth, into the model card: ``python -m kg.training.card``, or ``make eval``.

Each command of the list runs as a user would run it; what it prints is shown, and stands in the card between two marks.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

CARD = Path(__file__).parents[1] / "models" / "FACTS.md"
MARKS = ("<!-- make eval -->", "<!-- end of make eval -->")
COMMANDS = {  # command of python -m kg.training... -> how many of its last lines are kept
    "facts --set seed": 8,
    "facts --set unseen": 8,
    "facts --set unseen --without model": 8,
    "facts --set unseen --without cues": 8,
    "facts --set held": 8,
    "facts --set ours": 8,
    "facts --set english": 8,
    "facts --set essays": 8,
    "calibration": 11,
    "text2kg": 31,
    "conll04": 9,
}


def written(card: str, results: str) -> str:
    """The card with ``results`` between its marks.

    >>> written("A\\n<!-- make eval -->\\nold\\n<!-- end of make eval -->\\nZ", "new").split("\\n")
    ['A', '<!-- make eval -->', 'new', '<!-- end of make eval -->', 'Z']
    """
    begin, end = MARKS
    return re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n{results}\n{end}", card, flags=re.DOTALL)


def main() -> None:
    """Run all, and write the card when all have ended well."""
    blocks = []
    for command, lines in COMMANDS.items():
        module, *arguments = shlex.split(command)
        print(f"$ python -m kg.training.{command}", flush=True)
        run = subprocess.run(
            [sys.executable, "-m", f"kg.training.{module}", *arguments], stdout=subprocess.PIPE, text=True, check=True
        )
        shown = "\n".join(run.stdout.splitlines()[-lines:])
        print(shown, flush=True)
        blocks.append(f"    $ python -m kg.training.{command}\n" + re.sub("^", "    ", shown, flags=re.MULTILINE))
    CARD.write_text(written(CARD.read_text(encoding="utf-8"), "\n\n".join(["", *blocks, ""])), encoding="utf-8")


if __name__ == "__main__":
    main()
