"""What a database says about itself."""

from __future__ import annotations

from signoff.model.health import ReadSchema, Schema
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def read_schema(unit: Unit, query: ReadSchema) -> Schema:
    return unit.tx.schema()


HANDLERS: Handlers = {ReadSchema: read_schema}
