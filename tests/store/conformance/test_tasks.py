"""The journal, and what people see of tasks: records, starts and log lines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from signoff.model.journal import Result, ResultKind, TaskInput, TaskInputs
from signoff.model.queries import ReadLogs, ReadTaskRuns
from signoff.model.runs import Phase
from signoff.model.states import StateType
from tests.store.samples import World

pytestmark = pytest.mark.store


def test_a_record_comes_back_as_it_went_in(world: World) -> None:
    run = world.start()
    plain = world.task(run)
    rich = world.task(
        run,
        attempt=2,
        scope="outer",
        inputs="",
        occurrence=7,
        place="site#7",
        state_type=StateType.FAILED,
        state_name="TimedOut",
        message="too slow: 7 > 5",
        result=Result(ResultKind.FILE, None, "results/x", "preview"),
        run_count=3,
        tags=("a", "b"),
        child=world.id(),
    )
    empty = world.task(run, result=Result(ResultKind.NONE), place="site#8")
    assert world.store.finish_tasks([plain], world.now) == ()
    assert world.store.finish_tasks([rich, empty], world.now) == ()
    with world.store.read() as tx:
        assert tx.journal(run.id) == (plain, rich, empty)
        assert tx.task_result(rich.id) == rich.result
        assert tx.task_result(empty.id) == empty.result


def test_the_journal_is_in_the_order_of_ending(world: World) -> None:
    run = world.start()
    first, second = world.task(run), world.task(run)
    world.store.finish_tasks([second], world.now)
    world.store.finish_tasks([first], world.now)
    with world.store.read() as tx:
        assert tx.journal(run.id) == (first, second)


def test_what_has_begun_and_not_ended_is_known(world: World) -> None:
    run = world.start()
    call = world.task_start(run, inputs="ab", occurrence=3, place="site#3", child=world.id())
    ended, other = world.task_start(run), world.task_start(run, attempt=2)
    with world.store.write() as tx:
        tx.start_tasks([call, ended, other])
    world.store.finish_tasks([world.task(run, id=ended.id)], world.now)
    with world.store.read() as tx:
        assert tx.begun(run.id, 1) == (call,)
        assert tx.begun(run.id, 2) == (other,)


def test_what_nobody_goes_on_with_is_given_up(world: World) -> None:
    run = world.start()
    child = world.start(parent_run_id=run.id)
    goes_on = world.task_start(run, child=child.id)
    lost = [world.task_start(run, name="slow"), world.task_start(run, child=world.id())]
    with world.store.write() as tx:
        tx.start_tasks([goes_on, *lost])
        tx.give_up_tasks(run.id, "nobody came back to it", world.now)
    with world.store.read() as tx:
        assert tx.begun(run.id, 1) == (goes_on,)
        assert tx.journal(run.id) == ()
        crashed = [view for view in tx.task_runs(ReadTaskRuns()) if view.state_name == "Crashed"]
        assert {view.id for view in crashed} == {start.id for start in lost}


def test_every_end_of_a_task_is_kept(world: World) -> None:
    run = world.start()
    tasks = [world.task(run, state_type=kind, state_name=kind.value.title()) for kind in StateType]
    world.store.finish_tasks(tasks, world.now)
    with world.store.read() as tx:
        assert tx.journal(run.id) == tuple(tasks)


def test_a_process_with_an_older_entry_number_records_nothing(world: World) -> None:
    run = world.start()
    late = world.task(run)
    entered = world.change(run, entry=2, owner="p2")
    good = world.task(entered)
    assert world.store.finish_tasks([late], world.now) == (run.id,)
    assert world.store.finish_tasks([good, late], world.now) == (run.id,)
    with world.store.read() as tx:
        assert tx.journal(run.id) == (good,)


def test_fencing_judges_each_run_by_itself(world: World) -> None:
    mine, taken, gone = world.start(), world.start(), world.start()
    tasks = [world.task(run) for run in (gone, mine, taken)]
    world.change(taken, entry=2)
    with world.store.write() as tx:
        tx.delete_run(gone.id)
    assert set(world.store.finish_tasks(tasks, world.now)) == {taken.id, gone.id}
    with world.store.read() as tx:
        assert tx.journal(mine.id) == (tasks[1],)
        assert tx.journal(gone.id) == ()


def test_nothing_to_record_is_fine(world: World) -> None:
    assert world.store.finish_tasks([], world.now) == ()


def test_a_record_is_kept_once_however_often_it_is_delivered(world: World) -> None:
    run = world.start()
    task = world.task(run)
    for _ in range(3):
        assert world.store.finish_tasks([task], world.now) == ()
    with world.store.read() as tx:
        assert tx.journal(run.id) == (task,)


def test_a_started_task_is_seen_running_but_is_not_in_the_journal(world: World) -> None:
    run = world.start()
    start = world.task_start(run, tags=("slow",))
    with world.store.write(durable=False) as tx:
        tx.start_tasks([start])
        assert tx.journal(run.id) == ()
        assert tx.task_result(start.id) is None
        view = tx.task_run(start.id)
    assert view is not None
    assert view.state is not None
    assert (view.state.type, view.tags, view.end_time) == (StateType.RUNNING, ["slow"], None)


def test_a_retried_start_counts_up_and_a_finish_overwrites_it(world: World) -> None:
    run = world.start()
    start = world.task_start(run)
    task = world.task(run, id=start.id, run_count=2)
    with world.store.write() as tx:
        tx.start_tasks([start])
        tx.start_tasks([replace(start, run_count=2)])
        tx.start_tasks([start])
        view = tx.task_run(start.id)
    assert view is not None
    assert view.run_count == 2
    world.store.finish_tasks([task], world.now)
    with world.store.read() as tx:
        assert tx.journal(run.id) == (task,)


def test_a_start_that_comes_late_never_overwrites_a_finish(world: World) -> None:
    run = world.start()
    start = world.task_start(run, run_count=9)
    task = world.task(run, id=start.id)
    world.store.finish_tasks([task], world.now)
    with world.store.write() as tx:
        tx.start_tasks([start])
        assert tx.journal(run.id) == (task,)


def test_starts_of_runs_that_are_gone_are_dropped(world: World) -> None:
    run = world.start()
    ghost = replace(world.task_start(run), run_id=world.id())
    start = world.task_start(run)
    with world.store.write() as tx:
        tx.start_tasks([ghost, start])
        tx.start_tasks([])
        assert [view.id for view in tx.task_runs(ReadTaskRuns())] == [start.id]


def test_what_a_task_depends_on_is_kept_once(world: World) -> None:
    run = world.start()
    start, plain, first = world.task_start(run), world.task_start(run), world.id()
    given = (
        TaskInput("x", first),
        TaskInput("x", run.id, "flow_run"),
        TaskInput("wait_for", first),
    )
    inputs = TaskInputs(start.id, run.id, given)
    with world.store.write() as tx:
        tx.put_task_inputs([inputs, replace(inputs, run_id=world.id())])
        tx.start_tasks([start, plain])
        tx.put_task_inputs([replace(inputs, given=()), inputs])
        tx.put_task_inputs([])
        views = {view.id: view.task_inputs for view in tx.task_runs(ReadTaskRuns())}
    one = {"input_type": "task_run", "id": str(first)}
    assert views == {
        plain.id: {},
        start.id: {"x": [one, {"input_type": "flow_run", "id": str(run.id)}], "wait_for": [one]},
    }


def test_log_lines_are_kept_once_and_in_order(world: World) -> None:
    run = world.start()
    task = world.id()
    lines = [
        world.line(run, "second", at=world.now + 2),
        world.line(run, "first", at=world.now + 1, task_run_id=task, level=40, name="my.logger"),
        world.line(run, "odd \x00 \ud800", at=world.now + 3),
    ]
    with world.store.write(durable=False) as tx:
        tx.write_logs(lines)
        tx.write_logs(lines[:2])
        tx.write_logs([replace(lines[0], run_id=world.id())])
        tx.write_logs([])
    with world.store.read() as tx:
        found = tx.logs(ReadLogs())
    assert [log.message for log in found] == ["first", "second", "odd \ufffd \ufffd"]
    first = found[0]
    assert (first.id, first.level, first.name) == (lines[1].id, 40, "my.logger")
    assert (first.flow_run_id, first.task_run_id) == (run.id, task)
    assert round(first.timestamp.timestamp() * 1e6) == world.now + 1


def test_records_and_a_new_entry_exclude_each_other(world: World) -> None:
    """A record that is accepted is in the journal that the next process reads."""
    run = world.start()
    task = world.task(run)
    entered = world.change(run, entry=2)
    with world.store.read() as tx:
        journal = tx.journal(run.id)
    stale = world.store.finish_tasks([task], world.now)
    assert (task in journal) is (stale == ())
    assert world.locked(run.id).entry == entered.entry
    assert world.change(entered, phase=Phase.COMPLETED).phase is Phase.COMPLETED
