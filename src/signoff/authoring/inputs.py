"""Inputs of runs: messages between a run and the world, by key.

Owns creating, reading, sending and receiving them. Must not know what an input means.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar
from uuid import UUID, uuid4

from signoff.authoring.dispatch import async_dispatch, off_loop
from signoff.authoring.ids import as_id, with_ids
from signoff.authoring.process import runtime
from signoff.core.ports import Gateway
from signoff.engine.frames import current_run, current_task, waiting
from signoff.engine.signals import Signals
from signoff.model.commands import CreateInput, DeleteInput, Request
from signoff.model.queries import FilterInputs, ReadInput
from signoff.model.views import FlowRunInput

T = TypeVar("T")
V = TypeVar("V")

SENDER = "signoff.flow-run."
"""What the sender of an input begins with when a flow run sent it."""


class Sendable(Protocol):
    """A Pydantic model."""

    def model_dump_json(self) -> str: ...


def the_run(flow_run_id: UUID | None) -> UUID:
    """The given run, or the one around the present line.

    Raises:
        RuntimeError: there is neither.
    """
    frame = current_run.get()
    if flow_run_id is None and frame is None:
        raise RuntimeError("Must either provide a flow run ID or be within a flow run.")
    return as_id(flow_run_id) if flow_run_id is not None else frame.run_id  # type: ignore[union-attr]


def _ask(request: Request[T]) -> T:
    return runtime().gateway.send(with_ids(request))


def create(key: str, value: str, flow_run_id: UUID, sender: str | None = None) -> None:
    """Store an input. Raises `ObjectAlreadyExists` when the run has the key."""
    _ask(CreateInput(flow_run_id, key, value, sender))


def read(key: str, flow_run_id: UUID) -> FlowRunInput:
    """A stored input. Raises `ObjectNotFound`."""
    return _ask(ReadInput(flow_run_id, key))


def delete(key: str, flow_run_id: UUID) -> None:
    """Delete a stored input. Raises `ObjectNotFound`."""
    _ask(DeleteInput(flow_run_id, key))


def filtered(
    key_prefix: str, limit: int, exclude_keys: set[str] | None, flow_run_id: UUID
) -> list[FlowRunInput]:
    """Inputs whose key starts with a prefix, oldest first."""
    query = FilterInputs(flow_run_id, key_prefix, limit, tuple(sorted(exclude_keys or ())))
    return list(_ask(query))


def send(
    run_input: Sendable, flow_run_id: UUID, sender: str | None, key_prefix: str | None
) -> None:
    """Send an input to a run, by default in the name of the present run."""
    frame = current_run.get()
    if sender is None and frame is not None:
        sender = f"{SENDER}{frame.run_id}"
    prefix = key_prefix or f"{type(run_input).__name__.lower()}-auto"
    create(f"{prefix}-{uuid4()}", run_input.model_dump_json(), as_id(flow_run_id), sender)


class GetInputHandler(Generic[V]):
    """Receives inputs one after the other: an iterator, and an asynchronous one.

    Attributes:
        exclude_keys: inputs that have been dealt with; grows as inputs are received.
    """

    def __init__(
        self,
        load: Callable[[FlowRunInput], V],
        timeout: float | None,
        poll_interval: float,
        raise_timeout_error: bool,
        exclude_keys: set[str] | None,
        key_prefix: str,
        flow_run_id: UUID,
    ) -> None:
        self._load = load
        self.timeout = timeout
        self.poll_interval = poll_interval
        self.raise_timeout_error = raise_timeout_error
        self.exclude_keys = set(exclude_keys or ())
        self.key_prefix = key_prefix
        self.flow_run_id = flow_run_id

    def __iter__(self) -> GetInputHandler[V]:
        return self

    def __next__(self) -> V:
        try:
            return self._next()
        except TimeoutError:
            if self.raise_timeout_error:
                raise
            raise StopIteration from None

    def __aiter__(self) -> GetInputHandler[V]:
        return self

    async def __anext__(self) -> V:
        try:
            return await self.anext()
        except TimeoutError:
            if self.raise_timeout_error:
                raise
            raise StopAsyncIteration from None

    async def anext(self) -> V:
        """Like `next`, without blocking the event loop."""
        return await off_loop(self._next)()

    @async_dispatch(anext)
    def next(self) -> V:
        """The next input.

        Raises:
            TimeoutError: none came in time.
        """
        return self._next()

    def _next(self) -> V:
        frame, task = current_run.get(), current_task.get()
        if frame is None:
            return self._receive()
        with waiting(frame, task):
            return self._receive()

    def _receive(self) -> V:
        gateway: Gateway = runtime().gateway
        signals = Signals(0)
        heard = threading.Event()
        stop = gateway.listen(self.flow_run_id, signals)
        until = None if self.timeout is None else time.monotonic() + self.timeout
        try:
            while True:
                seen = signals.count
                for found in self._look(gateway):
                    return found
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError(
                        f"No input was sent to flow run {self.flow_run_id} in {self.timeout} s."
                    )
                heard.clear()
                cancel = signals.subscribe(heard.set, seen)
                heard.wait(self.poll_interval if left is None else min(left, self.poll_interval))
                cancel()
                frame = current_run.get()
                if frame is not None:
                    frame.obey()
        finally:
            stop()

    def _look(self, gateway: Gateway) -> list[V]:
        """The next input, if one is there; what was sent may be None."""
        query = FilterInputs(self.flow_run_id, self.key_prefix, 1, tuple(sorted(self.exclude_keys)))
        stored = gateway.send(query)
        self.exclude_keys.update(each.key for each in stored)
        return [self._load(each) for each in stored]
