"""The logger that the tasks of a document write to.

Owns the least level a task records, and that no secret is ever written.
"""

from __future__ import annotations

import logging
from typing import Any

from signoff.engine.logs import RunLogger
from signoff.yamlflow.running.secrecy import masked
from signoff.yamlflow.running.visit import Visit

_LEVELS = {"TRACE": 5, "DEBUG": 10, "INFO": 20, "WARN": 30, "WARNING": 30, "ERROR": 40}


class TaskLogger(RunLogger):
    """A logger of a task run of a document.

    Attributes:
        least: least severe level that is recorded.
        masked: values that are never written.
    """

    least = 0
    masked: set[str]

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802  (the name of `logging`)
        """Whether lines of this level are recorded."""
        return level >= self.least and super().isEnabledFor(level)

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Write a line, without any secret in it."""
        if not self.isEnabledFor(level):
            return
        if self.masked:
            text = str(msg) % args if args else str(msg)
            super().log(level, "%s", masked(text, self.masked), **kwargs)
        else:
            super().log(level, msg, *args, **kwargs)


def logger_of(visit: Visit) -> TaskLogger:
    """The logger of a task."""
    logger = TaskLogger(visit.execution.frame, visit.task)
    logger.masked = visit.execution.masked
    level = visit.node.log_level
    if level is not None:
        logger.least = _LEVELS.get(level.upper(), logging.NOTSET)
    return logger
