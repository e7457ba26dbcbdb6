"""Running synchronous code from asynchronous code, and the other way round.

Owns the documented helpers that people use in their own flows; Signoff itself needs none of them.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_background: set[asyncio.Task[Any]] = set()


def is_async_fn(func: Callable[..., Any]) -> bool:
    """Whether `func` is a coroutine function, also when it is wrapped."""
    return inspect.iscoroutinefunction(inspect.unwrap(func))


def is_async_gen_fn(func: Callable[..., Any]) -> bool:
    """Whether `func` is an asynchronous generator function, also when it is wrapped."""
    return inspect.isasyncgenfunction(inspect.unwrap(func))


def run_coro_as_sync(
    coroutine: Coroutine[Any, Any, R],
    *,
    force_new_thread: bool = False,
    wait_for_result: bool = True,
) -> R | None:
    """Run a coroutine from synchronous code, and return what it returns.

    Where an event loop already runs on this thread, another thread runs it, in this context.

    Args:
        coroutine: what to run.
        force_new_thread: use another thread in any case.
        wait_for_result: False returns None at once, and the coroutine runs on in the background.

    Raises:
        Exception: what it raises.
    """
    if wait_for_result and not force_new_thread and not _loop_runs():
        return asyncio.run(coroutine)
    values: list[R] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            values.append(asyncio.run(coroutine))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True)
    thread.start()
    if not wait_for_result:
        return None
    thread.join()
    if errors:
        raise errors[0]
    return values[0]


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def run_sync_in_worker_thread(fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous function on another thread, in this context, and await its result."""
    return await asyncio.to_thread(fn, *args, **kwargs)


async def gather(*calls: Callable[[], Coroutine[Any, Any, R]]) -> list[R]:
    """Call coroutine functions side by side; their results in the order of the calls.

    When one raises, the others are cancelled.
    """
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(call()) for call in calls]
    return [each.result() for each in running]


def create_task(coroutine: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
    """Like `asyncio.create_task`, and the task is kept from being collected while it runs."""
    made = asyncio.create_task(coroutine)
    _background.add(made)
    made.add_done_callback(_background.discard)
    return made


@asynccontextmanager
async def asyncnullcontext(value: Any = None, *_: Any, **__: Any) -> AsyncIterator[Any]:
    """An asynchronous context that does nothing."""
    yield value
