"""What a program may ask of its driver.

A program is a generator: it yields effects and is sent their results. It never sleeps, awaits,
blocks or starts threads itself, so the same program serves synchronous and asynchronous code,
and a test can stop it at every effect.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.engine.countdowns import Countdown
    from signoff.engine.signals import Signals
    from signoff.model.actors import Via
    from signoff.model.commands import Command, Request
    from signoff.model.forms import FieldError, Form

T = TypeVar("T")


class Effect:
    """Something a driver carries out."""

    __slots__ = ()


@dataclass(slots=True)
class Send(Effect):
    """Ask the service, and be sent its reply."""

    request: Request[Any]
    via: Via | None = None


@dataclass(slots=True)
class Post(Effect):
    """Tell the service, soon; no reply."""

    command: Command[Any]


@dataclass(slots=True)
class Settle(Effect):
    """Go on when everything posted is on record."""


@dataclass(slots=True)
class CallUser(Effect):
    """Call the user's function (await it when it is asynchronous), and be sent what it returns.

    Args:
        fn, args, kwargs: the call.
        countdown: limits how long it may take; what is raised then is `TimedOut`.
    """

    fn: Callable[..., Any]
    args: Sequence[Any] = ()
    kwargs: Mapping[str, Any] | None = None
    countdown: Countdown | None = None


@dataclass(slots=True)
class Sleep(Effect):
    """Let time pass, or until the run is told to stop."""

    seconds: float
    signals: Signals


@dataclass(slots=True)
class Offer:
    """A form to show where the program runs, when a person sits there.

    Args:
        form: what to ask; None when only the word to go on is asked for.
        title: one line.
        deadline: when the wait expires, UTC microseconds; None for never.
        errors: why the last answer was refused.
        moot: asks whether the question is settled by now; safe to call on any thread.
        keep: keeps a file under a name, for an answer that names its address; likewise.
    """

    form: Form | None
    title: str
    deadline: int | None = None
    errors: tuple[FieldError, ...] = ()
    moot: Callable[[], bool] = lambda: True
    keep: Callable[[str, bytes], str] | None = None


@dataclass(slots=True)
class WaitChange(Effect):
    """Sleep until something about the run changed, or until a moment.

    The result is None, or the answer typed at this terminal.

    Args:
        signals: where changes are heard.
        seen: the count of `signals` the program has acted upon; a later change returns at once.
        seconds: at most so long; None for no limit.
        offer: what to ask at the terminal meanwhile.
    """

    signals: Signals
    seen: int
    seconds: float | None
    offer: Offer | None = None


@dataclass(slots=True)
class Join(Effect):
    """Wait until the submitted tasks have ended. The result is None.

    Args:
        wait: blocks until they have, and is safe to call on any thread.
    """

    wait: Callable[[], object]


@dataclass(slots=True)
class Block(Effect):
    """Do something that may block for a while, such as reading from storage or waiting for a lock,
    and be sent what it returns.

    Args:
        work: does it, on any thread.
    """

    work: Callable[[], Any]


@dataclass(slots=True)
class Emit(Effect):
    """Hand a value to whoever reads the generator; the result is what they send back.

    What they throw in is raised, and `Closed` when they read no further. Where nobody reads, the
    result is None.
    """

    value: Any


class Closed(BaseException):
    """Whoever read a generator reads no further."""


@dataclass(slots=True)
class Log(Effect):
    """Write a line to the run's log; with `kept=False` to the console only."""

    level: int
    message: str
    args: tuple[Any, ...] = ()
    exc_info: BaseException | None = None
    kept: bool = True


Program = Generator[Effect, Any, T]
"""A generator of effects that returns a T."""
