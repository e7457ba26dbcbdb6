"""Ids that are the same whenever a run is entered.

Owns how the id of something in a run follows from the run and from what it is.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

_TIME = 0xFFFF_FFFF_FFFF << 80
_FIRST = 0xFFF << 64
_SECOND = 0x3FFF_FFFF_FFFF_FFFF
"""What of a UUID of version 7 is time, and what is chance, before and after the second mark."""


def derived_id(run_id: UUID, what: str) -> UUID:
    """The id of something in a run, or made by it.

    Args:
        run_id: the run.
        what: tells it from everything else in the run.
    """
    made = hashlib.blake2b(f"{run_id} {what}".encode(), digest_size=16).digest()
    chance = int.from_bytes(made)
    # The time of the run in front, as in all ids, and the marks of a UUID of version 7.
    value = run_id.int & _TIME | 0x7 << 76 | chance & _FIRST
    return UUID(int=value | 0b10 << 62 | chance & _SECOND)
