"""Both sides of a wait within one test: the code that waits, and the person who answers.

Owns flows running on threads of the test's process, and looking at what they left on record. The
service, the database and the wake-ups are the real ones.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

from signoff.gateway.connect import get_gateway
from signoff.model.commands import CancelRun, DeleteRun, HoldRun, ProposedState, SetRunState
from signoff.model.errors import ObjectNotFound
from signoff.model.events import HistoryEntry
from signoff.model.filters import FlowRunFilter, FlowRunFilterId, LogFilter, LogFilterFlowRunId
from signoff.model.queries import (
    ReadHistory,
    ReadInbox,
    ReadLogs,
    ReadRun,
    ReadRuns,
    ReadTaskRuns,
    ReadWait,
    ReadWaits,
)
from signoff.model.replies import InboxItem, RunHandle, StateSet, WaitView
from signoff.model.states import StateType
from signoff.model.views import FlowRun, TaskRun
from tests.support.waiting import wait_until

PATIENCE = 120.0
"""Seconds after which a test gives up; no test passes or fails by how fast the machine is."""


class Call:
    """A call that runs on a thread of its own.

    Args:
        fn: what to call, usually a flow.
        args, kwargs: its arguments.
    """

    def __init__(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        self._value: Any = None
        self._error: BaseException | None = None

        def run() -> None:
            try:
                self._value = fn(*args, **kwargs)
            except BaseException as error:
                self._error = error

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether the call has returned or raised."""
        return not self._thread.is_alive()

    def returned(self) -> Any:
        """What it returned; raises what it raised."""
        self._thread.join(PATIENCE)
        assert self.ended, f"still running after {PATIENCE:g} s"
        if self._error is not None:
            raise self._error
        return self._value

    def raised(self) -> BaseException:
        """What it raised."""
        self._thread.join(PATIENCE)
        assert self.ended, f"still running after {PATIENCE:g} s"
        assert self._error is not None, f"returned {self._value!r}"
        return self._error


def asked(count: int = 1) -> list[InboxItem]:
    """The questions that wait for a person, as soon as there are `count` of them; by key."""

    def look() -> list[InboxItem]:
        items = get_gateway().send(ReadInbox())
        return sorted(items, key=lambda item: item.key) if len(items) == count else []

    return wait_until(look, PATIENCE, f"{count} questions in the inbox")


def question() -> InboxItem:
    """The one question that waits for a person."""
    return asked()[0]


def nothing_asked() -> bool:
    """Whether nothing waits for a person."""
    return not get_gateway().send(ReadInbox())


def shown(run_id: UUID, key: str | None = None) -> WaitView:
    """A wait of a run as a person sees it."""
    return get_gateway().send(ReadWait(run_id, key))


def waits(run_id: UUID) -> tuple[WaitView, ...]:
    """Every wait of a run."""
    return get_gateway().send(ReadWaits(run_id))


def run(run_id: UUID) -> FlowRun:
    """A run as clients see it."""
    return get_gateway().send(ReadRun(run_id))


def runs() -> tuple[FlowRun, ...]:
    """Every run, oldest first."""
    return get_gateway().send(ReadRuns())[::-1]


def only_run() -> FlowRun:
    """The only run there is."""
    (found,) = runs()
    return found


def reached(run_id: UUID, *types: StateType) -> FlowRun:
    """The run, as soon as it is in a state of one of these types."""

    def look() -> FlowRun | None:
        found = run(run_id)
        return found if found.state_type in types else None

    found = wait_until(look, PATIENCE, lambda: f"{types} of {run(run_id)}")
    assert found is not None
    return found


def states(run_id: UUID) -> list[str]:
    """The names of the states a run went through."""
    names: list[str] = []
    for entry in history(run_id):
        if not names or names[-1] != entry.name:
            names.append(entry.name)
    return names


def history(run_id: UUID) -> tuple[HistoryEntry, ...]:
    """What happened to a run, oldest first."""
    return get_gateway().send(ReadHistory(run_id))


def tasks(run_id: UUID) -> list[TaskRun]:
    """The task runs of a run, oldest first."""
    of = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    return list(get_gateway().send(ReadTaskRuns(flow_runs=of)))[::-1]


def log(run_id: UUID) -> list[str]:
    """The lines in the log of a run."""
    of = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
    return [line.message for line in get_gateway().send(ReadLogs(of))]


def cancel(run_id: UUID) -> RunHandle:
    """Cancel a run from outside."""
    return get_gateway().send(CancelRun(run_id))


def hold(run_id: UUID) -> RunHandle:
    """Pause a run from outside."""
    return get_gateway().send(HoldRun(run_id))


def delete(run_id: UUID) -> None:
    """Delete a run."""
    get_gateway().send(DeleteRun(run_id))


def set_state(run_id: UUID, type: StateType, force: bool = False, **facts: Any) -> StateSet:
    """Set the state of a run, as the documented request does."""
    return get_gateway().send(SetRunState(run_id, ProposedState(type, **facts), force))


def exists(run_id: UUID) -> bool:
    """Whether there is such a run."""
    try:
        run(run_id)
    except ObjectNotFound:
        return False
    return True


def reached_question(key: str) -> InboxItem:
    """The question with this key, as soon as it waits for a person."""

    def look() -> InboxItem | None:
        items = get_gateway().send(ReadInbox())
        return next((item for item in items if item.key == key), None)

    found = wait_until(look, PATIENCE, f"question {key!r} in the inbox")
    assert found is not None
    return found


def wait_status(run_id: UUID, key: str, status: str) -> bool:
    """Whether the wait comes to be open, answered, expired or withdrawn."""
    return wait_until(
        lambda: any(w.item.key == key and w.status.value == status for w in waits(run_id)),
        PATIENCE,
        f"wait {key!r} is {status}",
    )


def another_question(keys: list[str]) -> InboxItem:
    """A question under none of these keys, as soon as one waits for a person."""

    def look() -> InboxItem | None:
        items = get_gateway().send(ReadInbox())
        return next((item for item in items if item.key not in keys), None)

    found = wait_until(look, PATIENCE, f"another question than {keys}")
    assert found is not None
    return found
