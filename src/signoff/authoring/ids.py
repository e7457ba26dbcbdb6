"""Ids as user code has them: `signoff.runtime` and the command line give them as text.

Owns turning them into what the service is asked with, so that every function takes either, and says
clearly what is no id.
"""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from signoff.model.commands import Request
from signoff.model.errors import InvalidRequest

R = TypeVar("R")

_ANNOTATIONS = ("UUID", "UUID | None")


def as_id(given: UUID | str, name: str = "flow_run_id") -> UUID:
    """The id.

    Args:
        given: an id, or its text.
        name: of the argument, for the message.

    Raises:
        InvalidRequest: it is no id.
    """
    if isinstance(given, UUID):
        return given
    try:
        return UUID(str(given))
    except ValueError:
        raise InvalidRequest(
            f"{name} must be an id such as 0198c0de-0000-7000-8000-000000000000, got {given!r}.",
            {"errors": [{"field": name, "message": "is no id"}]},
        ) from None


def with_ids(request: Request[R]) -> Request[R]:
    """The request with every id that was given as text turned into an id.

    Raises:
        InvalidRequest: one is no id.
    """
    told: Any = request
    kind: Any = type(request)
    texts = {name: getattr(told, name) for name in _id_fields(kind)}
    ids = {
        name: as_id(given, "flow_run_id" if name == "run_id" else name)
        for name, given in texts.items()
        if given is not None and not isinstance(given, UUID)
    }
    return replace(told, **ids) if ids else request


@cache
def _id_fields(kind: Any) -> tuple[str, ...]:
    # The annotations are texts: the model defers them.
    return tuple(field.name for field in fields(kind) if field.type in _ANNOTATIONS)
