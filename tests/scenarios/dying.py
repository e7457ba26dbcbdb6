"""Processes that kill themselves at the first effect of a kind that none of them has died at.

Owns the text of the module that a script under test imports, and reading what it left behind. The
processes are real ones, started by whoever starts them, and the signal is SIGKILL.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

MODULE = '''
"""Dies, with SIGKILL, at each moment once."""

import os
import signal
import threading
from pathlib import Path

from signoff.engine import drivers

FOLDER = Path(__file__).parent
DEATHS = FOLDER / "deaths"
ONLY = (FOLDER / "only").read_text().split(",") if (FOLDER / "only").exists() else None


def label(effect):
    """The kind of an effect: its class, and what it asks for or calls."""
    inner = getattr(effect, "request", None) or getattr(effect, "command", None)
    if inner is not None:
        return f"{type(effect).__name__}-{type(inner).__name__}"
    fn = getattr(effect, "fn", None)
    return type(effect).__name__ + (f"-{fn.__name__}" if fn is not None else "")


def die_once(moment):
    if ONLY is not None and moment not in ONLY:
        return
    try:
        os.close(os.open(DEATHS / moment, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
    threading.Event().wait()


def mortal(carry_out):
    def carried(effect, gateway):
        kind = label(effect)
        die_once(f"before-{kind}")
        reply = carry_out(effect, gateway)
        die_once(f"after-{kind}")
        return reply

    return carried


for kind, carry_out in list(drivers._SYNC.items()):
    drivers._SYNC[kind] = mortal(carry_out)
'''


class Deaths:
    """The deaths of the processes of a script.

    Args:
        folder: where the script is.
        only: the moments at which they die; None for every kind of moment.
    """

    def __init__(self, folder: Path, only: Sequence[str] | None = None) -> None:
        self._folder = folder / "deaths"
        self._folder.mkdir()
        (folder / "dying.py").write_text(MODULE)
        if only is not None:
            (folder / "only").write_text(",".join(only))

    def died(self) -> set[str]:
        """The moments at which a process has died."""
        return {path.name for path in self._folder.iterdir()}
