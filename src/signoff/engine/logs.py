"""The log of a run: what `get_run_logger` and `print` write, and where it goes.

Owns the loggers `signoff.flow_runs` and `signoff.task_runs`, how this process sets loggers up, the
console format, and the capture of `print`. Keeping lines is the work of `log_lines.py`.
"""

from __future__ import annotations

import builtins
import io
import logging
import sys
import threading
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import field
from typing import Any

from signoff.engine.frames import RunFrame, TaskFrame, present
from signoff.engine.log_lines import Keeping, RunHandler
from signoff.model.values import dataclass

ROOT = "signoff"
RUNS = ("signoff.flow_runs", "signoff.task_runs")
"""The loggers whose lines are kept with runs."""
_OURS = (*RUNS, "signoff.gateway", "signoff.server")

_original_print = builtins.print
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Logging:
    """How the loggers of a process are set up.

    Args:
        level: the least severe level, unless a logger has one of its own.
        levels: levels of single loggers, by name.
        extra: other libraries' loggers whose lines are kept with runs too.
        keeping: what is kept.
    """

    level: int = logging.INFO
    levels: Mapping[str, int] = field(default_factory=dict)
    extra: Sequence[str] = ()
    keeping: Keeping = field(default_factory=Keeping)

    @property
    def lowest(self) -> int:
        """The least severe level that any logger of runs takes."""
        return min(self.levels.get(name, self.levels.get(ROOT, self.level)) for name in RUNS)


class FactsLogger(logging.LoggerAdapter[logging.Logger]):
    """Adds its facts to those of each line, where the adapter of `logging` would replace them."""

    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        kwargs["extra"] = {**(self.extra or {}), **(kwargs.get("extra") or {})}
        return msg, kwargs


class RunLogger(FactsLogger):
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
            "flow_run_id": str(run.flow_run_id) if run.flow_run_id else None,
            "flow_run_name": run.name or None,
            "flow_name": run.spec.name or None,
            "task_run_id": str(task.id) if task else None,
            "task_run_name": task.name if task else None,
            "task_name": task.spec.name if task else None,
            "signoff_run": run,
            "signoff_task": task,
        }
        super().__init__(base, facts | extra)


def logger_of(run: RunFrame, task: TaskFrame | None) -> RunLogger:
    """The logger of a run, or of a task in it; one for all of its lines."""
    owner = run if task is None else task
    logger: RunLogger | None = owner.logger
    if logger is None:
        logger = owner.logger = RunLogger(run, task)
    return logger


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


_console = _Console()
_console.setFormatter(ConsoleFormatter())
_handler = RunHandler(Keeping())
_extra: dict[str, list[logging.Handler]] = {}
"""What was added to loggers of other libraries."""


def prepare(wanted: Logging) -> None:
    """Set up the loggers of this process; called again, it changes what differs."""
    root = logging.getLogger(ROOT)
    with _lock:
        _handler.keeping = wanted.keeping
        if _console not in root.handlers:
            root.addHandler(_console)
            root.propagate = False
            for name in RUNS:
                logging.getLogger(name).addHandler(_handler)
        root.setLevel(wanted.levels.get(ROOT, wanted.level))
        for name in _OURS:
            logging.getLogger(name).setLevel(wanted.levels.get(name, logging.NOTSET))
        for name in [name for name in _extra if name not in wanted.extra]:
            for handler in _extra.pop(name):
                logging.getLogger(name).removeHandler(handler)
        for name in wanted.extra:
            _take(name, wanted)


def _take(name: str, wanted: Logging) -> None:
    """Keep the lines of another library's logger with the runs they belong to."""
    logger = logging.getLogger(name)
    if name not in _extra:
        # Whoever has set up a console for it shall not see its lines twice.
        _extra[name] = [_handler] if logger.hasHandlers() else [_handler, _console]
        for handler in _extra[name]:
            logger.addHandler(handler)
    if name in wanted.levels or logger.level == logging.NOTSET:
        logger.setLevel(wanted.levels.get(name, wanted.level))


def capture_prints() -> None:
    """From now on `print` inside runs that ask for it goes to their log."""
    if builtins.print is not _print:
        builtins.print = _print


def _print(*values: Any, **options: Any) -> None:
    run, task = present()
    wanted = task.log_prints if task is not None else run is not None and run.log_prints
    if run is None or not wanted or options.get("file") not in (None, sys.stdout):
        _original_print(*values, **options)
        return
    text = io.StringIO()
    _original_print(*values, **(options | {"file": text, "end": ""}))
    logger_of(run, task).info("%s", text.getvalue())
