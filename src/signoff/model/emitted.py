"""Events that user code emits: something happened to something.

Owns the documented schema of an event, its filter and the requests. What happens to runs is their
history (`events.py`). Must not know how events are stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator, model_validator

from signoff.model.commands import Command
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.values import dataclass

ID = "signoff.resource.id"
"""The label that says what a resource is."""
ROLE = "signoff.resource.role"
"""The label that says what a related resource has to do with the event."""
NAME = "signoff.resource.name"
_OTHER, _OURS = "prefect.resource.", "signoff.resource."
LONGEST_NAME = 1024


class Resource(RootModel[dict[str, str]]):
    """What an event is about: labels, of which `signoff.resource.id` is required."""

    def __init__(self, root: Mapping[str, str] | None = None, **labels: Any) -> None:
        super().__init__(dict(root if root is not None else labels))

    @model_validator(mode="after")
    def _has_an_id(self) -> Resource:
        # Code that was written for the documented names goes on without a change.
        named = {
            f"{_OURS}{key.removeprefix(_OTHER)}" if key.startswith(_OTHER) else key: value
            for key, value in self.root.items()
        }
        if not named.get(ID):
            raise ValueError(f"Resources must include the {ID!r} label, got {sorted(named)}")
        self.root = named
        return self

    @property
    def id(self) -> str:
        """What it is."""
        return self.root[ID]

    @property
    def name(self) -> str | None:
        """What people call it."""
        return self.root.get(NAME)

    def get(self, label: str, default: str | None = None) -> str | None:
        """The value of a label."""
        return self.root.get(label, default)

    def __getitem__(self, label: str) -> str:
        return self.root[label]

    def __iter__(self) -> Iterator[str]:  # type: ignore[override]
        return iter(self.root)

    def __len__(self) -> int:
        return len(self.root)


class RelatedResource(Resource):
    """Something else that has to do with an event; `signoff.resource.role` says what."""

    @model_validator(mode="after")
    def _has_a_role(self) -> RelatedResource:
        if not self.root.get(ROLE):
            raise ValueError(
                f"Related resources must include the {ROLE!r} label, got {sorted(self.root)}"
            )
        return self

    @property
    def role(self) -> str:
        """What it has to do with the event."""
        return self.root[ROLE]


class Event(BaseModel):
    """Something that happened.

    Args:
        occurred: when.
        event: what: a name such as `invoice.paid`.
        resource: to what.
        related: what else has to do with it.
        payload: facts about it.
        id: identifier.
        follows: the event it came after.
        received: when it was put on record.
    """

    model_config = ConfigDict(extra="ignore")

    occurred: datetime
    event: str = Field(min_length=1, max_length=LONGEST_NAME)
    resource: Resource
    related: list[RelatedResource] = Field(default_factory=list)
    payload: dict[str, Any] = Field(default_factory=dict)
    id: UUID
    follows: UUID | None = None
    received: datetime | None = None

    @field_validator("occurred")
    @classmethod
    def _with_a_zone(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("must have a time zone")
        return value


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EventOccurredFilter(_Part):
    """When."""

    since: datetime | None = None
    until: datetime | None = None


class EventNameFilter(_Part):
    """Which names: beginning with one of `prefix`, or exactly one of `name`."""

    prefix: list[str] | None = None
    exclude_prefix: list[str] | None = None
    name: list[str] | None = None
    exclude_name: list[str] | None = None


class EventResourceFilter(_Part):
    """About which resource."""

    id: list[str] | None = None
    id_prefix: list[str] | None = None


class EventIDFilter(_Part):
    """Which events."""

    id: list[UUID] | None = None


class EventOrder(StrEnum):
    """In which order, by the time they occurred."""

    ASC = "ASC"
    DESC = "DESC"


class EventFilter(_Part):
    """Which events; every given part must hold."""

    occurred: EventOccurredFilter | None = None
    event: EventNameFilter | None = None
    resource: EventResourceFilter | None = None
    id: EventIDFilter | None = None
    order: EventOrder = EventOrder.DESC


@dataclass(frozen=True, slots=True)
class EmitEvents(Command[Done]):
    """Put events on record. An event whose id is known already is dropped."""

    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class ReadEmitted(Query[tuple[Event, ...]]):
    """Events that match, in the order of the filter."""

    filter: EventFilter | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CountEmitted(Query[int]):
    """How many events match."""

    filter: EventFilter | None = None
