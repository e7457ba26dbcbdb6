"""Key-value pairs: small typed values that flows of a namespace share, with an end if wanted.

Owns the kinds and the requests. Must not know which keys and values are allowed: that is
`core.shared.key_values`. Times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from enum import StrEnum

from signoff.model.commands import Command
from signoff.model.forms import Json
from signoff.model.lookups import Query
from signoff.model.values import dataclass


class KeyValueKind(StrEnum):
    """What a value is; dates, times and durations are ISO 8601 text."""

    STRING = "STRING"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATETIME = "DATETIME"
    DATE = "DATE"
    DURATION = "DURATION"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class KeyValue:
    """One pair.

    Args:
        namespace, key: under which it is found.
        kind, value: what it is.
        created, updated: when it was first and last set.
        expires: when it is gone by itself; None for never.
    """

    namespace: str
    key: str
    kind: KeyValueKind
    value: Json
    created: int
    updated: int
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A pair without its value."""

    namespace: str
    key: str
    kind: KeyValueKind
    created: int
    updated: int
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class SetKeyValue(Command[KeyValue]):
    """Set a value.

    Args:
        namespace, key: under which it is found.
        value: what it is.
        kind: what it has to be; found out from the value when not given.
        ttl: microseconds until it is gone; it stays when not given.
        overwrite: replace a present one; otherwise `ObjectAlreadyExists`.
    """

    namespace: str
    key: str
    value: Json
    kind: KeyValueKind | None = None
    ttl: int | None = None
    overwrite: bool = True


@dataclass(frozen=True, slots=True)
class ReadKeyValue(Query[KeyValue | None]):
    """A value; one that is missing is refused, or None without `error_on_missing`."""

    namespace: str
    key: str
    error_on_missing: bool = True


@dataclass(frozen=True, slots=True)
class ReadKeys(Query[tuple[KeyFacts, ...]]):
    """The keys of a namespace that begin with `prefix`, by name."""

    namespace: str
    prefix: str = ""
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class DeleteKeyValue(Command[bool]):
    """Delete a pair; the reply says whether it was there."""

    namespace: str
    key: str
    error_on_missing: bool = False
