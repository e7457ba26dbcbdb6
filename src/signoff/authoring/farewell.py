"""What a script says when it ends because its run is suspended.

Owns the last line and the exit code of a process whose main program let the signal through. Loaded
when a run is left.
"""

from __future__ import annotations

import sys
from types import TracebackType

from signoff.gateway.settings import current_settings
from signoff.model.errors import Pause

_before = sys.excepthook


def prepare() -> None:
    """From now on a suspension that nobody catches ends the process without a traceback."""
    global _before
    if sys.excepthook is not _hook:
        _before, sys.excepthook = sys.excepthook, _hook


def line(error: Pause) -> str:
    """How the run goes on, in one line."""
    state = error.state
    run_id = state.state_details.flow_run_id if state is not None else None
    if run_id is None:
        return str(error)
    said = (
        f"{error} Answer it with `signoff flow-run resume {run_id}`: it is started again then and "
        "goes on after what it has done."
    )
    if current_settings().api_url is None:
        said += " A deadline or timer of it is kept on time while `signoff server start` runs."
    return said


def _hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not isinstance(error, Pause):
        _before(kind, error, trace)
        return
    sys.stderr.write(line(error) + "\n")
    # The interpreter takes the exit code from here.
    sys.exit(0)
