"""What a work pool, a queue and a limit may be called and be.

Owns the documented rules and what is said about a value that breaks them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from signoff.core.nearest import did_you_mean
from signoff.core.shared.names import LONGEST_NAME, wrong
from signoff.model.errors import ObjectNotFound

TYPES = ("process",)
"""How workers can start runs, in this release."""
_FORBIDDEN = frozenset("/%&><\\")
_RESERVED = "signoff"


def pool_name(name: object, what: str = "Work pool") -> str:
    """The name, when a pool or queue may have it.

    Raises:
        InvalidRequest: it may not.
    """
    if not isinstance(name, str) or not name.strip():
        raise wrong("name", name, f"{what} name must not be empty")
    if _FORBIDDEN & set(name) or not name.isprintable():
        raise wrong("name", name, f"{what} name must not contain any of / % & > < \\")
    if len(name) > LONGEST_NAME:
        raise wrong("name", name, f"{what} name must have at most {LONGEST_NAME} characters")
    if what == "Work pool" and name.lower().startswith(_RESERVED):
        raise wrong("name", name, f"Work pools starting with {_RESERVED!r} are reserved")
    return name


def pool_type(type: object) -> str:
    """The type, when this release has workers of it.

    Raises:
        InvalidRequest: it has none.
    """
    if type not in TYPES:
        offered = ", ".join(map(repr, TYPES))
        raise wrong("type", type, f"Work pools of this release are of type {offered}")
    return str(type)


def limit(number: object, field: str = "concurrency_limit") -> int | None:
    """A limit of runs at the same time; None for none.

    Raises:
        InvalidRequest: it is not a whole number of at least 0.
    """
    if number is not None and (not isinstance(number, int) or number < 0):
        raise wrong(field, number, f"{field} must be a whole number of at least 0, or none")
    return number


def priority(number: object) -> int:
    """The priority of a queue; the lowest number comes first.

    Raises:
        InvalidRequest: it is not a whole number of at least 1.
    """
    if not isinstance(number, int) or number < 1:
        raise wrong("priority", number, "priority must be a whole number of at least 1")
    return number


def unknown(what: str, name: str, known: Iterable[str], make: str) -> ObjectNotFound:
    """The error about a pool or queue that is not there.

    Args:
        what: `work pool`, or `work queue`.
        name: which.
        known: those that are.
        make: the command that makes one.
    """
    there = sorted(known)
    names = ", ".join(there) or "none"
    return ObjectNotFound(
        f"There is no {what} {name!r} (there are: {names}).{did_you_mean(name, there)} "
        f"Make it: `{make}`."
    )
