"""Variables: named JSON values that flows share.

Owns the documented schemas, filters and requests of variables. Must not know which names and
values are allowed: that is `core.shared`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from signoff.model.commands import Command
from signoff.model.filter_base import Combined
from signoff.model.filters import FlowFilterId, FlowFilterName, FlowRunFilterTags
from signoff.model.forms import Json
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.shared.unchanged import UNCHANGED
from signoff.model.values import dataclass


class Variable(BaseModel):
    """A variable. `created` and `updated` are UTC."""

    id: UUID
    name: str
    value: Any = None
    tags: list[str] = Field(default_factory=list)
    created: datetime | None = None
    updated: datetime | None = None


class VariableCreate(BaseModel):
    """A variable to make."""

    name: str
    value: Any
    tags: list[str] | None = None


class VariableUpdate(BaseModel):
    """What to change; a field that is not given stays as it is."""

    name: str | None = None
    value: Any = None
    tags: list[str] | None = None


class VariableFilterId(FlowFilterId):
    pass


class VariableFilterName(FlowFilterName):
    pass


class VariableFilterTags(FlowRunFilterTags):
    pass


class VariableFilter(Combined):
    """Which variables."""

    id: VariableFilterId | None = None
    name: VariableFilterName | None = None
    tags: VariableFilterTags | None = None


class VariableSort(StrEnum):
    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_DESC = "NAME_DESC"
    NAME_ASC = "NAME_ASC"


@dataclass(frozen=True, slots=True)
class CreateVariable(Command[Variable]):
    """Store a value under a name; `ObjectAlreadyExists` when it is taken, unless `overwrite`."""

    name: str
    value: Json
    tags: tuple[str, ...] | None = None
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class UpdateVariable(Command[Done]):
    """Change a variable, found by id or by its present name."""

    variable_id: UUID | None = None
    variable_name: str | None = None
    name: str | None = None
    value: Any = UNCHANGED
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class DeleteVariable(Command[Done]):
    """Delete a variable, found by id or name."""

    variable_id: UUID | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ReadVariable(Query[Variable]):
    """One variable, by id or name."""

    variable_id: UUID | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class ReadVariables(Query[tuple[Variable, ...]]):
    variables: VariableFilter | None = None
    sort: VariableSort = VariableSort.NAME_ASC
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class CountVariables(Query[int]):
    variables: VariableFilter | None = None
