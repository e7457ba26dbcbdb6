"""The event stream: what happens is told, once, in order, and a client that comes back misses
nothing."""

from __future__ import annotations

import asyncio
import threading
from uuid import UUID

import pytest

from signoff.model.actors import Actor, Via
from signoff.model.commands import AnswerWait
from signoff.model.events import HistoryEntry, Kind
from signoff.model.queries import ReadEvents
from signoff.model.runs import Phase
from signoff.server.feed import PAGE, Feed
from tests.server.conftest import Connect
from tests.server.serving import Flow, Served
from tests.server.streams import events, stream

pytestmark = pytest.mark.server


def test_a_client_that_comes_back_misses_nothing(served: Served, connect: Connect) -> None:
    worker = connect(served.url)
    other = Flow(worker)
    with stream(served) as live:
        flow = Flow(worker)
        flow.ask()
        first = events(live, 2)
    assert [(event["kind"], event["run_id"]) for event in first] == [
        ("start", str(flow.id)),
        ("open", str(flow.id)),
    ]
    other.finish()
    worker.send(AnswerWait(flow.id, {"ok": True}))
    with stream(served, last=first[0]["id"]) as again:
        rest = events(again, 3)
        assert [event["kind"] for event in rest] == ["open", "complete", "answer"]
        flow.finish()
        assert [event["kind"] for event in events(again, 1)] == ["complete"]
    with stream(served, f"?after={first[0]['id']}&run_id={flow.id}") as mine:
        assert [event["kind"] for event in events(mine, 3)] == ["open", "answer", "complete"]
    numbers = [int(event["id"]) for event in (*first, *rest)]
    assert sorted(set(numbers[1:])) == numbers[2:]


class History:
    """A history that grows."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.reads = 0

    async def read(self, query: ReadEvents) -> tuple[HistoryEntry, ...]:
        self.reads += 1
        numbers = range(query.after + 1, min(query.after + query.limit, self.length) + 1)
        by = Actor("x", Via.HTTP)
        return tuple(
            HistoryEntry(n, UUID(int=n), 1, Kind.START, n, by, Phase.RUNNING, "Running", None, None)
            for n in numbers
        )


def ids(part: bytes) -> list[int]:
    return [int(line[4:]) for line in part.splitlines() if line.startswith(b"id: ")]


@pytest.mark.parametrize("length", [0, 1, 2, 7, 1000, 2**40])
def test_a_new_stream_begins_at_the_end_of_the_history(length: int) -> None:
    async def main() -> None:
        history = History(length)
        feed = Feed(history.read)
        parts = feed.stream(None)
        assert await anext(parts) == b"retry: 1000\n\n"
        assert history.reads < 100
        history.length += 2
        feed.changed()
        while not (part := await anext(parts)):
            pass
        assert ids(part) == [length + 1, length + 2]
        feed.end()

    asyncio.run(main())


def test_a_long_absence_is_made_up_for_in_pages() -> None:
    async def main() -> None:
        history = History(PAGE * 2 + 5)
        feed = Feed(history.read)
        found: list[int] = []
        async for part in feed.stream(0):
            found += ids(part)
            if len(found) == history.length:
                feed.end()
        assert found == list(range(1, history.length + 1))

    asyncio.run(main())


def test_silence_is_broken_by_a_comment_and_ended_by_the_end() -> None:
    async def main() -> None:
        feed = Feed(History(0).read, heartbeat=0.001)
        parts = feed.stream(0)
        assert await anext(parts) == b"retry: 1000\n\n"
        while (part := await anext(parts)) == b"":
            pass
        assert part == b": still here\n\n"
        feed.end()
        assert [part async for part in parts if part] == []

    asyncio.run(main())


def test_a_change_that_cannot_be_read_yet_is_looked_for_again() -> None:
    """Another transaction that is still open may hold an event back after it was told of."""

    async def main() -> None:
        history = History(0)
        feed = Feed(history.read)
        parts = feed.stream(0)
        await anext(parts)
        feed.changed()
        while history.reads < 2:
            assert await anext(parts) == b""
        history.length = 1  # Becomes visible without anybody saying so.
        while not (part := await anext(parts)):
            pass
        assert ids(part) == [1]

    asyncio.run(main())


def test_a_change_is_told_from_any_thread() -> None:
    async def main() -> None:
        history = History(0)
        feed = Feed(history.read)
        parts = feed.stream(0)
        await anext(parts)
        history.length = 1
        threading.Thread(target=feed.look).start()
        while not (part := await anext(parts)):
            pass
        assert ids(part) == [1]

    asyncio.run(main())
