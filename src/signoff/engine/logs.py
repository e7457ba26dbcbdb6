"""The log of a run: what `get_run_logger` and `print` write, and where it goes.

Owns the loggers `signoff.flow_runs` and `signoff.task_runs`, the handler that posts lines to the
service, the console format, and the capture of `print`.
"""

from __future__ import annotations

import builtins
import io
import logging
import sys
import threading
from collections.abc import MutableMapping
from typing import Any

from signoff.engine.clock import new_id
from signoff.engine.frames import RunFrame, TaskFrame, current_run, current_task
from signoff.model.commands import WriteLogs
from signoff.model.journal import LogLine

MAX_LINE = 32_000
"""Characters of one line that are kept."""

_original_print = builtins.print
_lock = threading.Lock()
_ready = False


class RunLogger(logging.LoggerAdapter[logging.Logger]):
    """A logger whose lines belong to a run.

    Attributes:
        run: the flow run.
        task: the task run, or None.
    """

    def __init__(self, run: RunFrame, task: TaskFrame | None, **extra: Any) -> None:
        base = logging.getLogger("signoff.task_runs" if task else "signoff.flow_runs")
        self.run = run
        self.task = task
        facts = {
            "flow_run_id": str(run.run_id),
            "flow_run_name": run.name,
            "flow_name": run.spec.name,
            "task_run_id": str(task.id) if task else None,
            "task_run_name": task.name if task else None,
            "task_name": task.spec.name if task else None,
            "signoff_run": run,
            "signoff_task": task,
        }
        super().__init__(base, facts | extra)

    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(self.extra or {}), **(kwargs.get("extra") or {})}
        return msg, kwargs


def logger_of(run: RunFrame, task: TaskFrame | None) -> RunLogger:
    """The logger of a run, or of a task in it; one for all of its lines."""
    owner = run if task is None else task
    logger: RunLogger | None = owner.logger
    if logger is None:
        logger = owner.logger = RunLogger(run, task)
    return logger


class RunHandler(logging.Handler):
    """Posts the lines of runs to the service."""

    def emit(self, record: logging.LogRecord) -> None:
        run: RunFrame | None = getattr(record, "signoff_run", None)
        if run is None or record.levelno < run.runtime.log_level:
            return
        task: TaskFrame | None = getattr(record, "signoff_task", None)
        try:
            text = record.getMessage()
            if record.exc_info:
                text = f"{text}\n{_formatter.formatException(record.exc_info)}"
            line = LogLine(
                id=new_id(),
                run_id=run.run_id,
                task_run_id=task.id if task else None,
                level=record.levelno,
                name=record.name,
                message=text if len(text) <= MAX_LINE else text[: MAX_LINE - 1] + "…",
                at=int(record.created * 1_000_000),
            )
            run.gateway.post(WriteLogs((line,)))
        except Exception:
            self.handleError(record)


class ConsoleFormatter(logging.Formatter):
    """`12:00:00.000 | INFO    | Flow run 'swift-otter' - message`, as documented."""

    default_time_format = "%H:%M:%S"
    default_msec_format = "%s.%03d"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (of `logging`)
        task = getattr(record, "task_run_name", None)
        run = getattr(record, "flow_run_name", None)
        name = record.name
        if task:
            name = f"Task run {task!r}"
        elif run:
            name = f"Flow run {run!r}"
        return f"{record.asctime} | {record.levelname:<7} | {name} - {record.message}"

    def usesTime(self) -> bool:  # noqa: N802  (the name of `logging`)
        return True


class _Console(logging.StreamHandler[Any]):
    """Writes to what `sys.stderr` is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr

    @stream.setter
    def stream(self, value: Any) -> None: ...


_formatter = ConsoleFormatter()


def prepare(level: int) -> None:
    """Set up the `signoff` loggers of this process, once."""
    global _ready
    root = logging.getLogger("signoff")
    with _lock:
        if _ready:
            root.setLevel(level)
            return
        console = _Console()
        console.setFormatter(_formatter)
        root.addHandler(console)
        root.setLevel(level)
        root.propagate = False
        handler = RunHandler()
        for name in ("signoff.flow_runs", "signoff.task_runs"):
            logging.getLogger(name).addHandler(handler)
        _ready = True


def capture_prints() -> None:
    """From now on `print` inside runs that ask for it goes to their log."""
    if builtins.print is not _print:
        builtins.print = _print


def _print(*values: Any, **options: Any) -> None:
    run, task = current_run.get(), current_task.get()
    wanted = task.log_prints if task is not None else run is not None and run.log_prints
    if run is None or not wanted or options.get("file") not in (None, sys.stdout):
        _original_print(*values, **options)
        return
    text = io.StringIO()
    _original_print(*values, **(options | {"file": text, "end": ""}))
    logger_of(run, task).info("%s", text.getvalue())
