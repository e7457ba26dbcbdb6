"""What holds for the pages of every list."""

from __future__ import annotations

from signoff.model.errors import InvalidRequest


def paged(limit: int, offset: int) -> None:
    """Refuse a page that cannot be.

    Raises:
        InvalidRequest: a number is negative.
    """
    for name, number in (("limit", limit), ("offset", offset)):
        if number < 0:
            raise InvalidRequest(f"{name} must not be negative, got {number}.", {"errors": [name]})
