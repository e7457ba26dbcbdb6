"""What a database says about itself. Owns the request, and its reply."""

from __future__ import annotations

from signoff.model.lookups import Query
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Schema:
    """The version of a database's schema.

    Args:
        number: what the database has.
        newest: what this version of Signoff knows.
    """

    number: int
    newest: int


@dataclass(frozen=True, slots=True)
class ReadSchema(Query[Schema]):
    """The version of the schema, read from the database now."""
