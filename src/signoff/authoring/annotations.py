"""Marks on arguments of tasks and flows: `unmapped`, `allow_failure`, `quote`, `opaque`."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from signoff.model.values import dataclass

T = TypeVar("T")


@dataclass(frozen=True)
class BaseAnnotation(Generic[T]):
    """A value with a mark.

    Args:
        value: the value.
    """

    value: T

    def unwrap(self) -> T:
        """The marked value."""
        return self.value

    def rewrap(self, value: Any) -> BaseAnnotation[Any]:
        """Another value with the same mark."""
        return type(self)(value)


class unmapped(BaseAnnotation[T]):  # noqa: N801  (documented name)
    """`map` passes this value to every task run as it is."""

    def __getitem__(self, _: object) -> T:
        # As documented, it acts like an endless list of the one value.
        return self.value


class allow_failure(BaseAnnotation[T]):  # noqa: N801  (documented name)
    """The task runs even when this dependency failed; it gets the exception then."""


class quote(BaseAnnotation[T]):  # noqa: N801  (documented name)
    """The value is passed on as it is, without looking for futures and states inside.

    `map` goes through it all the same, and quotes each item.
    """

    def unquote(self) -> T:
        """The quoted value."""
        return self.value


class opaque(BaseAnnotation[T]):  # noqa: N801  (documented name)
    """The value is passed on as it is and as a whole, also by `map`.

    For large collections without futures inside, which would be looked through for nothing.
    """


Quote = quote


class NotSet:
    """Stands for an option that was not given, where None means something."""
