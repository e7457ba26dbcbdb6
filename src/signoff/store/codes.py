"""How single values are written in a column: enums as small numbers, JSON as text, ids as bytes.

Owns the numbers, which are part of the stored format: a number is never given another meaning. Must
not know tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, Generic, TypeVar
from uuid import UUID

from signoff.model.actors import Via
from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.events import Kind
from signoff.model.ids import uuid_of_bytes
from signoff.model.journal import Liveness, ResultKind
from signoff.model.runs import Phase
from signoff.model.state_types import StateType
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus

E = TypeVar("E", bound=Enum)


class Code(Generic[E]):
    """A fixed numbering of an enum.

    Args:
        numbers: every member with its number.
    """

    __slots__ = ("member", "number")

    def __init__(self, numbers: Mapping[E, int]) -> None:
        self.number = dict(numbers)
        self.member = {number: member for member, number in numbers.items()}


PHASE = Code(
    {
        Phase.SCHEDULED: 1,
        Phase.PENDING: 2,
        Phase.RUNNING: 3,
        Phase.PAUSED: 4,
        Phase.RESUMING: 5,
        Phase.RETRYING: 6,
        Phase.CANCELLING: 7,
        Phase.COMPLETED: 8,
        Phase.FAILED: 9,
        Phase.CANCELLED: 10,
        Phase.CRASHED: 11,
        Phase.SUSPENDED: 12,
        Phase.QUEUED: 13,
    }
)
STATE_TYPE = Code(
    {
        StateType.SCHEDULED: 1,
        StateType.PENDING: 2,
        StateType.RUNNING: 3,
        StateType.PAUSED: 4,
        StateType.CANCELLING: 7,
        StateType.COMPLETED: 8,
        StateType.FAILED: 9,
        StateType.CANCELLED: 10,
        StateType.CRASHED: 11,
    }
)
WAIT_KIND = Code(
    {
        WaitKind.INPUT: 1,
        WaitKind.APPROVAL: 2,
        WaitKind.HOLD: 3,
        WaitKind.TIMER: 4,
        WaitKind.CHILD: 5,
    }
)
WAIT_STATUS = Code(
    {
        WaitStatus.OPEN: 0,
        WaitStatus.ANSWERED: 1,
        WaitStatus.EXPIRED: 2,
        WaitStatus.WITHDRAWN: 3,
    }
)
DEADLINE_ACTION = Code(
    {
        DeadlineAction.FAIL: 0,
        DeadlineAction.CONTINUE: 1,
        DeadlineAction.DEFAULT: 2,
        DeadlineAction.CANCEL: 3,
    }
)
EVENT_KIND = Code(
    {
        Kind.CREATE: 1,
        Kind.START: 2,
        Kind.ENTER: 3,
        Kind.BEGIN: 4,
        Kind.OPEN: 5,
        Kind.ANSWER: 6,
        Kind.REOPEN: 7,
        Kind.WITHDRAW: 8,
        Kind.EXPIRE: 9,
        Kind.COMPLETE: 10,
        Kind.FAIL: 11,
        Kind.STOP: 12,
        Kind.CRASH: 13,
        Kind.RETRY: 14,
        Kind.HOLD: 15,
        Kind.CANCEL: 16,
        Kind.LOST: 17,
        Kind.RERUN: 18,
        Kind.FORCE: 19,
        Kind.LATE: 30,
        Kind.QUEUE: 31,
        Kind.ADMIT: 32,
        Kind.CLAIM: 40,
        Kind.RETURN: 41,
        Kind.SUSPEND: 20,
        Kind.LEAVE: 21,
    }
)
RESULT_KIND = Code(
    {
        ResultKind.NONE: 0,
        ResultKind.PICKLE: 1,
        ResultKind.JSON: 2,
        ResultKind.FILE: 3,
        ResultKind.MISSING: 4,
        ResultKind.RECORD: 5,
        ResultKind.SEALED: 6,
    }
)
VIA = Code(
    {
        Via.PYTHON: 1,
        Via.CLI: 2,
        Via.TERMINAL: 3,
        Via.HTTP: 4,
        Via.PAGE: 5,
        Via.SERVICE: 6,
    }
)
LIVENESS = Code({Liveness.LOCK: 1, Liveness.LEASE: 2})
COLLISION = Code(
    {
        ConcurrencyLimitStrategy.ENQUEUE: 0,
        ConcurrencyLimitStrategy.CANCEL_NEW: 1,
        ConcurrencyLimitStrategy.FAIL_NEW: 2,
    }
)

PERSON_FACING = frozenset({WaitKind.INPUT, WaitKind.APPROVAL, WaitKind.HOLD})
"""Kinds of waits that the inbox shows; the indexes in the migrations say the same in numbers."""


HOLD, SUSPEND = 1, 2
"""What the column `hold` is the sum of; the statements say the same in numbers."""


def requests_of(hold: bool, suspend: bool) -> int:
    """What was asked of a run's process, as one number."""
    return HOLD * hold + SUSPEND * suspend


def dump(value: Any) -> str:
    """JSON text that stays the same in every database (no character above ASCII in it)."""
    return json.dumps(value, separators=(",", ":"))


def dump_some(value: Any) -> str | None:
    """JSON text; None for None."""
    return None if value is None else json.dumps(value, separators=(",", ":"))


def load(text: str | None) -> Any:
    """The value of JSON text; None for none."""
    return None if text is None else json.loads(text)


def tags_text(tags: tuple[str, ...] | list[str]) -> str | None:
    """Labels as a JSON array; None for no labels."""
    return dump([clean(tag) for tag in tags]) if tags else None


def tags_of(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(json.loads(text))


def clean(text: str) -> str:
    """Text that every database can keep: NUL and lone surrogates become U+FFFD."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def clean_some(text: str | None) -> str | None:
    return None if text is None else clean(text)


def id_bytes(value: UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def id_of(value: bytes | None) -> UUID | None:
    return None if value is None else uuid_of_bytes(value)


def containing(text: str) -> str:
    """A LIKE pattern for text that contains `text`, with backslash as the escape character."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
