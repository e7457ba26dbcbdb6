"""The documented state of a run or task run.

Owns the `State` value and its predicates. Must not know which transitions are legal. A state
built by hand stamps itself with the present time, as documented; the rules never rely on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from signoff.model import errors
from signoff.model.journal import Reentry
from signoff.model.state_types import TERMINAL_STATES, StateType

R = TypeVar("R")

__all__ = ["TERMINAL_STATES", "State", "StateDetails", "StateType", "StoredValue"]


@runtime_checkable
class StoredValue(Protocol):
    """Something kept elsewhere that can be loaded: what `State.data` holds for a kept result."""

    def load(self) -> Any: ...


class StateDetails(BaseModel):
    """What a state says beyond its type, name and message.

    Args:
        reentry: in a history, what became of earlier work after a process had entered the run
            again; the other fields are as documented.
    """

    model_config = ConfigDict(extra="ignore")

    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None
    child_flow_run_id: UUID | None = None
    scheduled_time: datetime | None = None
    cache_key: str | None = None
    cache_expiration: datetime | None = None
    pause_timeout: datetime | None = None
    pause_reschedule: bool = False
    pause_key: str | None = None
    run_input_keyset: dict[str, str] | None = None
    retriable: bool | None = None
    transition_id: UUID | None = None
    task_parameters_id: UUID | None = None
    untrackable_result: bool = False
    reentry: Reentry | None = None


class State(BaseModel, Generic[R]):
    """The state of a flow run or task run.

    Args:
        type: one of the documented state types.
        name: a more specific name; the type's own when not given.
        timestamp: when the run entered the state (UTC).
        message: what happened, for a reader.
        data: the result, the exception, or a reference to a stored result.
        state_details: further facts.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="ignore")

    id: UUID = Field(default_factory=uuid4)
    type: StateType
    name: str | None = None
    timestamp: datetime = Field(default_factory=lambda: datetime.now(UTC))
    message: str | None = None
    data: Any = None
    state_details: StateDetails = Field(default_factory=StateDetails)

    def model_post_init(self, context: Any) -> None:
        if self.name is None:
            self.name = " ".join(part.capitalize() for part in self.type.value.split("_"))

    def is_scheduled(self) -> bool:
        return self.type is StateType.SCHEDULED

    def is_pending(self) -> bool:
        return self.type is StateType.PENDING

    def is_running(self) -> bool:
        return self.type is StateType.RUNNING

    def is_completed(self) -> bool:
        return self.type is StateType.COMPLETED

    def is_failed(self) -> bool:
        return self.type is StateType.FAILED

    def is_crashed(self) -> bool:
        return self.type is StateType.CRASHED

    def is_cancelled(self) -> bool:
        return self.type is StateType.CANCELLED

    def is_cancelling(self) -> bool:
        return self.type is StateType.CANCELLING

    def is_paused(self) -> bool:
        return self.type is StateType.PAUSED

    def is_final(self) -> bool:
        return self.type in TERMINAL_STATES

    def result(self, raise_on_failure: bool = True, **_: Any) -> Any:
        """The value of a completed run, or the failure of an ended one.

        Args:
            raise_on_failure: raise the exception of a run that did not complete instead of
                returning it.

        Raises:
            PausedRun: the run waits.
            UnfinishedRun: the run has not ended.
            MissingResult: the run completed and its result was not kept.
            Exception: what the run raised; `FailedRun`, `CrashedRun` or `CancelledRun` when it
                left no exception.
        """
        if self.is_paused():
            raise errors.PausedRun("Run is paused, its result is not available.")
        if not self.is_final():
            if isinstance(self.data, errors.UnfinishedRun):
                raise self.data
            raise errors.UnfinishedRun(
                f"Run is in {self.type.value} state, its result is not available."
            )
        if self.is_completed():
            return self._value()
        failure = self._failure()
        if raise_on_failure:
            raise failure
        return failure

    async def aresult(self, raise_on_failure: bool = True, **_: Any) -> Any:
        """Like `result`, for asynchronous code."""
        return self.result(raise_on_failure)

    def _value(self) -> Any:
        return self.data.load() if isinstance(self.data, StoredValue) else self.data

    def _failure(self) -> BaseException:
        """What made it fail; of a collection of states, what made the first of them fail."""
        data = self._value() if self.data is not None else None
        if isinstance(data, BaseException):
            return data
        if isinstance(data, State):
            return data._failure()
        if isinstance(data, (list, tuple)) and data and isinstance(data[0], State):
            failed = [each for each in data if isinstance(each, State) and each.is_final()]
            for each in failed:
                if not each.is_completed():
                    return each._failure()
        kind, fallback = _WITHOUT_EXCEPTION.get(self.type, (errors.FailedRun, "Run failed."))
        return kind(data if isinstance(data, str) else self.message or fallback)

    def __repr__(self) -> str:
        return (
            f"{self.name}(message={self.message!r}, type={self.type.value}, result={self.data!r})"
        )

    def __str__(self) -> str:
        return f"{self.name}({self.message!r})" if self.message else f"{self.name}()"


_WITHOUT_EXCEPTION: Mapping[StateType, tuple[type[errors.SignoffException], str]] = {
    StateType.CRASHED: (errors.CrashedRun, "Run crashed."),
    StateType.CANCELLED: (errors.CancelledRun, "Run cancelled."),
}
"""What stands for the exception of a run that left none."""
