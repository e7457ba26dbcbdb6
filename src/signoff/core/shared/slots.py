"""Who gets the slots of limits: pure decisions.

First come, first served: whoever came earlier to one of the limits goes first, so a request for
many slots is not starved by those for few. Times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """A limit as a request finds it.

    Args:
        name: of the limit.
        slots: how many there are.
        decay: slots per second that come free by themselves.
        used: taken slots that nobody holds, as counted at `used_at`.
        used_at: when they were counted.
        held: slots of living holds.
        ahead: somebody came earlier and waits.
        next_end: when the first hold ends by itself; None when no moment is known.
    """

    name: str
    slots: int
    decay: float
    used: float
    used_at: int
    held: int
    ahead: bool
    next_end: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided on a request.

    Args:
        granted: every limit has the slots.
        full: the first limit that has not.
        retry_at: when it may have them by itself.
    """

    granted: bool
    full: str | None = None
    retry_at: int | None = None


def used_now(used: float, used_at: int, decay: float, now: int) -> float:
    """Slots that are taken and held by nobody, at a moment."""
    return max(0.0, used - decay * max(now - used_at, 0) / SECOND)


def decide(limits: Sequence[Standing], wanted: int, now: int) -> Verdict:
    """Whether a request for slots of every limit is granted.

    Args:
        limits: as they stand, those that are not active left out.
        wanted: slots of each.
        now: the store's clock.
    """
    verdict = Verdict(True)
    for limit in limits:
        used = used_now(limit.used, limit.used_at, limit.decay, now)
        lacking = limit.held + used + wanted - limit.slots
        # What has decayed by rounding alone is not held against anybody.
        if lacking <= 1e-6 and not limit.ahead:
            continue
        moment = None if limit.ahead else _free_at(limit, used, lacking, now)
        if verdict.granted:
            verdict = Verdict(False, limit.name, moment)
        elif moment is None or verdict.retry_at is None:
            verdict = Verdict(False, verdict.full, None)
        else:
            verdict = Verdict(False, verdict.full, max(verdict.retry_at, moment))
    return verdict


def _free_at(limit: Standing, used: float, lacking: float, now: int) -> int | None:
    if limit.decay and lacking <= used + 1e-6:
        return now + max(1, math.ceil(lacking / limit.decay * SECOND))
    return limit.next_end
