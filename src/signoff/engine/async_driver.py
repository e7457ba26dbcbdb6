"""The asynchronous driver: carries out the effects of programs without blocking the event loop.

Loaded on first use, because asyncio costs 40 ms to import. Requests go to one writer thread, so
that they keep their order and the loop stays free.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from signoff.core.standing import AWAKE
from signoff.engine import asking
from signoff.engine.countdowns import Countdown, TimedOut
from signoff.engine.drivers import LONGEST, carry_out
from signoff.engine.effects import (
    Block,
    CallUser,
    Closed,
    Effect,
    Emit,
    Join,
    Program,
    Send,
    Settle,
    Sleep,
    WaitChange,
)

if TYPE_CHECKING:
    from signoff.core.ports import Gateway
    from signoff.engine.promises import Ending
    from signoff.engine.signals import Signals

T = TypeVar("T")


_writer = ThreadPoolExecutor(1, thread_name_prefix="signoff-writer")
"""One thread for the requests of all event loops of this process; started on first use."""


async def drive_async(program: Program[T], gateway: Gateway) -> T:
    """Run a program on the running event loop.

    Args:
        program: a generator of effects.
        gateway: where requests go.
    """
    try:
        effect = next(program)
        while True:
            try:
                reply = await _carry_out(effect, gateway)
            except BaseException as error:
                effect = program.throw(error)
            else:
                effect = program.send(reply)
    except StopIteration as stop:
        value: T = stop.value
        return value


async def stream_async(program: Program[Ending], gateway: Gateway) -> AsyncIterator[Any]:
    """Run the program of a generator on the running event loop; its reader gets its values.

    Args:
        program: its values are what it emits.
        gateway: where requests go.

    Raises:
        Exception: what the generator raised.
    """
    ending: Ending | None = None
    closed = False
    try:
        effect = next(program)
        while True:
            try:
                if isinstance(effect, Emit) and not closed:
                    reply = yield effect.value
                else:
                    reply = await _carry_out(effect, gateway)
            except GeneratorExit:
                closed = True
                effect = program.throw(Closed())
            except BaseException as error:
                effect = program.throw(error)
            else:
                effect = program.send(reply)
    except StopIteration as stop:
        ending = stop.value
    if ending is not None:
        ending.unwrap()


async def _carry_out(effect: Effect, gateway: Gateway) -> Any:
    if isinstance(effect, (Send, Settle)):
        return await _on_writer(lambda: carry_out(effect, gateway))
    if isinstance(effect, CallUser):
        return await _call(effect)
    if isinstance(effect, WaitChange):
        return await _wait(effect)
    if isinstance(effect, Sleep):
        return await _sleep(effect)
    if isinstance(effect, Join):
        return await asyncio.to_thread(effect.wait)
    if isinstance(effect, Block):
        return await asyncio.to_thread(effect.work)
    return carry_out(effect, gateway)


async def _on_writer(call: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(_writer, call)


async def _call(effect: CallUser) -> Any:
    if effect.countdown is None:
        return await _called(effect)
    limit = _Limit(effect.countdown)
    try:
        async with limit.timeout:
            limit.start()
            try:
                return await _called(effect)
            finally:
                effect.countdown.finish()
    except TimeoutError:
        if limit.timeout.expired():
            effect.countdown.expired = True
            raise TimedOut from None
        raise


async def _called(effect: CallUser) -> Any:
    value = effect.fn(*effect.args, **(effect.kwargs or {}))
    return await value if asyncio.iscoroutine(value) else value


class _Limit:
    """Keeps an `asyncio.timeout` in step with a countdown that others stop and start."""

    def __init__(self, countdown: Countdown) -> None:
        self.timeout = asyncio.timeout(None)
        self._countdown = countdown
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def start(self) -> None:
        self._countdown.start(self._changed)

    def _changed(self, left: float | None) -> None:
        when = None if left is None else self._loop.time() + left
        if threading.get_ident() == self._thread:
            self._reschedule(when)
        else:
            self._loop.call_soon_threadsafe(self._reschedule, when)

    def _reschedule(self, when: float | None) -> None:
        if not self.timeout.expired():
            self.timeout.reschedule(when)


async def _wait(effect: WaitChange) -> Mapping[str, Any] | None:
    if effect.offer is not None and asking.possible():
        asked, answer = await asyncio.to_thread(asking.ask, effect)
        if asked:
            return answer
    await _wait_for_change(effect.signals, effect.seen, effect.seconds)
    return None


async def _sleep(effect: Sleep) -> None:
    until = time.monotonic() + effect.seconds
    signals = effect.signals
    while signals.standing in AWAKE and (left := until - time.monotonic()) > 0:
        await _wait_for_change(signals, signals.count, left)


async def _wait_for_change(signals: Signals, seen: int, seconds: float | None) -> None:
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    cancel = signals.subscribe(wake, seen)
    try:
        async with asyncio.timeout(LONGEST if seconds is None else min(seconds, LONGEST)):
            await changed.wait()
    except TimeoutError:
        pass
    finally:
        cancel()
