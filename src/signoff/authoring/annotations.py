"""Marks on arguments of tasks: `unmapped`, `allow_failure`, `quote`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Mark(Generic[T]):
    value: T

    def unwrap(self) -> T:
        """The marked value."""
        return self.value


class unmapped(_Mark[T]):  # noqa: N801  (documented name)
    """`map` passes this value to every task run as it is."""


class allow_failure(_Mark[T]):  # noqa: N801  (documented name)
    """The task runs even when this dependency failed; it gets the exception then."""


class quote(_Mark[T]):  # noqa: N801  (documented name)
    """The value is passed on as it is, without looking for futures and states inside."""

    def unquote(self) -> T:
        """The quoted value."""
        return self.value
