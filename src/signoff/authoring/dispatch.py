"""The documented rule for names that serve synchronous and asynchronous callers.

Called where code is asynchronous, the plain name returns the coroutine of its `a` twin. The run
around the call decides first (a synchronous flow inside an asynchronous one blocks), then whether
an event loop runs.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, ParamSpec, TypeVar, cast

from signoff.engine.frames import current_run, current_task

P = ParamSpec("P")
R = TypeVar("R")


def is_in_async_context() -> bool:
    """Whether the present line is asynchronous code."""
    task = current_task.get()
    if task is not None:
        return task.spec.is_async
    run = current_run.get()
    if run is not None:
        return run.spec.is_async
    asyncio = sys.modules.get("asyncio")
    # Without asyncio in memory no loop can be running; importing it to ask would cost 40 ms.
    return asyncio is not None and asyncio._get_running_loop() is not None


def async_dispatch(
    twin: Callable[P, Coroutine[Any, Any, R]],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a synchronous function return its twin's coroutine to asynchronous callers.

    `_sync=True` and `_sync=False` override the rule, and `.aio` is the twin.
    """

    def decorate(fn: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(fn)
        def dispatch(*args: P.args, **kwargs: P.kwargs) -> R:
            forced = kwargs.pop("_sync", None)
            plain = not is_in_async_context() if forced is None else bool(forced)
            if plain:
                return fn(*args, **kwargs)
            # At run time the asynchronous caller gets something to await, as documented.
            return cast(R, twin(*args, **kwargs))

        dispatch.aio = twin  # type: ignore[attr-defined]
        return dispatch

    return decorate


def caller(frame: FrameType) -> FrameType:
    """The user's frame: above the dispatcher, when the call went through it."""
    while frame.f_globals.get("__name__") == __name__ and frame.f_back:
        frame = frame.f_back
    return frame


def off_loop(fn: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """The asynchronous twin of a blocking function: the same, off the event loop."""

    @functools.wraps(fn)
    async def twin(*args: P.args, **kwargs: P.kwargs) -> R:
        asyncio: Any = importlib.import_module("asyncio")
        found: R = await asyncio.to_thread(fn, *args, **kwargs)
        return found

    return twin
