"""The tree of a jq program."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """`.`"""


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, text, true, false or null."""

    value: object


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`"""

    name: str


@dataclass(frozen=True, slots=True)
class Key:
    """`of.key`, `of[key]`; with `?` what does not fit is left out."""

    of: Query
    key: Query
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """`of[start:end]`"""

    of: Query
    start: Query | None
    end: Query | None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """`of[]`"""

    of: Query
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """`try of catch other`, `of?`"""

    of: Query
    other: Query | None = None


@dataclass(frozen=True, slots=True)
class Pipe:
    """`first | second`"""

    first: Query
    second: Query


@dataclass(frozen=True, slots=True)
class Comma:
    """`first, second`"""

    first: Query
    second: Query


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator between two values."""

    sign: str
    left: Query
    right: Query


@dataclass(frozen=True, slots=True)
class Negative:
    """`-of`"""

    of: Query


@dataclass(frozen=True, slots=True)
class MakeList:
    """`[of]`"""

    of: Query | None


@dataclass(frozen=True, slots=True)
class MakeMap:
    """`{key: value}`"""

    entries: tuple[tuple[Query, Query], ...]


@dataclass(frozen=True, slots=True)
class Interpolated:
    """`"text \\(query) text"`"""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """`if a then b else c end`"""

    condition: Query
    yes: Query
    no: Query


@dataclass(frozen=True, slots=True)
class Bind:
    """`of as $name | body`"""

    of: Query
    name: str
    body: Query


@dataclass(frozen=True, slots=True)
class Reduce:
    """`reduce of as $name (start; update)`"""

    of: Query
    name: str
    start: Query
    update: Query


@dataclass(frozen=True, slots=True)
class Function:
    """`name(a; b)`"""

    name: str
    arguments: tuple[Query, ...]


Query = (
    Identity
    | Constant
    | Variable
    | Key
    | Slice
    | Each
    | Attempt
    | Pipe
    | Comma
    | Operation
    | Negative
    | MakeList
    | MakeMap
    | Interpolated
    | Condition
    | Bind
    | Reduce
    | Function
)
