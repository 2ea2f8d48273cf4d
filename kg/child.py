"""What the processes that kg starts have in common: where they find kg, and that they do not outlive who started them.

They get a pipe as standard input, on which nothing is ever sent.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
from collections.abc import Mapping
from pathlib import Path


def variables() -> dict[str, str]:
    """What is set anew for a child: kg is found where it is now, and libraries use one thread.

    oneDNN, which multiplies for torch, would keep what it compiles for each length of a text: 100 MB, and no quicker.
    """
    paths = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    one = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "0"}
    return one | {"PYTHONPATH": os.pathsep.join(paths)}


def environment() -> Mapping[str, str]:
    """The variables of a child: those of this process, and ``variables``."""
    return os.environ | variables()


def end_with_parent() -> None:
    """Let the kernel end this process, and its copies, when the other end of standard input is closed.

    Whatever they do. The process leads a group, as all do that kg starts.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)  # which is the end
    fcntl.fcntl(0, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([0], [], [], 0)[0]:  # closed before the kernel was asked
        sys.exit()
