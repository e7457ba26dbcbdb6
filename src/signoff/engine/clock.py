"""The present time and fresh identifiers, for a process that runs user code."""

from __future__ import annotations

import random
import time
from uuid import UUID

from signoff.model.ids import uuid7


def now_us() -> int:
    """UTC microseconds since the Unix epoch."""
    return time.time_ns() // 1000


def new_id() -> UUID:
    """A UUID of version 7. (`random` is seeded anew in forked children by Python itself.)"""
    return uuid7(now_us(), random.getrandbits(62))
