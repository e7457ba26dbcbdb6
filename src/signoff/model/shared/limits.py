"""Limits: how much may happen at a time, or in a while.

Owns the documented schemas of global limits and of limits of tags, and the requests that manage
them. Who gets the slots of a limit: `model.shared.slots`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from signoff.model.commands import Command
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.values import dataclass

Slots = Annotated[int, Field(ge=0, lt=2**31)]
"""How many slots there are."""


class LimitKind(StrEnum):
    """What a limit holds for."""

    GLOBAL = "global"
    """Whoever names it."""
    TAG = "tag"
    """Tasks that have the tag."""


class GlobalConcurrencyLimit(BaseModel):
    """A global limit. `created` and `updated` are UTC.

    Args:
        limit: slots that may be taken at a time.
        active: whether it limits anything.
        active_slots: slots that are taken.
        slot_decay_per_second: slots that come free by themselves; for rate limits.
    """

    id: UUID
    name: str
    limit: int
    active: bool = True
    active_slots: int = 0
    slot_decay_per_second: float = 0.0
    created: datetime | None = None
    updated: datetime | None = None


class GlobalConcurrencyLimitCreate(BaseModel):
    """A global limit to make."""

    name: str
    limit: int
    active: bool = True
    active_slots: int = 0
    slot_decay_per_second: float = 0.0


class GlobalConcurrencyLimitUpdate(BaseModel):
    """What to change; a field that is not given stays as it is."""

    name: str | None = None
    limit: int | None = None
    active: bool | None = None
    active_slots: int | None = None
    slot_decay_per_second: float | None = None


class ConcurrencyLimit(BaseModel):
    """The limit of a tag.

    Args:
        concurrency_limit: task runs that may run at a time.
        active_slots: the task runs that hold a slot.
    """

    id: UUID
    tag: str
    concurrency_limit: int
    active_slots: list[UUID] = Field(default_factory=list)
    created: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class CreateLimit(Command[GlobalConcurrencyLimit]):
    """Make a global limit; `ObjectAlreadyExists` when the name is taken."""

    name: str
    limit: Slots
    active: bool = True
    active_slots: int = 0
    slot_decay_per_second: float = 0.0


@dataclass(frozen=True, slots=True)
class UpdateLimit(Command[Done]):
    """Change a global limit, found by id or name.

    `active_slots` says how many slots count as taken from now on: who held some before holds
    them no longer.
    """

    id_or_name: str
    name: str | None = None
    limit: Annotated[Slots | None, Field()] = None
    active: bool | None = None
    active_slots: int | None = None
    slot_decay_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class DeleteLimit(Command[Done]):
    """Delete a global limit, found by id or name."""

    id_or_name: str


@dataclass(frozen=True, slots=True)
class ReadLimit(Query[GlobalConcurrencyLimit]):
    """A global limit, by id or name."""

    id_or_name: str


@dataclass(frozen=True, slots=True)
class ReadLimits(Query[tuple[GlobalConcurrencyLimit, ...]]):
    """Global limits, by name."""

    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class SetTagLimit(Command[ConcurrencyLimit]):
    """Limit the task runs with a tag, or change their limit."""

    tag: str
    concurrency_limit: int


@dataclass(frozen=True, slots=True)
class ResetTagLimit(Command[Done]):
    """Free every slot of a tag, or say which task runs hold them."""

    tag: str
    slot_override: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteTagLimit(Command[Done]):
    """Lift the limit of a tag, found by id or tag."""

    limit_id: UUID | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class ReadTagLimit(Query[ConcurrencyLimit]):
    """The limit of a tag, by id or tag."""

    limit_id: UUID | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class ReadTagLimits(Query[tuple[ConcurrencyLimit, ...]]):
    """Limits of tags, by tag."""

    limit: int = 200
    offset: int = 0
