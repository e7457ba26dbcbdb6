"""The life of a run, as its process reports it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from signoff.model.commands import (
    BeginAttempt,
    CancelRun,
    CreateRun,
    EnterRun,
    FinishRun,
    FinishTasks,
    Request,
    RetryAttempt,
    StartRun,
    StartTasks,
    WriteLogs,
)
from signoff.model.errors import (
    InvalidRequest,
    ObjectAlreadyExists,
    ObjectNotFound,
    StaleEntry,
    TransitionRefused,
)
from signoff.model.journal import LogLine, TaskStart
from signoff.model.lookups import ReadEntry, ReadJournal, ReadResult, ReadSignals
from signoff.model.queries import (
    ReadEvents,
    ReadFlow,
    ReadFlows,
    ReadLogs,
    ReadRun,
    ReadRuns,
    ReadTaskResult,
    ReadTaskRun,
    ReadTaskRuns,
)
from signoff.model.runs import Phase
from tests.service.world import FLOW, KEPT, RECORD, START, World

pytestmark = pytest.mark.service


def test_a_run_starts_in_one_step(world: World) -> None:
    run = world.start(tags=("a",), parameters={"n": 1})
    assert (run.phase, run.entry, run.attempt, run.created) == (Phase.RUNNING, 1, 1, True)
    view = world.view(run)
    assert (view.run_count, view.entries, view.flow_name) == (1, 1, "deploy")
    assert (view.tags, view.parameters) == (["a"], {"n": 1})
    assert world.told() == set()


def test_starting_twice_with_the_same_id_is_the_same_start(world: World) -> None:
    world.process("p1")
    new = world.new()
    first = world.ask(StartRun(new, "p1"), FLOW)
    assert world.ask(StartRun(new, "p1"), FLOW) == first
    with pytest.raises(ObjectAlreadyExists):
        world.ask(StartRun(new, "p2"), FLOW)


def test_an_idempotency_key_gives_back_the_first_run(world: World) -> None:
    first = world.create(idempotency_key="today")
    again = world.create(idempotency_key="today")
    assert (again.run_id, again.created) == (first.run_id, False)
    assert world.create(idempotency_key="today", flow_name="other").created
    assert world.start(idempotency_key="today").run_id == first.run_id


def test_creating_twice_with_the_same_id_is_one_run(world: World) -> None:
    new = world.new()
    first = world.ask(CreateRun(new, Phase.SCHEDULED, START + 5))
    assert world.ask(CreateRun(new, Phase.SCHEDULED, START + 5)) == first
    assert first.phase is Phase.SCHEDULED
    assert len(world.ask(ReadRuns())) == 1


def test_a_created_run_is_entered(world: World) -> None:
    run = world.create(parameters={"n": 1})
    entered = world.enter(run, "p1")
    assert (entered.handle.phase, entered.handle.entry) == (Phase.RUNNING, 1)
    assert entered.run.parameters == {"n": 1}
    assert entered.run.entry_record == RECORD
    assert entered.expected == START
    assert world.ask(EnterRun(run.run_id, "p1"), FLOW).handle.entry == 1


def test_nobody_enters_beside_a_living_process(world: World) -> None:
    run = world.start()
    with pytest.raises(TransitionRefused, match="p1"):
        world.enter(run, "p2")


def test_a_new_entry_fences_the_old_one_off(world: World) -> None:
    run = world.start()
    world.dead.add("p1")
    world.told()
    entered = world.enter(run, "p2").handle
    assert entered.entry == 2
    # It may be asleep rather than dead; when it wakes it hears of it.
    assert world.told() == {("poll:p1", run.run_id)}
    for request in (
        FinishRun(run.run_id, 1, Phase.COMPLETED, None, None, KEPT),
        RetryAttempt(run.run_id, 1, START, None),
        BeginAttempt(run.run_id, 1),
        FinishTasks((world.task(run),)),
    ):
        with pytest.raises(StaleEntry):
            world.ask(request, FLOW)
    assert world.ask(ReadJournal(run.run_id)) == ()
    assert world.finish(entered).phase is Phase.COMPLETED


def test_a_finished_run_keeps_its_result_and_its_history(world: World) -> None:
    run = world.start()
    world.later(2)
    ended = world.finish(run)
    assert ended.phase is Phase.COMPLETED
    assert world.ask(ReadResult(run.run_id)) == KEPT
    assert world.history(run) == [("start", "ann", None), ("complete", "ann", None)]
    view = world.view(run)
    assert view.total_run_time.total_seconds() == 2
    assert view.end_time is not None


def test_saying_the_same_end_twice_is_one_end(world: World) -> None:
    run = world.start()
    first = world.finish(run)
    assert world.finish(run) == first
    with pytest.raises(StaleEntry):
        world.finish(run, Phase.FAILED)


def test_a_run_ends_only_in_a_final_phase(world: World) -> None:
    run = world.start()
    with pytest.raises(InvalidRequest, match="running"):
        world.finish(run, Phase.RUNNING)


def test_a_retry_begins_the_next_attempt(world: World) -> None:
    run = world.start()
    waiting = world.ask(RetryAttempt(run.run_id, run.entry, START + 5, "boom"), FLOW)
    assert (waiting.phase, waiting.attempt, waiting.state_name) == (
        Phase.RETRYING,
        2,
        "AwaitingRetry",
    )
    assert world.view(run).run_count == 1
    begun = world.ask(BeginAttempt(run.run_id, run.entry), FLOW)
    assert begun.phase is Phase.RUNNING
    view = world.view(run)
    assert (view.run_count, view.entries) == (2, 1)


def test_ended_tasks_are_the_journal(world: World) -> None:
    run = world.start()
    task = world.task(run)
    world.ask(FinishTasks((task,)), FLOW)
    world.ask(FinishTasks((task,)), FLOW)
    assert world.ask(ReadJournal(run.run_id)) == (task,)
    assert world.ask(ReadTaskResult(task.id)) == KEPT
    assert world.ask(ReadTaskRun(task.id)).name == "add-0"
    world.dead.add("p1")
    assert world.enter(run, "p2").journal == (task,)


def test_one_fenced_task_does_not_hold_back_the_others(world: World) -> None:
    mine, taken = world.start("p1"), world.start("p2")
    world.dead.add("p2")
    world.enter(taken, "p3")
    task = world.task(mine)
    with pytest.raises(StaleEntry) as refused:
        world.ask(FinishTasks((world.task(taken), task)), FLOW)
    assert refused.value.details["runs"] == [str(taken.run_id)]
    assert world.ask(ReadJournal(mine.run_id)) == (task,)


def test_a_start_record_never_covers_an_end(world: World) -> None:
    run = world.start()
    task = world.task(run)
    start = TaskStart(task.id, run.run_id, 1, "", "add", "add-0", START, 1)
    world.ask(StartTasks((start,)), FLOW)
    assert world.ask(ReadTaskRun(task.id)).state_name == "Running"
    world.ask(FinishTasks((task,)), FLOW)
    world.ask(StartTasks((start,)), FLOW)
    assert world.ask(ReadTaskRun(task.id)).state_name == "Completed"
    assert len(world.ask(ReadTaskRuns())) == 1


def test_a_repeated_log_line_is_one_line(world: World) -> None:
    run = world.start()
    line = LogLine(world.new_id(), run.run_id, None, 20, "signoff", "hello", START)
    world.ask(WriteLogs((line,)), FLOW)
    world.ask(WriteLogs((line,)), FLOW)
    assert [each.message for each in world.ask(ReadLogs())] == ["hello"]


def test_signals_say_where_runs_stand_and_which_are_gone(world: World) -> None:
    run, gone = world.start(), uuid4()
    signals = world.ask(ReadSignals((gone, run.run_id)))
    assert [(each.run_id, each.phase) for each in signals] == [
        (gone, Phase.ABSENT),
        (run.run_id, Phase.RUNNING),
    ]
    # Newer than any entry, so that its process cannot take it for old news.
    assert signals[0].entry > run.entry


def test_flows_and_events_are_read(world: World) -> None:
    run = world.start()
    flow = world.ask(ReadFlow(name="deploy"))
    assert flow.id == run.flow_id
    assert world.ask(ReadFlow(flow_id=run.flow_id)).name == "deploy"
    assert [each.name for each in world.ask(ReadFlows())] == ["deploy"]
    events = world.ask(ReadEvents(0))
    assert [each.run_id for each in events] == [run.run_id]
    assert world.ask(ReadEvents(events[-1].seq)) == ()
    assert world.ask(ReadEntry(run.run_id)) == RECORD


@pytest.mark.parametrize(
    "request_of",
    [
        ReadRun,
        ReadResult,
        ReadJournal,
        ReadEntry,
        ReadTaskRun,
        ReadTaskResult,
        lambda id: ReadFlow(flow_id=id),
        lambda id: EnterRun(id, "p1"),
        lambda id: FinishRun(id, 1, Phase.COMPLETED, None, None, KEPT),
    ],
)
def test_what_does_not_exist_is_named(
    world: World, request_of: Callable[[UUID], Request[object]]
) -> None:
    id = uuid4()
    with pytest.raises(ObjectNotFound, match=str(id)):
        world.ask(request_of(id))


def test_pages_do_not_go_backwards(world: World) -> None:
    for query in (ReadRuns(limit=-1), ReadRuns(offset=-1), ReadLogs(limit=-1)):
        with pytest.raises(InvalidRequest, match="must not be negative"):
            world.ask(query)
    with pytest.raises(InvalidRequest, match="id or by its name"):
        world.ask(ReadFlow())


def test_a_cancellation_that_was_accepted_is_kept(world: World) -> None:
    run = world.start()
    assert world.ask(CancelRun(run.run_id)).phase is Phase.CANCELLING
    ended = world.finish(run)
    assert ended.phase is Phase.CANCELLED
