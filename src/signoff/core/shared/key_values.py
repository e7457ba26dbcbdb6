"""Which keys and values a key-value pair may have.

Owns the rules, and how a value becomes one of a kind. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any

from signoff.core import moments
from signoff.core.shared.names import json_text, wrong
from signoff.model.key_values import KeyValueKind

LARGEST = 1_000_000
"""Characters of one value as JSON."""
LONGEST_TTL = 100 * 365 * 86_400 * 1_000_000
"""Microseconds that a pair may last at most."""

_KEY = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,149}")
_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9._-]{0,149}")


def namespace(name: str) -> str:
    """The name, when a namespace may have it.

    Raises:
        InvalidRequest: it may not.
    """
    if not _NAMESPACE.fullmatch(name):
        raise wrong(
            "namespace",
            name,
            "A namespace begins with a small letter or digit, followed by small letters, digits, "
            "'.', '_' or '-', at most 150",
        )
    return name


def key(name: str) -> str:
    """The name, when a key may have it.

    Raises:
        InvalidRequest: it may not.
    """
    if not _KEY.fullmatch(name):
        raise wrong(
            "key",
            name,
            "A key begins with a letter or digit, followed by letters, digits, '.', '_' or '-', "
            "at most 150",
        )
    return name


def ttl(microseconds: int | None) -> int | None:
    """How long a pair lasts, when that is possible.

    Raises:
        InvalidRequest: it is not.
    """
    if microseconds is not None and not 0 < microseconds <= LONGEST_TTL:
        raise wrong("ttl", microseconds, "ttl must be more than nothing, and at most 100 years")
    return microseconds


def typed(value: Any, kind: KeyValueKind | None) -> tuple[KeyValueKind, str]:
    """What a value is, and the value as JSON text.

    Args:
        value: anything that is JSON.
        kind: what it has to be; text is read as that. None to find out.

    Raises:
        InvalidRequest: it is not of that kind, is nothing, or is too large.
    """
    if value is None and kind is not KeyValueKind.JSON:
        raise wrong("value", None, "A value is missing; delete the key to have none")
    if kind is None:
        kind = _kind_of(value)
    else:
        value = _READ[kind](value)
    text = json_text("value", value, "A value must be JSON")
    if len(text) > LARGEST:
        raise wrong("value", f"{text[:40]}...", f"A value has at most {LARGEST} characters as JSON")
    return kind, text


def _kind_of(value: Any) -> KeyValueKind:
    if isinstance(value, bool):
        return KeyValueKind.BOOLEAN
    if isinstance(value, int | float):
        return KeyValueKind.NUMBER
    return KeyValueKind.STRING if isinstance(value, str) else KeyValueKind.JSON


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json_text("value", value, "A value must be JSON")


def _number(value: Any) -> Any:
    read = value
    if isinstance(value, str):
        try:
            read = json.loads(value.strip(), parse_constant=str)
        except ValueError:
            read = None
    if isinstance(read, bool) or not isinstance(read, int | float):
        raise wrong("value", value, "A NUMBER is written such as 5 or 1.5")
    return read


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise wrong("value", value, "A BOOLEAN is true or false")


def _datetime(value: Any) -> str:
    read = moments.parse_datetime(value.strip()) if isinstance(value, str) else None
    if read is None:
        raise wrong("value", value, "A DATETIME is written such as 2026-03-01T09:30:00Z")
    if read.tzinfo is None:
        read = read.replace(tzinfo=UTC)
    return read.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _date(value: Any) -> str:
    read = moments.parse_date(value.strip()) if isinstance(value, str) else None
    if read is None:
        raise wrong("value", value, "A DATE is written such as 2026-03-01")
    return read.isoformat()


def _duration(value: Any) -> str:
    read = moments.parse_duration(value.strip()) if isinstance(value, str) else None
    if read is None:
        raise wrong("value", value, "A DURATION is written such as PT1H30M")
    return moments.iso_duration(read)


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise wrong("value", f"{value:.60}", f"A JSON value must be JSON ({error})") from None


_READ: Mapping[KeyValueKind, Callable[[Any], Any]] = {
    KeyValueKind.STRING: _string,
    KeyValueKind.NUMBER: _number,
    KeyValueKind.BOOLEAN: _boolean,
    KeyValueKind.DATETIME: _datetime,
    KeyValueKind.DATE: _date,
    KeyValueKind.DURATION: _duration,
    KeyValueKind.JSON: _json,
}
