"""Tasks that only say or hand over something.

Owns Log, Return, Echo and OutputValues.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.running import TaskFailed

_LEVELS = {
    "TRACE": 5,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
}


def in_text(value: Any) -> str:
    """A value as it stands in text: compact JSON for maps, lists and booleans, "" for null."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


class Log:
    """Writes its message, or each of its messages, to the run's log."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Log `message`, a text or a list, at `level`."""
        message = properties.get("message")
        level = str(properties.get("level") or "INFO").upper()
        if level not in _LEVELS:
            raise TaskFailed(
                f"Property `level`: {level!r} is no log level; use one of {', '.join(_LEVELS)}."
            )
        for line in message if isinstance(message, list) else [message]:
            context.log.log(_LEVELS[level], "%s", in_text(line))
        return {}


class Return:
    """Gives back a rendered value, for the tasks after it."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give `format` as `value`."""
        return {"value": properties.get("format")}


class Echo:
    """The old way to log a text."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Log `format` at `level`."""
        return Log.run(context, {**properties, "message": properties.get("format")})


class OutputValues:
    """Gives back named values, for the tasks after it."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give `values` as `values`."""
        return {"values": properties.get("values") or {}}
