"""Task types of plugins: published by those who have them, read by those who judge documents."""

from __future__ import annotations

from collections.abc import Mapping

from signoff.core.shared.names import json_text, wrong
from signoff.model.forms import Json
from signoff.model.replies import Done
from signoff.model.task_types import PublishTaskTypes, ReadTaskTypes
from signoff.service.table import Handlers
from signoff.service.unit import Unit

_LONGEST_NAME = 300


def publish_task_types(unit: Unit, request: PublishTaskTypes) -> Done:
    for declaration in request.types:
        name = declaration.get("name")
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME:
            raise wrong("types", name, "A task type has a `name`, a text of at most 300 characters")
        body = json_text("types", declaration, "A task type must be JSON")
        if unit.tx.task_types.put(name, body, unit.now):
            unit.wrote = True
    return Done()


def read_task_types(unit: Unit, query: ReadTaskTypes) -> tuple[Mapping[str, Json], ...]:
    return unit.tx.task_types.listed()


HANDLERS: Handlers = {PublishTaskTypes: publish_task_types, ReadTaskTypes: read_task_types}
