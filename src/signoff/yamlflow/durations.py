"""Durations as documents write them.

Owns turning ISO 8601 text into seconds, with an error that names the property.
"""

from __future__ import annotations

from signoff.core.moments import parse_duration
from signoff.model.errors import InvalidRequest


def seconds(text: str, *, field: str) -> float:
    """The length of a duration such as `PT1H30M` or `P2D`, in seconds.

    Args:
        text: the duration.
        field: the property it was given for.

    Raises:
        InvalidRequest: it is none, or is negative.
    """
    found = parse_duration(text.strip())
    if found is None or found.total_seconds() < 0:
        raise InvalidRequest(
            f"Property `{field}`: {text!r} is no duration; write it in ISO 8601, such as PT30S, "
            "PT1H30M or P2D.",
            {"errors": [{"field": field, "message": "is no ISO 8601 duration", "value": text}]},
        )
    return found.total_seconds()
