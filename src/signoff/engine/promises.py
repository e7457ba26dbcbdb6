"""How a run or task ended, and the promise of it.

Owns endings and the thread-safe hand-over of one. Must not know how tasks are run.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard
from uuid import UUID

from signoff.engine.results import KeptResult
from signoff.engine.states import make_state
from signoff.model.state_types import StateType
from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.model.journal import Result
    from signoff.model.states import State

_NAMES = {kind: " ".join(part.capitalize() for part in kind.value.split("_")) for kind in StateType}


@dataclass(slots=True)
class Ending:
    """How something ended.

    Args:
        type, name, message: of the state.
        value: what it returned.
        error: what it raised.
        at: when, UTC microseconds.
        state: the state the user made by hand, when there is one.
        run_id: the flow run; of a task, the one around it.
        task_run_id: the task run.
        deferred: its record is posted, and on disk only after `Gateway.settle`.
        kept: what a flow put on record of its value or error, for the run around it.
        enter_again: a run that was left waits for something else still, and can go on all the same.
        secret: its value, or error, holds secrets, and is encrypted at rest.
    """

    type: StateType
    value: Any = None
    error: BaseException | None = None
    name: str = ""
    message: str | None = None
    at: int = 0
    state: State[Any] | None = None
    run_id: UUID | None = None
    task_run_id: UUID | None = None
    deferred: bool = False
    kept: Result | None = None
    enter_again: bool = False
    secret: bool = False

    def __post_init__(self) -> None:
        if not self.name:
            self.name = _NAMES[self.type]

    @property
    def completed(self) -> bool:
        return self.type is StateType.COMPLETED

    def as_state(self) -> State[Any]:
        """The documented state; its `data` is the value or the exception itself."""
        ids = {"flow_run_id": self.run_id, "task_run_id": self.task_run_id}
        if self.state is not None:
            # The user's own object may be returned by many runs.
            details = self.state.state_details.model_copy(update=ids)
            return self.state.model_copy(update={"state_details": details})
        facts: dict[str, Any] = {}
        if self.at:
            facts["timestamp"] = datetime.fromtimestamp(self.at / 1_000_000, UTC)
        return make_state(
            type=self.type,
            name=self.name,
            message=self.message,
            data=self.value if self.error is None else self.error,
            state_details=ids,
            **facts,
        )

    def unwrap(self) -> Any:
        """The value, or raise the error."""
        if self.error is not None:
            raise self.error
        if self.completed:
            return self.value.load() if isinstance(self.value, KeptResult) else self.value
        return self.as_state().result()


class Promised(Protocol):
    """A future: something that carries a promise."""

    promise: Promise


def is_promised(value: object) -> TypeGuard[Promised]:
    """Whether a value is a future. (Checking a protocol would look at all of its members.)"""
    return isinstance(getattr(value, "promise", None), Promise)


class Promise:
    """The ending of a submitted task, once there is one. Made before the task begins.

    Args:
        task_run_id: the task run.
        name: of the task.
        upstream: what the task waits for before it begins.
    """

    __slots__ = ("_callbacks", "_ending", "_gate", "_lock", "name", "task_run_id", "upstream")

    def __init__(
        self, task_run_id: UUID, name: str = "", upstream: tuple[Promise, ...] = ()
    ) -> None:
        self.task_run_id = task_run_id
        self.name = name
        self.upstream = upstream
        self._ending: Ending | None = None
        # A held lock is the cheapest thing to wait on: released once, passed on by each waiter.
        self._gate = threading.Lock()
        self._gate.acquire()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def ending(self) -> Ending | None:
        return self._ending

    def keep(self, ending: Ending) -> None:
        """The task has ended. Wakes everybody; further calls are ignored."""
        with self._lock:
            if self._ending is not None:
                return
            self._ending = ending
            # What it waited for need not be remembered as long as it is.
            self.upstream = ()
            callbacks, self._callbacks = self._callbacks, []
        self._gate.release()
        for call in callbacks:
            _tell(call)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until the task has ended, at most `timeout` seconds; whether it has."""
        if self._ending is not None:
            return True
        if not self._gate.acquire(timeout=-1 if timeout is None else max(timeout, 0.0)):
            return False
        self._gate.release()
        return True

    def when_kept(self, call: Callable[[], None]) -> None:
        """Call `call` when the task has ended, at once when it has; what it raises is logged."""
        with self._lock:
            if self._ending is None:
                self._callbacks.append(call)
                return
        _tell(call)


def _tell(call: Callable[[], None]) -> None:
    """What a callback raises is its own affair: the task has ended, and others have to hear so."""
    try:
        call()
    except Exception:
        logging.getLogger("signoff.futures").exception("A callback of a future raised.")
