"""Seeing a run change: pushed where the gateway hears of it, looked at now and then besides.

Owns how often a command looks. What it shows is up to the command.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import UUID

from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.views import FlowRun

_EVERY = 0.5
"""Seconds between two looks when nothing is heard: tasks announce nothing."""
_EVERY_LINE = 2.0
"""The same for log lines, which are heard of, unless other processes write them to PostgreSQL."""
_PAUSE = 0.05
"""Seconds between two looks when much is heard, so that a busy run is not slowed by watching."""


def changes(run_id: UUID, timeout: float | None = None, lines: bool = False) -> Iterator[FlowRun]:
    """The run now, then whenever it may have changed; the last one is final, or time ran out.

    Args:
        run_id: the run.
        timeout: seconds after which to end; None for never.
        lines: whenever its log may have grown, rather than its tasks.

    Raises:
        ObjectNotFound: the run was deleted.
    """
    from signoff.gateway.connect import get_gateway
    from signoff.model.queries import ReadRun
    from signoff.model.states import TERMINAL_STATES

    end = None if timeout is None else time.monotonic() + timeout
    stirred = threading.Event()
    every = _EVERY_LINE if lines else _EVERY
    ignore = get_gateway().listen(run_id, lambda _: stirred.set(), lines=lines)
    try:
        while True:
            stirred.clear()
            run = ask(ReadRun(run_id))
            yield run
            left = every if end is None else min(every, end - time.monotonic())
            if run.state_type in TERMINAL_STATES or left <= 0:
                return
            time.sleep(min(_PAUSE, left))
            stirred.wait(left)
    finally:
        ignore()
