"""Ids that are the same whenever a run is entered.

Owns how the id of something in a run follows from the run and from what it is.
"""

from __future__ import annotations

import hashlib
from uuid import UUID


def derived_id(run_id: UUID, what: str) -> UUID:
    """The id of something in a run, or made by it.

    Args:
        run_id: the run.
        what: tells it from everything else in the run.
    """
    made = hashlib.blake2b(f"{run_id} {what}".encode(), digest_size=16).digest()
    # The time of the run in front, as in all ids, and the marks of a UUID of version 7.
    body = bytearray(run_id.bytes[:6] + made[6:])
    body[6] = 0x70 | body[6] & 0x0F
    body[8] = 0x80 | body[8] & 0x3F
    return UUID(bytes=bytes(body))
