"""What `timeout`, `until` and `on_timeout` mean.

Owns reading them, and what is wrong with them. Must not know how a deadline is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from signoff.model.waits import DeadlineAction

if TYPE_CHECKING:
    from signoff.model.forms import Json

OnTimeout = Literal["fail", "continue", "cancel"] | Mapping[str, Any]
"""What a deadline does: a word, or the answer that is given when nobody gives one."""
Until = datetime | timedelta
"""A moment, or how long from now."""

_WORDS = {
    "fail": DeadlineAction.FAIL,
    "continue": DeadlineAction.CONTINUE,
    "cancel": DeadlineAction.CANCEL,
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a wait expires, and what happens then.

    Args:
        timeout: seconds from now; None for none.
        until: a moment instead, UTC microseconds since the Unix epoch.
        action, default: what happens then.
        sleeps: nobody is asked; time has to pass.
    """

    timeout: float | None
    until: int | None
    action: DeadlineAction
    default: Json
    sleeps: bool


def deadline(
    timeout: float | None, until: Until | None, on_timeout: OnTimeout | None, asks: bool
) -> Deadline:
    """Read what a caller said about the end of a wait.

    Args:
        timeout: seconds; None for no deadline. Of no meaning beside `until`.
        until: a moment with a time zone, or a span of time.
        on_timeout: None for what is usual: a question fails, a mere moment lets the run go on.
        asks: the wait has a form.

    Raises:
        ValueError: a value of no use; the message names the argument.
        TypeError: a value of another type.
    """
    sleeps = until is not None and not asks
    action, default = _action(on_timeout, asks, "continue" if sleeps else "fail")
    if until is not None:
        span, moment = _until(until)
        return Deadline(span, moment, action, default, sleeps)
    return Deadline(seconds("timeout", timeout), None, action, default, sleeps)


def seconds(name: str, given: float | None) -> float | None:
    """A number of seconds, or None."""
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise TypeError(f"{name} must be a number of seconds or None, got {given!r}.")
    if not 0 <= given < float("inf"):
        raise ValueError(f"{name} must not be negative, got {given}.")
    return float(given)


def _until(given: Until) -> tuple[float | None, int | None]:
    """Seconds from now, or a moment: the clock that counts is the service's."""
    if isinstance(given, timedelta):
        return seconds("until", given.total_seconds()), None
    if not isinstance(given, datetime):
        raise TypeError(f"until must be a datetime or a timedelta, got {given!r}.")
    if given.utcoffset() is None:
        raise ValueError(
            f"until has no time zone: {given!r}. Give it one, for example with "
            "datetime(2030, 1, 1, 9, tzinfo=ZoneInfo('Europe/Berlin'))."
        )
    return None, int(given.timestamp() * 1_000_000)


def _action(given: OnTimeout | None, asks: bool, usual: str) -> tuple[DeadlineAction, Json]:
    word = usual if given is None else given
    if isinstance(word, str) and word in _WORDS:
        return _WORDS[word], None
    if not isinstance(word, Mapping):
        raise ValueError(
            "on_timeout must be 'fail', 'continue', 'cancel' or an answer as a dictionary, got "
            f"{given!r}."
        )
    if not asks:
        raise ValueError(
            "on_timeout gives an answer, but nothing is asked for; name what with wait_for_input."
        )
    return DeadlineAction.DEFAULT, dict(word)
