"""A process that slept past its lease asks before its next task, whoever of its threads woke first.

The process here is deaf, so that nothing but the question can tell it.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from signoff import flow, task
from signoff.context import FlowRunContext
from signoff.core.ports import Listener
from signoff.gateway import connect
from signoff.gateway.local import LocalGateway
from signoff.model.commands import EnterRun, RerunRun
from signoff.model.errors import Abort
from signoff.model.queries import ReadRun
from tests.engine.worlds import Life, World

done: list[str] = []
asleep: list[Callable[[UUID], None]] = []


class Sleeper(Life):
    """A process that hears nothing, and that slept as often as told."""

    naps = 0

    def listen(self, run_id: UUID, listener: Listener) -> Callable[[], None]:
        return lambda: None

    def sleeps(self) -> int:
        return self.naps


@task
def step(name: str) -> str:
    done.append(name)
    return name


@flow
def trip() -> None:
    step("before")
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    for sleep in asleep:
        sleep(context.flow_run.id)
    step("after")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    done.clear()
    asleep.clear()


def test_it_begins_no_task_once_another_process_has_taken_over(any_world: World) -> None:
    inner, other = any_world.gateway(), any_world.gateway()
    assert isinstance(inner, LocalGateway)
    sleeper = Sleeper(inner)

    def sleeps_while_another_takes_over(run_id: UUID) -> None:
        if inner._liveness is not None:
            inner._liveness.release()
        with inner._store.write() as tx:
            tx.renew_lease(inner.process.id, 0)
        # Whoever looks first finds it dead, and declares its run crashed.
        other.send(RerunRun(run_id))
        other.send(EnterRun(run_id, other.process.id))
        sleeper.naps = 1

    asleep.append(sleeps_while_another_takes_over)
    with connect.using(sleeper), pytest.raises(Abort):
        trip()
    assert done == ["before"]


def test_it_goes_on_with_a_run_that_is_still_its_own(any_world: World) -> None:
    inner = any_world.gateway()
    sleeper = Sleeper(inner)

    def sleeps(run_id: UUID) -> None:
        sleeper.naps = 1

    asleep.append(sleeps)
    with connect.using(sleeper):
        trip()
    assert done == ["before", "after"]
    # It asked once, and not again after every task.
    assert sleeper.requests.count("ReadHandle") == 1
    (run,) = any_world.runs(inner)
    assert inner.send(ReadRun(run.id)).state_name == "Completed"
