"""Runs are stored as they are, once, and found by what they are asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signoff.core.ports import RunFacts
from signoff.model.journal import Result, ResultKind
from signoff.model.replies import RunSignal
from signoff.model.runs import FINAL, Phase
from tests.store.samples import ENTRY, MINUTE, World, changed, fresh

pytestmark = pytest.mark.store


def test_a_new_run_comes_back_as_it_went_in(world: World) -> None:
    parent = world.start()
    new = world.new(
        parameters={"days": 30, "text": "ä\x00\ud800", "nested": {"x": [1, None]}},
        pickled=b"\x80\x05\x00",
        entry_record=ENTRY,
        tags=("nightly", "ü"),
        flow_version="3",
        parent_run_id=parent.id,
        parent_task_run_id=world.id(),
        journal_key="abc",
        idempotency_key="once",
        deployment_id=world.id(),
        schedule_id=world.id(),
        work_pool="big",
        work_queue="urgent",
        job_variables={"env": {"A": "1"}},
    )
    run = fresh(new, Phase.RUNNING, "p1", world.now)
    with world.store.write() as tx:
        assert world.insert(tx, new, run)
    with world.store.read() as tx:
        assert tx.new_run(new.id) == new
        assert tx.lock_run(new.id) == run


def test_a_run_without_extras_has_none(world: World) -> None:
    new = world.new()
    with world.store.write() as tx:
        world.insert(tx, new, fresh(new, Phase.PENDING, None, world.now))
    with world.store.read() as tx:
        assert tx.new_run(new.id) == new


def test_every_phase_is_kept(world: World) -> None:
    for phase in Phase:
        if phase is not Phase.ABSENT:
            run = world.start(phase, owner=None)
            assert world.locked(run.id) == run


def test_the_facts_of_a_run(world: World) -> None:
    parent = world.id()
    run = world.start(entry_record=ENTRY, parent_run_id=parent)
    with world.store.read() as tx:
        facts = tx.run_facts(run.id)
        assert facts is not None
        expected = RunFacts(
            flow_id=tx.flow_id("cleanup", 0, world.id),
            flow_name="cleanup",
            name="brave-otter",
            parent_run_id=parent,
            entry_record=ENTRY,
            created=world.now,
        )
    assert facts == expected


def test_what_does_not_exist_is_not_found(world: World) -> None:
    missing = world.id()
    with world.store.write() as tx:
        assert tx.lock_run(missing) is None
        assert tx.run_facts(missing) is None
        assert tx.new_run(missing) is None
        assert tx.result(missing) is None
        assert tx.flow_run(missing) is None
        assert tx.history(missing) == ()
        assert tx.waits(missing) == ()
        assert tx.journal(missing) == ()
        assert tx.task_result(missing) is None
        assert tx.task_run(missing) is None
        assert tx.signals([missing]) == ()
        assert tx.begun(missing, 1) == ()
        assert tx.unfinished_children(missing) == ()
        assert not tx.delete_run(missing)


def test_a_flow_is_registered_once(world: World) -> None:
    with world.store.write() as tx:
        first = tx.flow_id("cleanup", 1, world.id)
        assert tx.flow_id("cleanup", 2, world.id) == first
        assert tx.flow_id("other", 2, world.id) != first
    with world.store.write() as tx:
        assert tx.flow_id("cleanup", 3, world.id) == first


def test_an_id_is_taken_once(world: World) -> None:
    run = world.start()
    again = world.new(id=run.id, name="other")
    with world.store.write() as tx:
        assert not world.insert(tx, again, fresh(again, Phase.RUNNING, "p2", world.now))
    assert world.locked(run.id) == run


def test_an_idempotency_key_is_taken_once_per_flow(world: World) -> None:
    run = world.start(idempotency_key="once")
    twin = world.new(idempotency_key="once")
    with world.store.write() as tx:
        assert not world.insert(tx, twin, fresh(twin, Phase.PENDING, None, world.now))
        assert tx.find_idempotent(tx.flow_id("cleanup", 0, world.id), "once") == run.id
        assert tx.find_idempotent(tx.flow_id("cleanup", 0, world.id), "twice") is None
        assert tx.find_idempotent(tx.flow_id("other", 0, world.id), "once") is None
    assert world.start(flow_name="other", idempotency_key="once").id != run.id


def test_every_field_that_rules_change_is_saved(world: World) -> None:
    run = world.start()
    after = world.change(
        run,
        phase=Phase.RETRYING,
        name="AwaitingRetry",
        message="Boom \x1b[31mé",
        entry=4,
        attempt=3,
        begun=False,
        hold=True,
        scheduled=world.now + MINUTE,
        owner="p2",
    )
    assert world.locked(run.id) == after
    custom = world.change(after, name="Waiting for Godot", message=None, scheduled=None, owner=None)
    assert world.locked(run.id) == custom


def test_text_that_no_database_can_keep_is_made_readable(world: World) -> None:
    run = world.start(name="a\x00b")
    world.change(run, message="half a pair \ud800 and nul \x00")
    assert world.locked(run.id).message == "half a pair \ufffd and nul \ufffd"
    with world.store.read() as tx:
        facts = tx.run_facts(run.id)
    assert facts is not None
    assert facts.name == "a\ufffdb"


def test_a_run_that_changed_meanwhile_is_not_overwritten(world: World) -> None:
    run = world.start()
    world.change(run, phase=Phase.CANCELLING)
    stale = changed(run, world.tick(), phase=Phase.COMPLETED)
    with pytest.raises(RuntimeError, match="changed"), world.store.write() as tx:
        tx.save_run(run, stale, world.now)
    assert world.locked(run.id).phase is Phase.CANCELLING


@pytest.mark.parametrize(
    "result",
    [
        Result(ResultKind.NONE),
        Result(ResultKind.PICKLE, b"\x00\xff", None, "preview"),
        Result(ResultKind.JSON, b'{"a": 1}'),
        Result(ResultKind.FILE, None, "results/abc", "big"),
        Result(ResultKind.MISSING),
    ],
    ids=lambda result: result.kind.value,
)
def test_a_result_is_kept_with_the_final_state(world: World, result: Result) -> None:
    run = world.start()
    with world.store.read() as tx:
        assert tx.result(run.id) is None
    world.change(run, result, phase=Phase.COMPLETED, owner=None)
    with world.store.read() as tx:
        assert tx.result(run.id) == result


def test_unfinished_children_are_found(world: World) -> None:
    parent = world.start()
    first = world.start(parent_run_id=parent.id, journal_key="call")
    second = world.start(parent_run_id=parent.id, journal_key="call")
    other = world.start(parent_run_id=parent.id, journal_key="another")
    world.start(parent_run_id=world.id(), journal_key="call")
    with world.store.read() as tx:
        assert tx.unfinished_children(parent.id) == (first.id, second.id, other.id)
    for phase, run in zip(sorted(FINAL), (first, second), strict=False):
        world.change(run, phase=phase, owner=None)
    with world.store.read() as tx:
        assert tx.unfinished_children(parent.id) == (other.id,)


def test_signals_say_where_runs_stand(world: World) -> None:
    runs = [world.start() for _ in range(3)]
    held = world.change(runs[1], hold=True)
    with world.store.read() as tx:
        found = tx.signals([runs[0].id, held.id, world.id()])
        # More than fit into one statement.
        assert len(tx.signals([world.id() for _ in range(1200)] + [held.id])) == 1
        assert tx.signals([]) == ()
    assert set(found) == {
        RunSignal(runs[0].id, 1, 1, Phase.RUNNING, False),
        RunSignal(held.id, 2, 1, Phase.RUNNING, True),
    }


def test_name_tags_and_parameters_are_changed_alone(world: World) -> None:
    run = world.start(parameters={"a": 1}, pickled=b"p", tags=("x",))
    bare = world.start()
    with world.store.write() as tx:
        tx.update_run(run.id, "calm-hen", None, None)
    with world.store.write() as tx:
        tx.update_run(run.id, None, ("y", "z"), None)
        tx.update_run(bare.id, None, (), '{"b": 2}')
        tx.update_run(world.id(), "ghost", ("t",), "{}")
    with world.store.read() as tx:
        named, given = tx.new_run(run.id), tx.new_run(bare.id)
        assert named is not None
        assert given is not None
    assert (named.name, named.tags, named.parameters) == ("calm-hen", ("y", "z"), {"a": 1})
    assert (given.name, given.tags, given.parameters) == ("brave-otter", (), {"b": 2})
    with world.store.write() as tx:
        tx.update_run(run.id, None, None, '{"a": 2}')
        changed_parameters = tx.new_run(run.id)
    assert changed_parameters is not None
    # What the process would be entered with must not differ from what people see.
    assert (changed_parameters.parameters, changed_parameters.pickled) == ({"a": 2}, None)


def test_time_spent_running_leaves_waiting_out(world: World) -> None:
    run = world.start(Phase.PENDING, owner=None)
    running = world.change(run, phase=Phase.RUNNING, owner="p1")
    began = world.now
    world.now = began + MINUTE
    pausing = world.change(running, name="Pausing")
    world.now = began + 2 * MINUTE
    paused = world.ask(pausing)
    world.now = began + 60 * MINUTE
    world.change(paused, phase=Phase.RUNNING, waits=())
    resumed = world.locked(run.id)
    world.now = began + 61 * MINUTE
    world.change(resumed, phase=Phase.COMPLETED, owner=None)
    with world.store.read() as tx:
        view = tx.flow_run(run.id)
    assert view is not None
    assert view.start_time is not None
    assert view.end_time is not None
    assert int(view.start_time.timestamp() * 1e6) == began
    assert round(view.total_run_time.total_seconds() / 60) == 3
    assert round((view.end_time - view.start_time).total_seconds() / 60) == 61


def test_deleting_a_run_removes_everything_that_belongs_to_it(world: World) -> None:
    run = world.start(parameters={"a": 1})
    other = world.start()
    asked = world.ask(run)
    wait = asked.waits[0]
    task = world.task(run)
    world.store.finish_tasks([task], world.now)
    with world.store.write() as tx:
        tx.write_logs([world.line(run), world.line(other)])
        tx.put_input(run.id, "k", "1", None, world.now)
        tx.put_input(other.id, "k", "1", None, world.now)
    world.ask(other)
    with world.store.write() as tx:
        assert tx.delete_run(run.id)
        assert tx.inbox_count() == 1
    with world.store.write() as tx:
        assert tx.lock_run(run.id) is None
        assert tx.task_result(task.id) is None
        assert tx.responses(wait.id) == ()
        assert [item.run_id for item in tx.inbox(10, 0, None)] == [other.id]
        assert tx.inbox_count() == 1
        assert not tx.delete_run(run.id)
        # Nothing of the old one comes back with the number that it gave up.
        again = world.new(id=run.id)
        assert world.insert(tx, again, fresh(again, Phase.RUNNING, None, world.now))
        assert (tx.waits(run.id), tx.journal(run.id), len(tx.history(run.id))) == ((), (), 1)
        assert tx.input(run.id, "k") is None
        assert tx.input(other.id, "k") is not None


def test_entry_records_are_shared_and_survive_their_first_run(world: World) -> None:
    first = world.start(entry_record=ENTRY)
    second = world.start(entry_record=replace(ENTRY))
    with world.store.write() as tx:
        tx.delete_run(first.id)
    with world.store.read() as tx:
        facts = tx.run_facts(second.id)
    assert facts is not None
    assert facts.entry_record == ENTRY
