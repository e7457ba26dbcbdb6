"""What can be carried out without waiting, and what cannot."""

from __future__ import annotations

import threading

import pytest

from signoff.model.commands import FinishRun, FinishTasks, PollWait, StartRun
from signoff.model.errors import ObjectNotFound
from signoff.model.lookups import ReadHandle
from signoff.model.runs import Phase
from signoff.service.orchestrator import WouldWait
from signoff.store.sqlite.store import SqliteStore
from tests.service.world import FLOW, KEPT, World

pytestmark = pytest.mark.service


def test_light_requests_are_carried_out(world: World) -> None:
    run = world.start()
    world.open(run)
    if not isinstance(world.store, SqliteStore):
        # A server elsewhere is always waited for.
        with pytest.raises(WouldWait):
            world.service.apply_at_once(ReadHandle(run.run_id), FLOW)
        return
    handle = world.service.apply_at_once(ReadHandle(run.run_id), FLOW)
    assert handle.phase is Phase.PAUSED
    assert world.service.apply_at_once(PollWait(run.run_id, run.entry, "go"), FLOW).key == "go"
    world.service.apply_at_once(FinishTasks((world.task(run),)), FLOW)
    with pytest.raises(ObjectNotFound):
        world.service.apply_at_once(ReadHandle(world.new_id()), FLOW)


def test_what_needs_the_disk_or_much_work_is_refused(world: World) -> None:
    run = world.start()
    many = FinishTasks(tuple(world.task(run) for _ in range(100)))
    with pytest.raises(WouldWait):
        world.service.apply_at_once(many, FLOW)
    ending = FinishRun(run.run_id, run.entry, Phase.COMPLETED, None, None, KEPT)
    with pytest.raises(WouldWait):
        world.service.apply_at_once(ending, FLOW)
    assert world.phase(run) == "Running"


def test_another_writer_is_not_waited_for(world: World) -> None:
    new = world.new()
    start = StartRun(new, "p1")
    refused: list[BaseException] = []

    def ask() -> None:
        try:
            world.service.apply_at_once(start, FLOW)
        except WouldWait as error:
            refused.append(error)

    with world.store.write():
        # In a thread of its own: one thread cannot write twice at once.
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert len(refused) == 1
    with pytest.raises(ObjectNotFound):
        world.ask(ReadHandle(new.id))
    assert world.ask(start, FLOW).created
