"""Repeated requests: the second delivery of a command gets the reply of the first.

Owns a memory of recent commands by their `Idempotency-Key`. It makes the repeat after a lost reply
invisible to the sender; that nothing is done twice does not rest on it, but on the ids in the
commands and on the rules, which also hold after a restart.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from signoff.server.asgi import Response

LONGEST_KEY = 200
"""Characters of a key that is taken."""


class Repeats:
    """Remembers replies.

    Args:
        entries: replies kept at most.
        size: bytes of a body above which a reply is not kept.
    """

    def __init__(self, entries: int = 4096, size: int = 16_384) -> None:
        self._entries = entries
        self._size = size
        self._known: OrderedDict[str, asyncio.Future[Response]] = OrderedDict()

    async def once(self, key: str, make: Callable[[], Awaitable[Response]]) -> Response:
        """The reply for a key: that of the first time, when there was one (or is just being made).

        Args:
            key: chosen by the sender, together with what was asked.
            make: carries the request out.
        """
        known = self._known.get(key)
        if known is not None:
            return await asyncio.shield(known)
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._known[key] = future
        while len(self._known) > self._entries:
            self._known.popitem(last=False)
        try:
            response = await make()
        except BaseException as error:
            self._known.pop(key, None)
            if isinstance(error, Exception):
                future.set_exception(error)
                future.exception()  # A repeat that waits is told; without one nobody need be.
            else:
                future.cancel()
            raise
        future.set_result(response)
        if response.status >= 500 or len(response.body) > self._size:
            self._known.pop(key, None)
        return response
