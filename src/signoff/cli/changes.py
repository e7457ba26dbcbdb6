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
"""Seconds between two looks when nothing is heard: tasks and log lines announce nothing."""
_PAUSE = 0.05
"""Seconds between two looks when much is heard, so that a busy run is not slowed by watching."""


def changes(run_id: UUID, timeout: float | None = None) -> Iterator[FlowRun]:
    """The run now, then whenever it may have changed; the last one is final, or time ran out.

    Args:
        run_id: the run.
        timeout: seconds after which to end; None for never.

    Raises:
        ObjectNotFound: the run was deleted.
    """
    from signoff.gateway.connect import get_gateway
    from signoff.model.queries import ReadRun
    from signoff.model.states import TERMINAL_STATES

    end = None if timeout is None else time.monotonic() + timeout
    stirred = threading.Event()
    ignore = get_gateway().listen(run_id, lambda _: stirred.set())
    try:
        while True:
            stirred.clear()
            run = ask(ReadRun(run_id))
            yield run
            left = _EVERY if end is None else min(_EVERY, end - time.monotonic())
            if run.state_type in TERMINAL_STATES or left <= 0:
                return
            time.sleep(min(_PAUSE, left))
            stirred.wait(left)
    finally:
        ignore()
