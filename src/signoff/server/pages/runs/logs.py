"""The log of a run on its page.

Owns which lines are asked for, and going back and forth in them: pages begin at a line, not at a
number, so that lines that are written meanwhile move nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from signoff.model.filters import (
    LogFilter,
    LogFilterFlowRunId,
    LogFilterLevel,
    LogFilterText,
    LogFilterTimestamp,
    LogSort,
)
from signoff.model.queries import ReadLogs
from signoff.model.views import Log
from signoff.server.pages import words
from signoff.server.pages.visits import Visit

PAGE = 200
"""Lines of a page."""
LEVELS = ((0, "All"), (20, "Info"), (30, "Warning"), (40, "Error"))
_MOST = 200_000
"""Lines of a download."""
_AT_ONCE = 5_000
_LONGEST = 20_000
"""Characters of a line that are shown; a download has them all."""
_PLACE = re.compile(r"(\d{1,17})-([0-9a-f]{32})")

Place = tuple[int, UUID]
"""Where a line stands among the others."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a log, oldest first, and what was asked for.

    Args:
        lines: the lines.
        level, text: least level and what they contain.
        earlier, later: the place before or after which there may be more; None when there is
            nothing more.
        line: the line that was asked for.
    """

    lines: tuple[Log, ...]
    level: int
    text: str
    earlier: str | None
    later: str | None
    line: str = ""

    @property
    def last(self) -> str:
        """The place of the newest line; "" when there is none."""
        return place_of(self.lines[-1]) if self.lines else ""


def level_name(level: int) -> str:
    """A level in one word."""
    return logging.getLevelName(level).title() if level in (10, 20, 30, 40, 50) else str(level)


def place_of(line: Log) -> str:
    """The place of a line, for an address."""
    return f"{words.micros(line.timestamp)}-{line.id.hex}"


def pieces(message: str, text: str) -> tuple[tuple[str, bool], ...]:
    """A message in pieces, each with whether it is what was looked for."""
    shown = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
    if not text:
        return ((shown, False),)
    parts = re.split(f"({re.escape(text)})", shown, flags=re.IGNORECASE)
    return tuple((part, index % 2 == 1) for index, part in enumerate(parts) if part)


async def read_lines(visit: Visit, run_id: UUID) -> Lines:
    """The lines that the address asks for; the newest when it names none."""
    level, text = _number(visit.asked("level")), visit.asked("find")
    log = _Reader(visit, run_id, level, text)
    before, after = _place(visit.asked("before")), _place(visit.asked("after"))
    around = _place(visit.asked("line"))
    if after is not None:
        found, older, newer = await log.after(after, PAGE), True, False
        newer = len(found) == PAGE
    elif around is not None:
        above = await log.before((around[0], UUID(int=around[1].int + 1)), PAGE // 2)
        below = await log.after(around, PAGE // 2)
        found, older, newer = [*above, *below], len(above) == PAGE // 2, bool(below)
    else:
        found = await log.before(before, PAGE)
        older, newer = len(found) == PAGE, before is not None
    return Lines(
        tuple(found),
        level,
        text,
        place_of(found[0]) if found and older else None,
        place_of(found[-1]) if found and newer else None,
        visit.asked("line").partition("-")[2] if around is not None else "",
    )


async def read_text(visit: Visit, run_id: UUID) -> str:
    """The whole log as text; at most 200,000 lines, the newest."""
    log = _Reader(visit, run_id, _number(visit.asked("level")), visit.asked("find"))
    pages: list[Sequence[Log]] = []
    before: Place | None = None
    while sum(map(len, pages)) < _MOST:
        page = await log.before(before, _AT_ONCE)
        pages.append(page)
        if len(page) < _AT_ONCE:
            break
        before = words.micros(page[0].timestamp), page[0].id
    return "".join(
        f"{line.timestamp.isoformat(timespec='milliseconds')} {level_name(line.level).upper()} "
        f"{line.name} {line.message}\n"
        for page in reversed(pages)
        for line in page
    )


class _Reader:
    """Reads lines of one run that fit a level and a text."""

    def __init__(self, visit: Visit, run_id: UUID, level: int, text: str) -> None:
        self._visit = visit
        self._run_id = run_id
        self._level = level
        self._text = text

    async def before(self, place: Place | None, most: int) -> list[Log]:
        """The newest lines before a place, oldest first."""
        bounds = LogFilterTimestamp(before_=words.moment(place[0])) if place else None
        found = await self._read(
            LogSort.TIMESTAMP_DESC, bounds, most, lambda at: place is None or at < place
        )
        return found[::-1]

    async def after(self, place: Place, most: int) -> list[Log]:
        """The oldest lines after a place, oldest first."""
        bounds = LogFilterTimestamp(after_=words.moment(place[0]))
        return await self._read(LogSort.TIMESTAMP_ASC, bounds, most, lambda at: at > place)

    async def _read(
        self,
        sort: LogSort,
        bounds: LogFilterTimestamp | None,
        most: int,
        fits: Callable[[Place], bool],
    ) -> list[Log]:
        wanted = LogFilter(
            flow_run_id=LogFilterFlowRunId(any_=[self._run_id]),
            level=LogFilterLevel(ge_=self._level) if self._level else None,
            text=LogFilterText(query=self._text) if self._text else None,
            timestamp=bounds,
        )
        # Lines of the very moment of the place are read again, and may be many.
        limit = most + 20
        while True:
            read = await self._visit.ask(ReadLogs(wanted, sort, limit))
            found = [line for line in read if fits((words.micros(line.timestamp), line.id))]
            if len(found) >= most or len(read) < limit:
                return found[:most]
            limit *= 4


def _place(text: str) -> Place | None:
    match = _PLACE.fullmatch(text)
    return (int(match[1]), UUID(hex=match[2])) if match else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
