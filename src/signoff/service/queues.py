"""Who holds slots of a limit and who waits for them, the dead left out.

A process that is judged by its lock holds as long as it lives and not a moment longer; of any other
only its lease tells. Must not know what a request for slots is.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from signoff.core.ports import Poke
from signoff.core.shared.ports import Hold, Waiter
from signoff.model.journal import Liveness
from signoff.service.unit import Unit


def living(unit: Unit, no: int) -> tuple[Hold, ...]:
    """The holds of a limit that count."""
    return tuple(hold for hold in unit.tx.limits.holds(no) if _lives(unit, hold.process, hold.ends))


def bury(unit: Unit, no: int) -> None:
    """Forget the holds of a limit that count no more."""
    dead = [hold for hold in unit.tx.limits.holds(no) if not _lives(unit, hold.process, hold.ends)]
    for hold in dead:
        unit.tx.limits.drop(hold.lease, no)


def next_end(unit: Unit, no: int) -> int | None:
    """When the first hold ends by itself; None when none does."""
    ends = [hold.ends for hold in unit.tx.limits.holds(no) if not _is_judged(unit, hold.process)]
    return min(ends, default=None)


def is_ahead(unit: Unit, no: int, lease: UUID) -> bool:
    """Whether a living request came before this one. Dead ones lose their place."""
    for waiter in unit.tx.limits.waiters(no):
        if waiter.lease == lease:
            return False
        if _lives(unit, waiter.process, waiter.ends):
            return True
        unit.tx.limits.leave(waiter.lease)
    return False


def call_next(unit: Unit, numbers: Iterable[int]) -> None:
    """Tell the first who waits for each limit that it may be its turn."""
    for no in numbers:
        for waiter in unit.tx.limits.waiters(no)[:1]:
            _tell(unit, waiter)


def poke_all(unit: Unit, no: int) -> None:
    """Tell everybody who waits for a limit to look again."""
    for waiter in unit.tx.limits.waiters(no):
        _tell(unit, waiter)


def _tell(unit: Unit, waiter: Waiter) -> None:
    unit.pokes[waiter.address, waiter.lease] = Poke(waiter.address, waiter.lease)


def _is_judged(unit: Unit, process_id: str | None) -> bool:
    """Whether the life of the process can be told without a lease."""
    owner = unit.owner(process_id) if process_id is not None else None
    return owner is not None and owner.process.liveness is Liveness.LOCK


def _lives(unit: Unit, process_id: str | None, ends: int) -> bool:
    if process_id is None or not _is_judged(unit, process_id):
        return ends > unit.now
    owner = unit.owner(process_id)
    return owner is not None and unit.means.is_alive(owner, unit.now)
