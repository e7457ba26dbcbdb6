"""Why a flow refused an answer, as it is kept in the wait.

Owns the stored form of these errors: JSON, so that every face can put each message beside its
field. Must not know where they are shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from signoff.model.forms import FieldError, Json
from signoff.service import secrets
from signoff.service.forms import Sheet


def stored(errors: Iterable[FieldError], sheet: Sheet | None, answer: Json) -> str:
    """The errors as text for the store; what was given as a secret is left out."""
    hides = sheet is not None and sheet.hides and isinstance(answer, dict)
    lines = []
    for error in errors:
        secret = hides and sheet is not None and secrets.is_secret(sheet.form, answer, error.path)
        value = None if secret else _jsonable(error.value)
        lines.append({"path": list(error.path), "message": error.message, "value": value})
    return json.dumps(lines)


def errors(message: str | None) -> tuple[FieldError, ...]:
    """The errors of a stored message."""
    if message is None:
        return ()
    return tuple(
        FieldError(tuple(line["path"]), line["message"], line["value"])
        for line in json.loads(message)
    )


def text(message: str | None) -> str | None:
    """The errors of a stored message in one line; None when there are none."""
    return None if message is None else "; ".join(str(error) for error in errors(message))


def _jsonable(value: Json) -> Json:
    """What the user's validation complained about may be any object."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return repr(value)
    return value
