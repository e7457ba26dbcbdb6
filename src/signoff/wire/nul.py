"""The character NUL, which JSON can carry and PostgreSQL's text cannot.

Owns what becomes of it, so that both databases take the same requests: people are told to leave it
out; in what programs report (log lines, messages of errors) it is replaced, because a report must
not be lost over one character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import from_json

from signoff.model.errors import InvalidRequest

MARK = rb"\u0000"
"""How JSON text spells it; a backslash before it may mean something else."""
_SPELLED = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def refuse(told: Mapping[str, str]) -> None:
    """Refuse NUL in the values of a path or query.

    Raises:
        InvalidRequest: one holds it; the field is named.
    """
    for name, value in told.items():
        if "\0" in value:
            raise _complaint(name)


def mended(body: bytes, by_programs: bool) -> bytes:
    """A JSON body without the character.

    Args:
        body: JSON that may hold it.
        by_programs: replace it; otherwise refuse it.

    Raises:
        InvalidRequest: a text holds it; the field is named.
    """
    without = _SPELLED.sub(rb"\1\\ufffd", body)
    if without == body or by_programs:
        return without
    try:
        content = from_json(body)
    except ValueError:
        return body  # What is wrong with it is said where it is read.
    raise _complaint(next(_places(content, ()), ""))


def _places(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, str) and "\0" in value:
        yield ".".join(path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if "\0" in key:
                yield ".".join(path)
            yield from _places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, (*path, str(index)))


def _complaint(field: str) -> InvalidRequest:
    message = "Text must not hold the character NUL (\\u0000); leave it out"
    return InvalidRequest(
        f"Field `{field}`: {message}.", {"errors": [{"field": field, "message": message}]}
    )
