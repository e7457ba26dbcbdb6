"""Slots of tags: a task whose tags have a limit holds a slot of each while it runs.

Owns when they are taken, lent while the task waits for a person, and given back. Loaded with the
first task that has tags. A task inside another one that holds a slot of the same tag needs none of
its own, because it would wait for its caller for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID
from weakref import WeakKeyDictionary

from signoff.engine.clock import now_us
from signoff.engine.effects import Program, Send, Sleep
from signoff.engine.frames import RunFrame, TaskFrame
from signoff.engine.signals import Signals
from signoff.engine.slots import Wanted, acquire, give_back
from signoff.model.errors import ConcurrencySlotAcquisitionError
from signoff.model.shared.limits import LimitKind
from signoff.model.shared.slots import TAGS, ReadLimitedTags, ReleaseSlots

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.core.ports import Gateway
    from signoff.engine.promises import Ending

LEASE = 60.0
"""Seconds of the lease of a task's slots, where the death of its process cannot be seen."""
FRESH = 5_000_000
"""Microseconds for which a run takes it for known which tags have a limit, unless it is told that
something changed."""


@dataclass(slots=True)
class Held:
    """Slots that a task holds.

    Args:
        tags: of which tags.
        lease: to give back; None while they are lent.
        end: ends its renewal.
    """

    tags: frozenset[str]
    lease: UUID | None
    end: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Known:
    """Which tags have a limit, as a run has read it."""

    tags: frozenset[str]
    change: int
    at: int


_changes: WeakKeyDictionary[Gateway, Signals] = WeakKeyDictionary()
"""By gateway, what counts the changes of limits it has heard of."""
_known: WeakKeyDictionary[RunFrame, _Known] = WeakKeyDictionary()


def take(task: TaskFrame) -> Program[Exception | None]:
    """Take the slots a task needs, waiting for them; they are in `task.held` then.

    Returns why the task may not run at all; None when it may.

    Raises:
        Abort: the run was ended meanwhile.
    """
    limited = yield from _limited(task.run)
    around: frozenset[str] = frozenset()
    for each in _holding(task.outer):
        around |= each.held.tags
    needed = (task.tags & limited) - around
    if not needed:
        return None
    try:
        yield from _take(task, needed)
    except ConcurrencySlotAcquisitionError as refusal:
        return refusal
    return None


def within(task: TaskFrame, work: Program[Ending]) -> Program[Ending]:
    """Carry out the work of a task that holds slots, and give them back."""
    try:
        ending = yield from work
    except GeneratorExit:
        # Nobody carries out effects any more.
        if task.held.lease is not None:
            task.held.end()
            task.run.gateway.post(ReleaseSlots(task.held.lease))
        raise
    except BaseException:
        yield from _let_go(task)
        raise
    yield from _let_go(task)
    return ending


def lend(task: TaskFrame | None) -> Program[Sequence[TaskFrame]]:
    """Give back, for a while, what the task and those around it hold. Returns who did."""
    lenders = tuple(_holding(task))
    for each in lenders:
        yield from _let_go(each)
    return lenders


def rest(task: TaskFrame, seconds: float) -> Program[None]:
    """Let time pass before the next attempt, without holding slots meanwhile."""
    held = task.held
    yield from _let_go(task)
    yield Sleep(seconds, task.run.signals)
    task.run.obey()
    yield from _take(task, held.tags)


def take_back(lenders: Sequence[TaskFrame]) -> Program[None]:
    """Take again what was lent, in the order it was taken first."""
    for each in reversed(lenders):
        yield from _take(each, each.held.tags)


def _holding(task: TaskFrame | None) -> Iterator[TaskFrame]:
    while task is not None:
        if task.held is not None and task.held.lease is not None:
            yield task
        task = task.outer


def _take(task: TaskFrame, tags: frozenset[str]) -> Program[None]:
    gateway = task.run.gateway
    wanted = Wanted(tuple(sorted(tags)), kind=LimitKind.TAG, duration=LEASE, holder=task.id)
    lease = yield from acquire(wanted, gateway, task.run)
    if lease is not None:
        task.held = Held(tags, lease, gateway.keep(lease, LEASE, _lost))


def _let_go(task: TaskFrame) -> Program[None]:
    held = task.held
    if held is None or held.lease is None:
        return
    lease, held.lease = held.lease, None
    held.end()
    yield from give_back(lease)


def _lost() -> None:
    """The task goes on without its slots: stopping it would do more harm than one too many."""


def _limited(frame: RunFrame) -> Program[frozenset[str]]:
    """The tags that have a limit."""
    gateway = frame.gateway
    changes = _changes.get(gateway)
    if changes is None:
        changes = _changes[gateway] = Signals(0)
        gateway.hear(TAGS, changes)
    known = _known.get(frame)
    if known is None or known.change != changes.count or now_us() - known.at > FRESH:
        change = changes.count
        tags = yield Send(ReadLimitedTags())
        known = _known[frame] = _Known(frozenset(tags), change, now_us())
    return known.tags
