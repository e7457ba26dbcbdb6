"""The value of a field that an update leaves as it is.

`None` will not do where a field may be set to None.
"""

from __future__ import annotations

from enum import Enum


class Unchanged(Enum):
    """Leave the field as it is."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED
