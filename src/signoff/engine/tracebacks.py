"""What of a traceback people see in the log: the lines of their own code.

Owns leaving out the frames of this package. The exception itself is not changed: whoever catches
it has the whole of it.
"""

from __future__ import annotations

import os
from types import TracebackType

from signoff.model.errors import SignoffException

_PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep
_SAID = (SignoffException, TypeError, ValueError, TimeoutError)
"""What this package raises on purpose: its message says what is wrong, and where it was raised
tells people nothing."""

Shown = tuple[type[BaseException], BaseException, TracebackType | None]


def shown(error: BaseException) -> Shown | None:
    """An exception as `logging` takes it, without frames of this package.

    Args:
        error: what was raised.

    Returns:
        None when the message alone says it. An error that this package did not mean to raise keeps
        all of its frames.
    """
    frames = _frames(error.__traceback__)
    if frames and _ours(frames[-1]) and not isinstance(error, _SAID):
        return type(error), error, error.__traceback__
    kept = [each for each in frames if not _ours(each)]
    if not kept and isinstance(error, _SAID):
        return None
    trace: TracebackType | None = None
    for each in reversed(kept):
        trace = TracebackType(trace, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return type(error), error, trace


def _frames(trace: TracebackType | None) -> list[TracebackType]:
    found = []
    while trace is not None:
        found.append(trace)
        trace = trace.tb_next
    return found


def _ours(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith(_PACKAGE)
