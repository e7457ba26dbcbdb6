"""Retries of a document as retries of the engine.

Owns what the language's three kinds of delay are in seconds, and when a retry comes too late.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from signoff.core.retries import MAX_DELAYS, next_delay
from signoff.engine.clock import now_us
from signoff.engine.frames import RunFrame
from signoff.model.errors import ObjectNotFound
from signoff.model.queries import ReadRun
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


def is_in_time(plan: Plan, frame: RunFrame) -> bool:
    """Whether the next attempt of a run, were its present one to fail now, begins soon enough."""
    if plan.longest is None:
        return True
    delay = next_delay(plan.delays, frame.attempt, None, random.random)
    return now_us() + int(delay * 1_000_000) < end_of_retries(frame, plan.longest)


def end_of_retries(frame: RunFrame, longest: float) -> int:
    """The moment from which on a run is not tried again, in microseconds.

    Args:
        frame: the run.
        longest: seconds since it began for the first time, waiting included.
    """
    try:
        begun = frame.gateway.send(ReadRun(frame.run_id)).start_time
    except ObjectNotFound:
        # Somebody has deleted it: there is nothing to try again.
        return 0
    since = frame.started if begun is None else int(begun.timestamp() * 1_000_000)
    return since + int(longest * 1_000_000)


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
