"""The synchronous driver, and what both drivers share: carrying out the effects of programs.

The only place of the engine that sleeps, awaits or blocks. The asynchronous driver never blocks
the user's event loop on the service: requests go to one writer thread.
"""

from __future__ import annotations

import contextvars
import importlib
import inspect
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from signoff.core.standing import AWAKE
from signoff.engine import asking
from signoff.engine.countdowns import Interrupter
from signoff.engine.effects import (
    Block,
    CallUser,
    Closed,
    Effect,
    Emit,
    Join,
    Log,
    Post,
    Program,
    Send,
    Settle,
    Sleep,
    WaitChange,
)
from signoff.engine.frames import present
from signoff.engine.logs import logger_of

if TYPE_CHECKING:
    from signoff.core.ports import Gateway
    from signoff.engine.promises import Ending
    from signoff.engine.signals import Signals

T = TypeVar("T")

LONGEST = 86_400.0
"""Seconds of one sleep; the program looks again after it."""


def drive_sync(program: Program[T], gateway: Gateway) -> T:
    """Run a program on this thread.

    Args:
        program: a generator of effects.
        gateway: where requests go.
    """
    try:
        return _driven(program, next(program), gateway)
    except StopIteration as stop:
        value: T = stop.value
        return value


def _driven(program: Program[T], effect: Effect, gateway: Gateway) -> NoReturn:
    """Carry a program on from an effect; raises StopIteration with its value."""
    ways = _SYNC
    while True:
        try:
            reply = ways[type(effect)](effect, gateway)
        except BaseException as error:
            effect = program.throw(error)
        else:
            effect = program.send(reply)


def stream_sync(program: Program[Ending], gateway: Gateway) -> Iterator[Any]:
    """Run the program of a generator on the thread of its reader, who gets its values.

    Args:
        program: its values are what it emits.
        gateway: where requests go.

    Raises:
        Exception: what the generator raised.
    """
    ending: Ending | None = None
    try:
        effect = next(program)
        while True:
            try:
                reply = (
                    (yield effect.value) if isinstance(effect, Emit) else carry_out(effect, gateway)
                )
            except GeneratorExit:
                _driven(program, program.throw(Closed()), gateway)
            except BaseException as error:
                effect = program.throw(error)
            else:
                effect = program.send(reply)
    except StopIteration as stop:
        ending = stop.value
    if ending is not None:
        ending.unwrap()


def carry_out(effect: Effect, gateway: Gateway) -> Any:
    """Carry out one effect on this thread, blocking as long as it takes."""
    return _SYNC[type(effect)](effect, gateway)


def _send(effect: Send, gateway: Gateway) -> Any:
    return gateway.send(effect.request, effect.via)


def _post(effect: Post, gateway: Gateway) -> None:
    gateway.post(effect.command)


def _settle(effect: Settle, gateway: Gateway) -> None:
    gateway.settle()


def _call(effect: CallUser, gateway: Gateway) -> Any:
    call, args, kwargs = effect.fn, effect.args, effect.kwargs or {}
    if effect.countdown is None:
        value = call(*args, **kwargs)
    else:
        with Interrupter(effect.countdown):
            value = call(*args, **kwargs)
    if inspect.iscoroutine(value):
        # An asynchronous hook or task on a thread without an event loop gets one for the call.
        return _run_coroutine(value)
    return value


def _run_coroutine(coroutine: Any) -> Any:
    asyncio = importlib.import_module("asyncio")
    if asyncio._get_running_loop() is None:
        return asyncio.run(coroutine)
    # Synchronous code within an asynchronous one: this thread's loop is taken.
    found: list[Any] = []

    def run() -> None:
        try:
            found.extend((asyncio.run(coroutine), None))
        except BaseException as error:
            found.extend((None, error))

    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,))
    thread.start()
    thread.join()
    value, error = found
    if error is not None:
        raise error
    return value


def _sleep(effect: Sleep, gateway: Gateway) -> None:
    """Wakes early when the run is told to stop; other changes let it sleep on."""
    until = time.monotonic() + effect.seconds
    signals = effect.signals
    while signals.standing in AWAKE and (left := until - time.monotonic()) > 0:
        _wait_for_change(signals, signals.count, left)


def _wait(effect: WaitChange, gateway: Gateway) -> Mapping[str, Any] | None:
    if effect.offer is not None:
        asked, answer = asking.ask(effect)
        if asked:
            return answer
    _wait_for_change(effect.signals, effect.seen, effect.seconds)
    return None


def _wait_for_change(signals: Signals, seen: int, seconds: float | None) -> None:
    changed = threading.Event()
    cancel = signals.subscribe(changed.set, seen)
    try:
        changed.wait(LONGEST if seconds is None else min(seconds, LONGEST))
    finally:
        cancel()


def _join(effect: Join, gateway: Gateway) -> None:
    effect.wait()


def _block(effect: Block, gateway: Gateway) -> Any:
    return effect.work()


def _emit(effect: Emit, gateway: Gateway) -> None:
    """Nobody reads."""


_NOT_KEPT = {"send_to_api": False}


def _log(effect: Log, gateway: Gateway) -> None:
    run, task = present()
    if run is None or effect.level < run.runtime.log_level:
        return
    error: Any = effect.exc_info
    if error is not None:
        # Loaded on first use: most runs do not fail.
        error = importlib.import_module("signoff.engine.tracebacks").shown(error)
    extra = None if effect.kept else _NOT_KEPT
    logger_of(run, task).log(
        effect.level, effect.message, *effect.args, exc_info=error, extra=extra
    )


_SYNC: dict[type[Effect], Callable[[Any, Gateway], Any]] = {
    Send: _send,
    Post: _post,
    Settle: _settle,
    CallUser: _call,
    Sleep: _sleep,
    WaitChange: _wait,
    Join: _join,
    Block: _block,
    Emit: _emit,
    Log: _log,
}
