"""Taking slots of limits, as programs.

Owns asking, waiting for one's turn and giving up. Whoever waits is poked when it may be its turn;
that it looks by itself now and then only makes up for lost pokes and keeps its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from signoff.core.shared.slots import SECOND
from signoff.engine.clock import new_id, now_us
from signoff.engine.effects import Log, Program, Send, WaitChange
from signoff.engine.frames import RunFrame
from signoff.engine.signals import Signals
from signoff.model.errors import (
    AcquireConcurrencySlotTimeoutError,
    ConcurrencySlotAcquisitionError,
    InvalidRequest,
)
from signoff.model.shared.limits import LimitKind
from signoff.model.shared.slots import AcquireSlots, ReleaseSlots, SlotMode, SlotsReply

if TYPE_CHECKING:
    from signoff.core.ports import Gateway

LOOK_EVERY = 5.0
"""Seconds between two looks of somebody who waits."""
INFO, WARNING = 20, 30


@dataclass(frozen=True, slots=True)
class Wanted:
    """Slots that somebody wants.

    Args:
        names: of limits, or tags.
        slots: of each.
        kind, mode: what the names mean, and how the slots come free again.
        duration: seconds of the lease.
        timeout: seconds to wait for them; None for no limit.
        retries: how often to ask again; None for no limit.
        strict: refuse names without a limit.
        holder: the run that holds them.
    """

    names: tuple[str, ...]
    slots: int = 1
    kind: LimitKind = LimitKind.GLOBAL
    mode: SlotMode = SlotMode.CONCURRENCY
    duration: float = 300.0
    timeout: float | None = None
    retries: int | None = None
    strict: bool = False
    holder: UUID | None = None


def acquire(wanted: Wanted, gateway: Gateway, frame: RunFrame | None) -> Program[UUID | None]:
    """Take slots, waiting for them as long as it is wanted.

    Returns:
        The lease to give back; None when nothing is held.

    Raises:
        ConcurrencySlotAcquisitionError: they can never be had.
        AcquireConcurrencySlotTimeoutError: they did not come free in time.
        Abort: the run was ended meanwhile.
    """
    lease = new_id()
    asked = AcquireSlots(
        lease,
        wanted.names,
        wanted.slots,
        wanted.kind,
        wanted.mode,
        int(wanted.duration * SECOND),
        gateway.process.id,
        wanted.holder,
        strict=wanted.strict,
    )
    try:
        began = now_us()
        reply: SlotsReply = yield Send(asked)
        if not reply.granted and wanted.timeout != 0 and wanted.retries != 0:
            reply = yield from _wait(wanted, asked, gateway, frame, began, reply)
        if not reply.granted:
            raise _too_late(wanted, reply)
    except InvalidRequest as refusal:
        raise ConcurrencySlotAcquisitionError(refusal.message) from refusal
    except GeneratorExit:
        raise
    except BaseException:
        # Whatever interrupted it, the place is given up, and what was taken meanwhile too.
        yield Send(ReleaseSlots(lease))
        raise
    if reply.missing:
        names = ", ".join(repr(name) for name in reply.missing)
        if wanted.kind is LimitKind.GLOBAL:
            yield Log(
                WARNING, "Concurrency limits %s do not exist - skipping acquisition.", (names,)
            )
    return lease if reply.held else None


def _wait(
    wanted: Wanted,
    asked: AcquireSlots,
    gateway: Gateway,
    frame: RunFrame | None,
    began: int,
    reply: SlotsReply,
) -> Program[SlotsReply]:
    """Wait in line. Returns the last reply."""
    signals = Signals(0)
    asked = replace(asked, address=gateway.process.address)
    stop = gateway.hear(asked.lease_id, signals)
    stop_obeying = _wake_with(frame, signals)
    tries = 0
    try:
        yield Log(INFO, "Waiting for slots of the concurrency limit %r.", (reply.full,))
        while True:
            seen = signals.count
            reply = yield Send(asked)
            tries += 1
            if reply.granted or (wanted.retries is not None and tries > wanted.retries):
                return reply
            pause = LOOK_EVERY
            if reply.retry_at is not None:
                pause = min(pause, max((reply.retry_at - reply.now) / SECOND, 0.001))
            if wanted.timeout is not None:
                left = wanted.timeout - (now_us() - began) / SECOND
                if left <= 0:
                    return reply
                pause = min(pause, left)
            yield WaitChange(signals, seen, pause)
            if frame is not None:
                frame.obey()
    finally:
        stop_obeying()
        stop()


def _wake_with(frame: RunFrame | None, signals: Signals) -> Callable[[], None]:
    """Have what concerns the run wake whoever waits in it, too."""
    if frame is None:
        return _nothing
    return frame.signals.subscribe(lambda: signals(None), frame.signals.count)


def _nothing() -> None:
    """There is nothing to end."""


def _too_late(wanted: Wanted, reply: SlotsReply) -> Exception:
    patience = f"{wanted.timeout} second(s)" if wanted.timeout is not None else "the allowed tries"
    return AcquireConcurrencySlotTimeoutError(
        f"Attempt to acquire concurrency slots timed out after {patience}: the limit "
        f"{reply.full!r} has too few free slots."
    )


def give_back(lease: UUID) -> Program[None]:
    """Give slots back."""
    yield Send(ReleaseSlots(lease))
