"""Which names and values shared state may have.

Owns the documented rules and what is said about a value that breaks them. Pure.
"""

from __future__ import annotations

import json
import re
from typing import Any

from signoff.model.errors import InvalidRequest

LONGEST_NAME = 255
LONGEST_VALUE = 5_000
"""Characters of a variable's value as JSON."""

_VARIABLE = re.compile(r"[a-z0-9_-]+")
_KEY = re.compile(r"[a-z0-9-]+")
_LIMIT = re.compile(r"[^/%&><\0]+")


def variable_name(name: object) -> str:
    """The name, when a variable may have it.

    Raises:
        InvalidRequest: it may not.
    """
    if not isinstance(name, str) or not _VARIABLE.fullmatch(name):
        raise wrong(
            "name",
            name,
            "Variable name must only contain lowercase letters, numbers, and dashes or underscores",
        )
    if len(name) > LONGEST_NAME:
        raise wrong("name", name, f"Variable name must have at most {LONGEST_NAME} characters")
    return name


def variable_value(value: Any) -> Any:
    """The value, when a variable may have it.

    Raises:
        InvalidRequest: it is not JSON, or too large.
    """
    text = json_text("value", value, "Variable value must be serializable to JSON")
    if len(text) > LONGEST_VALUE:
        raise wrong(
            "value",
            f"{text[:40]}...",
            f"Variable value must be less than {LONGEST_VALUE} characters as JSON, not {len(text)}"
            "; keep larger values as results or files",
        )
    return value


def artifact_key(key: object) -> str:
    """The key, when an artifact may have it.

    Raises:
        InvalidRequest: it may not.
    """
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise wrong(
            "key", key, "Artifact key must only contain lowercase letters, numbers, and dashes"
        )
    if len(key) > LONGEST_NAME:
        raise wrong("key", key, f"Artifact key must have at most {LONGEST_NAME} characters")
    return key


def artifact_data(value: Any) -> str | None:
    """The data of an artifact as JSON text; None for none.

    Raises:
        InvalidRequest: they are not JSON.
    """
    if value is None:
        return None
    return json_text("data", value, "Artifact data must be serializable to JSON")


def limit_name(name: str) -> str:
    """The name, when a limit may have it.

    Raises:
        InvalidRequest: it may not.
    """
    if not _LIMIT.fullmatch(name) or not name.strip():
        raise wrong("name", name, "The name of a limit must not be empty nor contain / % & > <")
    return name


def at_least_zero(field: str, number: float) -> None:
    """Refuse a number of slots that cannot be.

    Raises:
        InvalidRequest: it is negative, or too large.
    """
    if not 0 <= number < 2**31:
        raise wrong(field, number, f"{field} must be at least 0 and less than {2**31}")


def json_text(field: str, value: Any, rule: str) -> str:
    """The value as JSON text.

    Args:
        field: what it is called.
        rule: what is said when it is not JSON.

    Raises:
        InvalidRequest: it is not JSON.
    """
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise wrong(field, f"{value!r:.60}", f"{rule} ({error})") from None


def wrong(field: str, value: object, rule: str) -> InvalidRequest:
    """The error about a field whose value breaks a rule."""
    message = f"{rule}; got {value!r}."
    return InvalidRequest(message, {"errors": [{"field": field, "message": rule}]})
