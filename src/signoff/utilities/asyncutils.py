"""Documented import path: between synchronous and asynchronous code."""

from signoff.authoring.bridging import (
    asyncnullcontext,
    create_task,
    gather,
    is_async_fn,
    is_async_gen_fn,
    run_coro_as_sync,
    run_sync_in_worker_thread,
)

__all__ = [
    "asyncnullcontext",
    "create_task",
    "gather",
    "is_async_fn",
    "is_async_gen_fn",
    "run_coro_as_sync",
    "run_sync_in_worker_thread",
]
