"""Making states by hand: the documented constructors.

Owns their names and defaults; the value is `model.states.State`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from signoff.model.states import State, StateDetails, StateType


def Scheduled(  # noqa: N802  (documented names, as are those below)
    cls: type[State[Any]] = State, scheduled_time: datetime | None = None, **kwargs: Any
) -> State[Any]:
    """A run that shall start at a time; now when none is given.

    Raises:
        ValueError: the time is given twice.
    """
    details = StateDetails.model_validate(kwargs.pop("state_details", {}) or {})
    if scheduled_time is None:
        scheduled_time = datetime.now(UTC)
    elif details.scheduled_time is not None:
        raise ValueError("An extra scheduled_time was provided in state_details")
    details.scheduled_time = scheduled_time
    return cls(type=StateType.SCHEDULED, state_details=details, **kwargs)


def Completed(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:  # noqa: N802
    """A run that ended well."""
    return cls(type=StateType.COMPLETED, **kwargs)


def Running(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:  # noqa: N802
    """A run that is being worked on."""
    return cls(type=StateType.RUNNING, **kwargs)


def Failed(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:  # noqa: N802
    """A run whose code failed."""
    return cls(type=StateType.FAILED, **kwargs)


def Crashed(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:  # noqa: N802
    """A run whose process failed."""
    return cls(type=StateType.CRASHED, **kwargs)


def Cancelling(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:  # noqa: N802
    """A run that is being cancelled."""
    return cls(type=StateType.CANCELLING, **kwargs)


def Cancelled(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:  # noqa: N802
    """A run that was cancelled."""
    return cls(type=StateType.CANCELLED, **kwargs)


def Pending(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:  # noqa: N802
    """A run that is about to start."""
    return cls(type=StateType.PENDING, **kwargs)


def Paused(  # noqa: N802
    cls: type[State[Any]] = State,
    timeout_seconds: int | None = None,
    pause_expiration_time: datetime | None = None,
    reschedule: bool = False,
    pause_key: str | None = None,
    **kwargs: Any,
) -> State[Any]:
    """A run that waits for somebody.

    Args:
        timeout_seconds, pause_expiration_time: until when; not both.
        reschedule: another process will go on with it.
        pause_key: key of the wait.

    Raises:
        ValueError: both limits, or a limit given twice.
    """
    details = StateDetails.model_validate(kwargs.pop("state_details", {}) or {})
    if details.pause_timeout is not None:
        raise ValueError("An extra pause timeout was provided in state_details")
    if timeout_seconds is not None and pause_expiration_time is not None:
        raise ValueError("Cannot supply both a pause_expiration_time and timeout_seconds")
    if timeout_seconds is not None:
        pause_expiration_time = datetime.now(UTC) + timedelta(seconds=timeout_seconds)
    details.pause_timeout = pause_expiration_time
    details.pause_reschedule = reschedule
    details.pause_key = pause_key
    return cls(type=StateType.PAUSED, state_details=details, **kwargs)


def Suspended(  # noqa: N802
    cls: type[State[Any]] = State,
    timeout_seconds: int | None = None,
    pause_expiration_time: datetime | None = None,
    pause_key: str | None = None,
    **kwargs: Any,
) -> State[Any]:
    """A run that waits for somebody, without a process. Arguments as for `Paused`."""
    return Paused(
        cls,
        timeout_seconds,
        pause_expiration_time,
        reschedule=True,
        pause_key=pause_key,
        name="Suspended",
        **kwargs,
    )


def AwaitingConcurrencySlot(  # noqa: N802
    cls: type[State[Any]] = State, scheduled_time: datetime | None = None, **kwargs: Any
) -> State[Any]:
    """A run that could start if fewer others were running."""
    return Scheduled(cls, scheduled_time, name="AwaitingConcurrencySlot", **kwargs)


def Submitting(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:  # noqa: N802
    """A run that is being handed to where it will run."""
    return cls(type=StateType.PENDING, name="Submitting", **kwargs)


def InfrastructurePending(  # noqa: N802
    cls: type[State[Any]] = State, **kwargs: Any
) -> State[Any]:
    """A run whose infrastructure is being started."""
    return cls(type=StateType.PENDING, name="InfrastructurePending", **kwargs)


def AwaitingRetry(  # noqa: N802
    cls: type[State[Any]] = State, scheduled_time: datetime | None = None, **kwargs: Any
) -> State[Any]:
    """A run that failed and will be tried again."""
    return Scheduled(cls, scheduled_time, name="AwaitingRetry", **kwargs)


def Retrying(cls: type[State[Any]] = State, **kwargs: Any) -> State[Any]:  # noqa: N802
    """A run in a further attempt."""
    return cls(type=StateType.RUNNING, name="Retrying", **kwargs)


def Late(  # noqa: N802
    cls: type[State[Any]] = State, scheduled_time: datetime | None = None, **kwargs: Any
) -> State[Any]:
    """A run that should have started before."""
    return Scheduled(cls, scheduled_time, name="Late", **kwargs)
