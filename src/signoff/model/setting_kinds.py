"""What the text of a setting may be, and how it becomes a value.

Owns the kinds: numbers, choices, paths, URLs. Must not know which settings there are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Generic, TypeVar

from signoff.model.values import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Kind(Generic[T]):
    """How text becomes a value; `read` raises ValueError for text that is not allowed."""

    allowed: str
    read: Callable[[str], T]


def whole_number(low: int, high: int | None = None) -> Kind[int]:
    def read(text: str) -> int:
        value = int(text)
        if value < low or (high is not None and value > high):
            raise ValueError
        return value

    limits = f"of at least {low}" if high is None else f"from {low} to {high}"
    return Kind(f"a whole number {limits}", read)


def seconds(low: float) -> Kind[float]:
    def read(text: str) -> float:
        value = float(text)
        if not isfinite(value) or value < low:
            raise ValueError
        return value

    return Kind(f"a number of seconds of at least {low:g}", read)


def choice(*names: str) -> Kind[str]:
    known = {name.lower(): name for name in names}

    def read(text: str) -> str:
        if text.lower() not in known:
            raise ValueError
        return known[text.lower()]

    return Kind(f"one of {', '.join(names)}", read)


def _read_bool(text: str) -> bool:
    word = text.lower()
    if word in ("true", "1", "yes", "on", "t", "y"):
        return True
    if word in ("false", "0", "no", "off", "f", "n"):
        return False
    raise ValueError


def _read_url(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if scheme not in ("http", "https") or not rest.strip("/"):
        raise ValueError
    return text.rstrip("/")


def _read_database(text: str) -> str:
    # Documented URLs name a driver (`sqlite+aiosqlite`, `postgresql+asyncpg`): ours is settled.
    scheme, _, rest = text.partition("://")
    dialect = scheme.partition("+")[0]
    if dialect not in ("sqlite", "postgresql", "postgres") or not rest:
        raise ValueError
    # A database in memory is seen by one connection only, and a wait must outlive its process.
    if ":memory:" in rest:
        raise ValueError
    return f"{'sqlite' if dialect == 'sqlite' else 'postgresql'}://{rest}"


def _read_login(text: str) -> str:
    if not all(text.partition(":")):
        raise ValueError
    return text


_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


def _read_names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _read_hosts(text: str) -> tuple[str, ...]:
    found = tuple(host.lower() for host in _read_names(text))
    if not all(_HOST.fullmatch(host) for host in found):
        raise ValueError
    return found


def _read_delays(text: str) -> tuple[float, ...]:
    found = tuple(float(part) for part in text.strip("[] ").split(",") if part.strip())
    if len(found) > 50 or any(not isfinite(delay) or delay < 0 for delay in found):
        raise ValueError
    return found


def _read_routes(text: str) -> tuple[tuple[str, str], ...]:
    routes = json.loads(text)
    if not isinstance(routes, dict) or not all(isinstance(to, str) for to in routes.values()):
        raise ValueError(text)
    return tuple(routes.items())


LEVEL = choice("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
"""The level of a logger."""
HOSTS = Kind("hosts separated by commas, such as img.example.com or *.example.com", _read_hosts)
NAME_LIST = Kind("names separated by commas", _read_names)
DELAYS = Kind("seconds, or up to 50 numbers of seconds separated by commas", _read_delays)
TEXT = Kind("text", str)
PATH = Kind("a path", Path)
BOOL = Kind("true or false", _read_bool)
URL = Kind("a URL that begins with http:// or https://", _read_url)
LOGIN = Kind("written as user:password", _read_login)
ROUTES = Kind("a JSON object of addresses", _read_routes)
DATABASE = Kind(
    "a URL such as sqlite:////path/to/file.db or postgresql://user@host/name", _read_database
)
