"""The log of a run on its page.

Owns which lines are asked for and how far one can go back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from signoff.model.filters import (
    LogFilter,
    LogFilterFlowRunId,
    LogFilterLevel,
    LogFilterText,
    LogSort,
)
from signoff.model.queries import ReadLogs
from signoff.model.views import Log
from signoff.server.pages.visits import Visit

PAGE = 200
"""Lines of a page; also the most that one question may ask for."""
LEVELS = ((0, "All"), (20, "Info"), (30, "Warning"), (40, "Error"))
_MOST = 20_000
"""Lines of a download."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a log, oldest first, and what was asked for.

    Args:
        lines: the lines.
        level, text: least level and what they contain.
        back: how many newer lines were passed over.
        earlier: how many to pass over for older ones; None when there are none.
    """

    lines: tuple[Log, ...]
    level: int
    text: str
    back: int
    earlier: int | None


def level_name(level: int) -> str:
    """A level in one word."""
    return logging.getLevelName(level).title() if level in (10, 20, 30, 40, 50) else str(level)


async def read_lines(visit: Visit, run_id: UUID) -> Lines:
    """The lines that the address asks for; the newest when it names none."""
    level, back = _number(visit.asked("level")), _number(visit.asked("back"))
    text = visit.asked("find")
    found = await visit.ask(
        ReadLogs(_filter(run_id, level, text), LogSort.TIMESTAMP_DESC, PAGE, back)
    )
    earlier = back + PAGE if len(found) == PAGE else None
    return Lines(tuple(reversed(found)), level, text, back, earlier)


async def read_text(visit: Visit, run_id: UUID) -> str:
    """The whole log as text; at most 20,000 lines, the newest."""
    wanted = _filter(run_id, _number(visit.asked("level")), visit.asked("find"))
    lines: list[Log] = []
    while len(lines) < _MOST:
        page = await visit.ask(ReadLogs(wanted, LogSort.TIMESTAMP_DESC, PAGE, len(lines)))
        lines += page
        if len(page) < PAGE:
            break
    return "".join(
        f"{line.timestamp.isoformat(timespec='milliseconds')} {level_name(line.level).upper()} "
        f"{line.name} {line.message}\n"
        for line in reversed(lines)
    )


def _filter(run_id: UUID, level: int, text: str) -> LogFilter:
    return LogFilter(
        flow_run_id=LogFilterFlowRunId(any_=[run_id]),
        level=LogFilterLevel(ge_=level) if level else None,
        text=LogFilterText(query=text) if text else None,
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
