"""From values and exceptions to states, and back: the documented helpers.

Owns their names and defaults. How values end runs is judged by `engine/endings.py`.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable
from types import TracebackType
from typing import Any, TypeGuard

from signoff.authoring.dispatch import async_dispatch
from signoff.core.aggregation import StateGroup
from signoff.engine.endings import crash_text
from signoff.model.states import State, StateType

_FAILED = (StateType.FAILED, StateType.CRASHED, StateType.CANCELLED)


async def aget_state_exception(state: State[Any]) -> BaseException:
    """Like `get_state_exception`, for asynchronous code."""
    return _exception_of(state)


@async_dispatch(aget_state_exception)
def get_state_exception(state: State[Any]) -> BaseException:
    """The exception of a failed, crashed or cancelled state.

    One that carries no exception gives a FailedRun, CrashedRun or CancelledRun with its message.

    Raises:
        ValueError: the state is none of those.
    """
    return _exception_of(state)


def _exception_of(state: State[Any]) -> BaseException:
    if state.type not in _FAILED:
        raise ValueError(f"Expected failed or crashed state got {state!r}.")
    found: BaseException = state.result(raise_on_failure=False)
    return found


async def araise_state_exception(state: State[Any]) -> None:
    """Like `raise_state_exception`, for asynchronous code."""
    _raise(state)


@async_dispatch(araise_state_exception)
def raise_state_exception(state: State[Any]) -> None:
    """Raise the exception of a failed, crashed or cancelled state; do nothing for any other."""
    _raise(state)


def _raise(state: State[Any]) -> None:
    if state.type in _FAILED:
        raise _exception_of(state)


def is_state_iterable(obj: Any) -> TypeGuard[Iterable[State[Any]]]:
    """Whether `obj` is a list, tuple or set of states and nothing else, and not empty."""
    if not isinstance(obj, (list, tuple, set)) or not obj:
        return False
    return all(isinstance(item, State) for item in obj)


async def return_value_to_state(
    retval: Any,
    result_store: Any = None,
    key: str | None = None,
    expiration: Any = None,
    write_result: bool = False,
) -> State[Any]:
    """The state that a returned value stands for.

    A state stands for itself, several states for one that judges them as a whole, and anything
    else for a Completed state that holds it.

    Args:
        retval: what was returned.
        result_store, key, expiration, write_result: accepted as documented; results are kept with
            their run.
    """
    if isinstance(retval, State):
        return retval
    if is_state_iterable(retval):
        kind, message = StateGroup(retval).verdict()
        return State(type=kind, message=message, data=retval)
    return State(type=StateType.COMPLETED, data=retval)


async def exception_to_failed_state(
    exc: BaseException | None = None,
    result_store: Any = None,
    write_result: bool = False,
    **kwargs: Any,
) -> State[Any]:
    """A Failed state for an exception.

    Args:
        exc: the exception; the one being handled when not given.
        result_store, write_result: accepted as documented; results are kept with their run.
        **kwargs: further facts; a `message` goes before that of the exception.

    Raises:
        ValueError: none was given, and none is being handled.
    """
    error = sys.exc_info()[1] if exc is None else exc
    if error is None:
        raise ValueError("Exception was not passed and no active exception could be found.")
    text = f"{type(error).__name__}: {error}"
    before = kwargs.pop("message", None)
    message = f"{before} {text}" if before else text
    return State(type=StateType.FAILED, data=error, message=message, **kwargs)


async def exception_to_crashed_state(exc: BaseException, result_store: Any = None) -> State[Any]:
    """A Crashed state for what brought a process down; its message says what that means."""
    return State(type=StateType.CRASHED, data=exc, message=crash_text(exc))


def format_exception(exc: BaseException, tb: TracebackType | None = None) -> str:
    """The traceback of an exception as text."""
    return "".join(traceback.format_exception(type(exc), exc, tb or exc.__traceback__))
