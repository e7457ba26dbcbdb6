"""The event stream: everything that happens, as server-sent events.

Owns the stream's form and its resumption. The id of an event is its place in the history, so a
client that comes back with `Last-Event-ID` gets what it missed. Must not know what events mean.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from uuid import UUID

from pydantic_core import to_json

from signoff.model.events import HistoryEntry
from signoff.model.queries import ReadEvents
from signoff.server.progress import Progress

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that nobody takes the stream for dead."""
PAGE = 200
AGAIN = 0.1
LOOKS = 5
"""How often, and how soon, the history is looked at again after a change."""
BREATH = 0.05
"""Seconds between two looks at the history, so that a busy server reads it in pages."""

Read = Callable[[ReadEvents], Awaitable[tuple[HistoryEntry, ...]]]


class Feed:
    """Streams the history.

    Args:
        read: reads a page of it.
        heartbeat: seconds of silence before a comment.
    """

    def __init__(self, read: Read, heartbeat: float = HEARTBEAT) -> None:
        self._read = read
        self._heartbeat = heartbeat
        self._loop = asyncio.get_running_loop()
        self._listeners: set[asyncio.Event] = set()
        self._known = 0
        self._watched: dict[UUID, set[asyncio.Event]] = {}
        self._ended = False

    @property
    def readers(self) -> int:
        """Streams that are open."""
        return len(self._listeners)

    def changed(self) -> None:
        """Something happened. Called on the event loop."""
        self._wake()

    def worked(self, run_ids: Iterable[UUID]) -> None:
        """Runs did what is in no history. Called on the event loop."""
        if self._watched:
            for run_id in run_ids:
                for listener in self._watched.get(run_id, ()):
                    listener.set()

    def look(self) -> None:
        """Something may have happened. May be called on any thread."""
        if not self._listeners:
            return
        try:
            self._loop.call_soon_threadsafe(self._wake)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def end(self) -> None:
        """Every stream ends now. Called on the event loop."""
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.set()

    async def stream(
        self, after: int | None, run_id: UUID | None = None, progress: Progress | None = None
    ) -> AsyncIterator[bytes]:
        """The events after a place in the history; from now on when it is None.

        Args:
            after: the id of the last event the client has seen.
            run_id: only events of this run.
            progress: tells of what the run does besides.
        """
        listener = asyncio.Event()
        self._listeners.add(listener)
        if run_id is not None and progress is not None:
            self._watched.setdefault(run_id, set()).add(listener)
        try:
            last = await self.newest() if after is None else after
            yield b"retry: 1000\n\n"
            looks = LOOKS
            while not self._ended:
                if listener.is_set():
                    looks = LOOKS
                listener.clear()
                page = await self._read(ReadEvents(last, PAGE))
                told = [_event(one) for one in page if run_id is None or one.run_id == run_id]
                if told:
                    yield b"".join(told)
                if page:
                    last = page[-1].seq
                if progress is not None and (news := await progress.news()):
                    yield news
                if len(page) < PAGE:
                    # A change may be told of before it can be read: older transactions that are
                    # still open hold it back.
                    looks = max(looks - 1, 0)
                    rest = AGAIN if looks else self._heartbeat
                    if progress is not None:
                        rest = min(rest, progress.rest)
                    yield await self._quiet(listener, rest)
        finally:
            self._listeners.discard(listener)
            if run_id is not None and run_id in self._watched:
                self._watched[run_id].discard(listener)
                if not self._watched[run_id]:
                    del self._watched[run_id]

    async def _quiet(self, listener: asyncio.Event, seconds: float) -> bytes:
        """Wait for a change; a comment when none came for long."""
        if self._ended:
            return b""
        try:
            async with asyncio.timeout(seconds):
                await listener.wait()
        except TimeoutError:
            return b": still here\n\n" if seconds == self._heartbeat else b""
        if not self._ended:
            await asyncio.sleep(BREATH)
        return b""

    async def newest(self) -> int:
        """The end of the history: whatever is read from now on shows what happened until there.

        It is looked for from the last end that was found; a long way is doubled and halved.
        """
        low = self._known
        page = await self._read(ReadEvents(low, PAGE))
        if page:
            low = page[-1].seq
        if len(page) == PAGE:
            step = PAGE
            while await self._read(ReadEvents(low + step, 1)):
                low, step = low + step, step * 2
            high = low + step
            while low < high:
                middle = (low + high) // 2
                if await self._read(ReadEvents(middle, 1)):
                    low = middle + 1
                else:
                    high = middle
        self._known = max(self._known, low)
        return low


def _event(entry: HistoryEntry) -> bytes:
    data = to_json(entry)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (entry.seq, entry.kind.value.encode(), data)
