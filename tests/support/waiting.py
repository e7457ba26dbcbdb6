"""Waiting for a condition: the one place in the tests that polls.

A test never sleeps for a guessed time. It names what must become true, and the time-out only says
when to give up: it is generous, and no test passes or fails by how fast the machine is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

DEFAULT_TIMEOUT = 120.0
_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.05


def wait_until(
    condition: Callable[[], T],
    timeout: float = DEFAULT_TIMEOUT,
    message: str | Callable[[], str] = "",
) -> T:
    """Call `condition` until what it returns is true, and return that.

    Parameters:
        condition: called again and again; an exception it raises ends the wait at once.
        timeout: seconds after which to give up.
        message: what was waited for, or a function that says so at the moment of giving up.

    Raises:
        AssertionError: the condition did not become true in time.
    """
    give_up = time.monotonic() + timeout
    pause = _FIRST_PAUSE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= give_up:
            said = message() if callable(message) else message
            what = said or getattr(condition, "__qualname__", repr(condition))
            raise AssertionError(f"not true after {timeout:g} s: {what} (last value: {value!r})")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
