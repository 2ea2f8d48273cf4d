"""Work that does nothing but what the name of its source says, for tests of what runs work."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ModelError
from kg.work import Outcome, Task, Unchanged

HELD: list[bytes] = []


@dataclass(frozen=True)
class Obedient:
    """Work that writes into a file of the folder what was begun, and in which process."""

    folder: Path

    def prepare(self) -> None:
        """Write down which process loads."""
        with (self.folder / "prepared").open("a") as file:
            file.write(f"{os.getpid()}\n")

    def do(self, task: Task) -> Outcome:
        """What the first word of the id says."""
        with (self.folder / "begun").open("a") as file:
            file.write(f"{task.source.id}:{os.getpid()}\n")
        match task.source.id.partition(" ")[0]:
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "die-once" if not (mark := self.folder / "died").exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            case "raise":
                raise RecursionError("too deep")
            case "refuse":
                raise ModelError("no models")
            case "sleep":
                time.sleep(3600)
            case "grow":
                HELD.append(b"x" * 1_000_000_000)
            case "nap":
                time.sleep(0.2)
        return Unchanged(task.source.id)
