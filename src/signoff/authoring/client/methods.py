"""Methods of the client, made from plans: one that waits for the reply, and one that awaits it.

The asynchronous one has a thread ask, so the event loop never blocks.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, ParamSpec, TypeVar

from signoff.authoring.client.given_filters import with_filters
from signoff.authoring.client.plan import Plan
from signoff.authoring.ids import with_ids
from signoff.core.ports import Gateway
from signoff.model.actors import Via
from signoff.model.errors import RequestRefused

P = ParamSpec("P")
T = TypeVar("T")

_asking = ThreadPoolExecutor(4, thread_name_prefix="signoff-client")


def carry_out(plan: Plan[T], gateway: Gateway) -> T:
    """Ask, and convert the reply."""
    try:
        reply = gateway.send(with_ids(plan.request), Via.PYTHON)
    except RequestRefused as refusal:
        if plan.refused is None:
            raise
        return plan.refused(refusal, gateway)
    return plan.convert(reply, gateway)


def _planned(plan: Callable[..., Plan[T]], args: Any, kwargs: Any) -> Plan[T]:
    if not any(name.endswith("_filter") for name in kwargs):
        return plan(*args, **kwargs)
    return plan(*args, **with_filters(kwargs))


async def in_thread(work: Callable[[], T]) -> T:
    """Call a function off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_asking, work)


class Sync(Generic[P, T]):
    """A method of the synchronous client."""

    def __init__(self, plan: Callable[P, Plan[T]]) -> None:
        self._plan = plan
        self.__doc__ = plan.__doc__

    def __get__(self, client: Any, owner: type | None = None) -> Callable[P, T]:
        @functools.wraps(self._plan)
        def method(*args: P.args, **kwargs: P.kwargs) -> T:
            return carry_out(_planned(self._plan, args, kwargs), client.gateway)

        return method


class Async(Generic[P, T]):
    """A method of the asynchronous client."""

    def __init__(self, plan: Callable[P, Plan[T]]) -> None:
        self._plan = plan
        self.__doc__ = plan.__doc__

    def __get__(
        self, client: Any, owner: type | None = None
    ) -> Callable[P, Coroutine[Any, Any, T]]:
        @functools.wraps(self._plan)
        async def method(*args: P.args, **kwargs: P.kwargs) -> T:
            plan = _planned(self._plan, args, kwargs)
            # Finding the way may open a database, so that is the thread's work too.
            return await in_thread(lambda: carry_out(plan, client.gateway))

        return method
