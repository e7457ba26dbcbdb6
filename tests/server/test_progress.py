"""What pages are told of a run's log and tasks, and how often."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from signoff.model.queries import ReadLogs
from signoff.model.views import Log
from signoff.server.progress import GAP, PATIENCE, Progress

pytestmark = pytest.mark.service

RUN = UUID(int=1)


class Desk:
    """Answers with a log of so many lines."""

    def __init__(self) -> None:
        self.lines = 0
        self.now = 100.0
        self.asked = 0

    async def ask(self, request: Any) -> Any:
        self.asked += 1
        if not isinstance(request, ReadLogs) or not self.lines:
            return ()
        id = UUID(int=self.lines)
        return (Log(id=id, name="x", level=20, message="", timestamp=datetime.now(UTC)),)


def test_it_tells_of_news_at_most_so_often() -> None:
    desk = Desk()
    progress = Progress(desk.ask, RUN, lambda: desk.now, 15.0)

    def news() -> bytes:
        return asyncio.run(progress.news())

    assert b"event: work" in news()
    desk.lines = 1
    desk.now += GAP / 2
    looked = desk.asked
    assert (news(), desk.asked) == (b"", looked)
    assert progress.rest == pytest.approx(GAP / 2)
    desk.now += GAP / 2
    assert str(UUID(int=1)).encode() in news()
    assert progress.rest == PATIENCE


def test_it_looks_less_often_where_nothing_happens() -> None:
    desk = Desk()
    progress = Progress(desk.ask, RUN, lambda: desk.now, 15.0)
    rests = []
    for _ in range(6):
        asyncio.run(progress.news())
        rests.append(progress.rest)
        desk.now += progress.rest
    assert rests == [2.0, 4.0, 8.0, 15.0, 15.0, 15.0]
    desk.lines = 1
    asyncio.run(progress.news())
    assert progress.rest == PATIENCE
