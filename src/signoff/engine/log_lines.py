"""The lines of runs: which run a record of `logging` belongs to, and what is kept of it.

Owns the handler that posts lines to the service. Must not know how loggers are set up or what a
console shows.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from typing import Any
from uuid import UUID

from signoff.engine.clock import new_id
from signoff.engine.frames import RunFrame, TaskFrame, present
from signoff.model.commands import WriteLogs
from signoff.model.errors import MissingContextError
from signoff.model.journal import LogLine
from signoff.model.values import dataclass

Post = Callable[[WriteLogs], None]
"""Tells the service of lines, soon."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept with runs.

    Args:
        enabled: keep anything at all.
        longest: characters of a line that are kept.
        outside: what happens to a line that belongs to no run: `warn`, `error` or `ignore`.
        post: tells the service of lines that name their run themselves.
    """

    enabled: bool = True
    longest: int = 1_000_000
    outside: str = "warn"
    post: Post | None = None


class RunHandler(logging.Handler):
    """Posts the lines of runs to the service.

    Attributes:
        keeping: what is kept.
    """

    def __init__(self, keeping: Keeping) -> None:
        super().__init__()
        self.keeping = keeping

    def emit(self, record: logging.LogRecord) -> None:
        facts = record.__dict__
        if not self.keeping.enabled or facts.get("send_to_api") is False:
            return
        if facts.setdefault("signoff_kept_by", self) is not self:
            return  # A logger above has kept it already.
        run: RunFrame | None = facts.get("signoff_run")
        task: TaskFrame | None = facts.get("signoff_task")
        named = facts.get("flow_run_id")
        if run is None and named is None:
            run, task = present()
            if run is None:
                self._outside(record)
                return
        try:
            if run is not None:
                ids = run.run_id, task.id if task else None
                run.gateway.post(WriteLogs((self._line(record, *ids),)))
            elif self.keeping.post is not None:
                ids = UUID(str(named)), _id(facts.get("task_run_id"))
                self.keeping.post(WriteLogs((self._line(record, *ids),)))
        except Exception:
            self.handleError(record)

    def _line(self, record: logging.LogRecord, run_id: UUID, task_id: UUID | None) -> LogLine:
        text, longest = record.getMessage(), self.keeping.longest
        if record.exc_info:
            text = f"{text}\n{_formatter.formatException(record.exc_info)}"
        if len(text) > longest:
            text = f"{text[:longest]}… ({len(text) - longest} more characters)"
        return LogLine(
            id=new_id(),
            run_id=run_id,
            task_run_id=task_id,
            level=record.levelno,
            name=record.name,
            message=text,
            at=int(record.created * 1_000_000),
        )

    def _outside(self, record: logging.LogRecord) -> None:
        text = (
            f"Logger {record.name!r} attempted to send logs to the API without a flow run id. The "
            "API log handler can only send logs within flow run contexts unless the flow run id "
            "is manually provided."
        )
        if self.keeping.outside == "error":
            raise MissingContextError(text)
        if self.keeping.outside == "warn":
            # Eight frames up, beyond `logging`, is the line that logged.
            warnings.warn(text, stacklevel=8)


_formatter = logging.Formatter()


def _id(given: Any) -> UUID | None:
    return None if given is None else UUID(str(given))
