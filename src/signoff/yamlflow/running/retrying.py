"""Retries of a document as retries of the engine.

Owns what the language's three kinds of delay are in seconds, and when a retry comes too late.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from signoff.core.retries import MAX_DELAYS
from signoff.yamlflow.document import Retry
from signoff.yamlflow.durations import seconds

ENDLESS = 1_000_000
"""Retries of one that names no bound but time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When something that failed is tried again.

    Args:
        retries: how often at most.
        delays: seconds before each; the last serves all further ones.
        longest: seconds since the first attempt after which there is none; None for no bound.
    """

    retries: int
    delays: Sequence[float]
    longest: float | None


def plan_of(retry: Retry) -> Plan:
    """The retries that a document asks for."""
    attempts = retry.max_attempts
    retries = ENDLESS if attempts is None else max(attempts - 1, 0)
    limit = retry.max_duration
    longest = None if limit is None else seconds(limit, field="maxDuration")
    if attempts is None and longest is None:
        retries = 0
    return Plan(retries, _delays(retry, min(retries, MAX_DELAYS)), longest)


def _delays(retry: Retry, count: int) -> Sequence[float]:
    if retry.type == "random":
        least = seconds(retry.min_interval or "PT0S", field="minInterval")
        most = seconds(retry.max_interval or "PT0S", field="maxInterval")
        return [random.uniform(least, most) for _ in range(count)]
    interval = seconds(retry.interval or "PT0S", field="interval")
    if retry.type == "constant":
        return [interval] if count else []
    most = seconds(retry.max_interval, field="maxInterval") if retry.max_interval else float("inf")
    return [min(interval * retry.delay_factor**number, most) for number in range(count)]
