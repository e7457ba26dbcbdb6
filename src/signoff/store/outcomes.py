"""What became of a wait, as it travels with a poke.

Owns the few bytes behind those of a run's standing. Must not know how they travel, nor which
outcomes may.
"""

from __future__ import annotations

import json
from uuid import UUID

from signoff.model.actors import Actor, Via
from signoff.model.replies import WaitOutcome
from signoff.model.runs import Phase
from signoff.store.codes import DEADLINE_ACTION, WAIT_STATUS, dump


def write(outcome: WaitOutcome) -> bytes:
    """An outcome whose process may go on, as bytes."""
    by = outcome.by
    values = (
        outcome.wait_id.hex,
        outcome.key,
        WAIT_STATUS.number[outcome.status],
        outcome.answer,
        outcome.deadline,
        DEADLINE_ACTION.number[outcome.on_deadline],
        outcome.now,
        outcome.message,
        None if by is None else (by.name, by.via, by.host, by.verified),
        outcome.closed_at,
    )
    return dump(values).encode()


def read(payload: bytes, phase: Phase, version: int) -> WaitOutcome | None:
    """The outcome in bytes; None when they say nothing that this version understands."""
    try:
        wait, key, status, answer, deadline, action, now, message, by, closed = json.loads(payload)
        return WaitOutcome(
            wait_id=UUID(hex=wait),
            key=key,
            status=WAIT_STATUS.member[status],
            answer=answer,
            deadline=deadline,
            on_deadline=DEADLINE_ACTION.member[action],
            now=now,
            phase=phase,
            version=version,
            message=message,
            by=None if by is None else Actor(by[0], Via(by[1]), by[2], by[3]),
            closed_at=closed,
        )
    except (ValueError, KeyError, TypeError, IndexError):
        return None
