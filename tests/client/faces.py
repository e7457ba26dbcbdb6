"""One way to call either face of the client, so that a test is written once for both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from signoff.client.orchestration import get_client

Ask = Callable[..., Any]


def _sync(method: str, *args: Any, **kwargs: Any) -> Any:
    with get_client(sync_client=True) as client:
        return getattr(client, method)(*args, **kwargs)


def _async(method: str, *args: Any, **kwargs: Any) -> Any:
    async def call() -> Any:
        async with get_client() as client:
            return await getattr(client, method)(*args, **kwargs)

    return asyncio.run(call())


FACES: dict[str, Ask] = {"sync": _sync, "async": _async}
