"""Generator flows and tasks, as programs.

Owns going through the user's generator, handing its values on one by one, and giving them back when
the run is entered again. Whoever reads the values does so between two steps of the program, in
surroundings of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from signoff.engine.effects import CallUser, Closed, Emit, Program
from signoff.engine.promises import Ending
from signoff.model.errors import Abort, JournalMismatch, Pause
from signoff.model.state_types import StateType

if TYPE_CHECKING:
    from signoff.engine.arguments import Arguments
    from signoff.engine.countdowns import Countdown

_END = object()
_HANDED_ON = "__signoff_handed_on__"
"""Attribute of an exception that keeps the values which came before it."""


class Stopped(list[Any]):
    """The values of a generator whose reader stopped before its end."""

    @property
    def message(self) -> str:
        """What the state says about it."""
        return f"Its reader stopped after {len(self)} value(s)."


@dataclass(slots=True)
class Stream:
    """What it takes to go through a generator.

    Args:
        fn, given: the generator function, and its arguments.
        outside: the surroundings of the reader, for as long as the block lasts.
        resumed: what happens before the generator goes on.
        read: somebody reads the values as they come, so a further attempt adds to them.
        values: those handed on so far.
    """

    fn: Callable[..., Any]
    given: Arguments
    outside: Callable[[], AbstractContextManager[object]]
    resumed: Callable[[], Program[None]] | None = None
    read: bool = False
    values: list[Any] = field(default_factory=list)


def through(stream: Stream, countdown: Countdown | None) -> Program[list[Any]]:
    """Go through the generator once; the values, also of earlier attempts that somebody has read.

    Raises:
        Exception: what the generator raised; the values before it are kept with it.
    """
    if not stream.read:
        stream.values = []
    given = stream.given
    generator = yield CallUser(stream.fn, given.args, given.kwargs)
    send, throw, close = _steps(generator)
    step, argument = send, None
    while True:
        try:
            value = yield CallUser(step, (generator, argument), None, countdown)
        except Exception as error:
            # An exception without attributes only costs the values their way back.
            getattr(error, "__dict__", {})[_HANDED_ON] = list(stream.values)
            raise
        if value is _END:
            return stream.values
        stream.values.append(value)
        try:
            with stream.outside():
                argument = yield Emit(value)
            step = send
            if stream.resumed is not None:
                yield from stream.resumed()
        except Closed:
            yield CallUser(close, (generator,), None, countdown)
            return Stopped(stream.values)
        except (Abort, Pause):
            yield CallUser(close, (generator,))
            raise
        except Exception as error:
            step, argument = throw, error


def replay(ending: Ending) -> Program[None]:
    """Hand on again what a generator handed on before its run was entered anew.

    Raises:
        JournalMismatch: its reader stopped early then, and now wants more.
    """
    failed = ending.error is not None
    values = getattr(ending.error, _HANDED_ON, ()) if failed else ending.value
    try:
        for value in values or ():
            yield Emit(value)
    except Closed:
        return
    if isinstance(values, Stopped):
        raise JournalMismatch(
            f"{values.message} The run was entered again, and now it wants more than that, which "
            "are gone. Have the flow stop at the same place, or read all values."
        )


def completed(values: list[Any], at: int) -> Ending:
    """How a generator ended that raised nothing."""
    message = values.message if isinstance(values, Stopped) else None
    return Ending(StateType.COMPLETED, values, message=message, at=at)


def _steps(
    generator: Any,
) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    return (_asend, _athrow, _aclose) if hasattr(generator, "asend") else (_send, _throw, _close)


def _send(generator: Any, value: Any) -> Any:
    try:
        return generator.send(value)
    except StopIteration:
        return _END


def _throw(generator: Any, error: BaseException) -> Any:
    try:
        return generator.throw(error)
    except StopIteration:
        return _END


def _close(generator: Any) -> None:
    generator.close()


async def _asend(generator: Any, value: Any) -> Any:
    try:
        return await generator.asend(value)
    except StopAsyncIteration:
        return _END


async def _athrow(generator: Any, error: BaseException) -> Any:
    try:
        return await generator.athrow(error)
    except StopAsyncIteration:
        return _END


async def _aclose(generator: Any) -> None:
    await generator.aclose()
