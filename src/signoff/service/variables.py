"""Variables: setting, changing and reading them. Which names and values are allowed is decided by
`core.shared.names`."""

from __future__ import annotations

from uuid import UUID

from signoff.core.shared.names import json_text, variable_name, variable_value
from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.model.replies import Done
from signoff.model.shared.unchanged import UNCHANGED
from signoff.model.shared.variables import (
    CountVariables,
    CreateVariable,
    DeleteVariable,
    ReadVariable,
    ReadVariables,
    UpdateVariable,
    Variable,
)
from signoff.service.paging import paged
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def create_variable(unit: Unit, request: CreateVariable) -> Variable:
    name, value = variable_name(request.name), _text(request.value)
    variables = unit.tx.variables
    unit.wrote = True
    made = variables.add(unit.means.new_id(), name, value, request.tags or (), unit.now)
    if made is not None:
        return made
    known = variables.find(None, name)
    if known is None or not request.overwrite:
        raise ObjectAlreadyExists(f"There is a variable {name!r} already; overwrite or update it.")
    variables.change(known.id, name, value, request.tags or (), unit.now)
    return _found(variables.find(known.id, None), name)


def update_variable(unit: Unit, request: UpdateVariable) -> Done:
    variables = unit.tx.variables
    known = _the(unit, request.variable_id, request.variable_name)
    name = known.name if request.name is None else variable_name(request.name)
    value = None if request.value is UNCHANGED else _text(request.value)
    unit.wrote = True
    if not variables.change(known.id, name, value, request.tags, unit.now):
        raise ObjectAlreadyExists(f"There is a variable {name!r} already.")
    return Done()


def delete_variable(unit: Unit, request: DeleteVariable) -> Done:
    known = _the(unit, request.variable_id, request.name)
    unit.wrote = True
    unit.tx.variables.remove(known.id)
    return Done()


def read_variable(unit: Unit, query: ReadVariable) -> Variable:
    return _the(unit, query.variable_id, query.name)


def read_variables(unit: Unit, query: ReadVariables) -> tuple[Variable, ...]:
    paged(query.limit, query.offset)
    return unit.tx.variables.listed(query)


def count_variables(unit: Unit, query: CountVariables) -> int:
    return unit.tx.variables.count(query)


def _the(unit: Unit, id: UUID | None, name: str | None) -> Variable:
    if id is None and name is None:
        raise InvalidRequest("A variable is found by its id or its name; give one of them.")
    return _found(unit.tx.variables.find(id, name), name if id is None else id)


def _found(variable: Variable | None, called: object) -> Variable:
    if variable is None:
        raise ObjectNotFound(f"There is no variable {called!s}.")
    return variable


def _text(value: object) -> str:
    return json_text("value", variable_value(value), "Variable value must be JSON")


HANDLERS: Handlers = {
    CreateVariable: create_variable,
    UpdateVariable: update_variable,
    DeleteVariable: delete_variable,
    ReadVariable: read_variable,
    ReadVariables: read_variables,
    CountVariables: count_variables,
}
