"""Limits as code uses them: the documented `concurrency` and `rate_limit`, for both kinds of code.

Owns signatures, defaults and errors. Waiting and holding are programs of `engine/slots.py`.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from signoff.engine import slots
from signoff.engine.drivers import drive_sync
from signoff.engine.frames import current_run, current_task
from signoff.gateway.connect import get_gateway
from signoff.model.errors import ConcurrencySlotAcquisitionError, SignoffException
from signoff.model.shared.slots import ConcurrencyLeaseHolder, SlotMode

if TYPE_CHECKING:
    from signoff.core.ports import Gateway
    from signoff.engine.effects import Program

T = TypeVar("T")

_logger = logging.getLogger("signoff.concurrency")


@contextmanager
def concurrency(
    names: str | list[str],
    occupy: int = 1,
    timeout_seconds: float | None = None,
    max_retries: int | None = None,
    lease_duration: float = 300,
    strict: bool = False,
    holder: ConcurrencyLeaseHolder | None = None,
    raise_on_lease_renewal_failure: bool | None = None,
) -> Iterator[None]:
    """Hold slots of the named global limits inside the block.

    Args:
        names: of the limits; slots of all of them are held, or of none.
        occupy: how many slots of each.
        timeout_seconds: how long to wait for them; None for as long as it takes.
        max_retries: how often to ask again when they are taken; None for no limit.
        lease_duration: seconds after which the slots of a process that died come free, where its
            death cannot be seen.
        strict: fail when a limit does not exist, rather than go on without it.
        holder: who holds them, for people who look; the run around the block when left out.
        raise_on_lease_renewal_failure: raise at the end of the block when the slots could not be
            kept; None for what `strict` says.

    Raises:
        AcquireConcurrencySlotTimeoutError: a `TimeoutError`; the slots were not to be had in time.
        ConcurrencySlotAcquisitionError: they can never be had: a limit has fewer, or does not
            exist and `strict` is set; or they could not be kept.
    """
    wanted = _wanted(names, occupy, timeout_seconds, max_retries, lease_duration, strict, holder)
    gateway = get_gateway()
    lease = drive_sync(slots.acquire(wanted, gateway, current_run.get()), gateway)
    if lease is None:
        yield
        return
    hold = _Hold(gateway, lease, wanted)
    try:
        yield
    finally:
        hold.end()
        _let_go(lambda: drive_sync(slots.give_back(lease), gateway))
    if strict if raise_on_lease_renewal_failure is None else raise_on_lease_renewal_failure:
        hold.complain()


@asynccontextmanager
async def aconcurrency(
    names: str | list[str],
    occupy: int = 1,
    timeout_seconds: float | None = None,
    max_retries: int | None = None,
    lease_duration: float = 300,
    strict: bool = False,
    holder: ConcurrencyLeaseHolder | None = None,
    raise_on_lease_renewal_failure: bool | None = None,
) -> AsyncIterator[None]:
    """Like `concurrency`, for asynchronous code."""
    wanted = _wanted(names, occupy, timeout_seconds, max_retries, lease_duration, strict, holder)
    gateway = get_gateway()
    lease = await _drive(slots.acquire(wanted, gateway, current_run.get()), gateway)
    if lease is None:
        yield
        return
    hold = _Hold(gateway, lease, wanted)
    try:
        yield
    finally:
        hold.end()
        try:
            await _drive(slots.give_back(lease), gateway)
        except SignoffException as error:
            _not_given_back(error)
    if strict if raise_on_lease_renewal_failure is None else raise_on_lease_renewal_failure:
        hold.complain()


def rate_limit(
    names: str | list[str],
    occupy: int = 1,
    timeout_seconds: float | None = None,
    strict: bool = False,
) -> None:
    """Wait until the named global limits have slots, and take them; they come free by themselves.

    Args:
        names: of the limits, each with a `slot_decay_per_second`.
        occupy: how many slots of each.
        timeout_seconds: how long to wait for them; None for as long as it takes.
        strict: fail when a limit does not exist, rather than go on without it.

    Raises:
        AcquireConcurrencySlotTimeoutError: a `TimeoutError`; the slots were not to be had in time.
        ConcurrencySlotAcquisitionError: they can never be had; the message says why.
    """
    wanted = _rate(names, occupy, timeout_seconds, strict)
    gateway = get_gateway()
    drive_sync(slots.acquire(wanted, gateway, current_run.get()), gateway)


async def arate_limit(
    names: str | list[str],
    occupy: int = 1,
    timeout_seconds: float | None = None,
    strict: bool = False,
) -> None:
    """Like `rate_limit`, for asynchronous code."""
    wanted = _rate(names, occupy, timeout_seconds, strict)
    gateway = get_gateway()
    await _drive(slots.acquire(wanted, gateway, current_run.get()), gateway)


class _Hold:
    """Slots that are held: their lease is renewed, and its loss noticed."""

    def __init__(self, gateway: Gateway, lease: UUID, wanted: slots.Wanted) -> None:
        self._names = wanted.names
        self._lost = threading.Event()
        self.end: Callable[[], None] = gateway.keep(lease, wanted.duration, self._lose)

    def _lose(self) -> None:
        self._lost.set()
        _logger.error(
            "Concurrency lease renewal failed - slots of %s are no longer reserved.",
            ", ".join(self._names),
        )

    def complain(self) -> None:
        """Raise when the slots were lost."""
        if self._lost.is_set():
            raise ConcurrencySlotAcquisitionError(
                f"The slots of {', '.join(self._names)} could not be kept: their lease was not "
                "renewed in time."
            )


def _wanted(
    names: str | list[str],
    occupy: int,
    timeout: float | None,
    retries: int | None,
    duration: float,
    strict: bool,
    holder: ConcurrencyLeaseHolder | None,
) -> slots.Wanted:
    if not duration > 0:
        raise ValueError(f"lease_duration must be more than 0 seconds, got {duration!r}.")
    task, run = current_task.get(), current_run.get()
    around = task.id if task is not None else run.run_id if run is not None else None
    return slots.Wanted(
        _names(names),
        _number(occupy),
        duration=duration,
        timeout=timeout,
        retries=retries,
        strict=strict,
        holder=holder.id if holder is not None else around,
    )


def _rate(names: str | list[str], occupy: int, timeout: float | None, strict: bool) -> slots.Wanted:
    return slots.Wanted(
        _names(names), _number(occupy), mode=SlotMode.RATE_LIMIT, timeout=timeout, strict=strict
    )


def _names(names: Any) -> tuple[str, ...]:
    found = (names,) if isinstance(names, str) or not isinstance(names, Iterable) else (*names,)
    if not all(isinstance(each, str) and each for each in found):
        raise TypeError(f"names must be the name of a limit or a list of names, got {names!r}.")
    return found


def _number(occupy: object) -> int:
    if isinstance(occupy, bool) or not isinstance(occupy, int) or occupy < 1:
        raise ValueError(f"occupy must be a whole number of at least 1, got {occupy!r}.")
    return occupy


def _let_go(give_back: Callable[[], None]) -> None:
    """Give slots back; that they cannot be is no reason for the block to fail."""
    try:
        give_back()
    except SignoffException as error:
        _not_given_back(error)


def _not_given_back(error: SignoffException) -> None:
    _logger.warning("Slots could not be given back; they come free with their lease: %s", error)


async def _drive(program: Program[T], gateway: Gateway) -> T:
    driver: Any = importlib.import_module("signoff.engine.async_driver")
    value: T = await driver.drive_async(program, gateway)
    return value
