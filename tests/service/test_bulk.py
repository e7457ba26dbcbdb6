"""One action on many runs: frozen, tried, carried out in batches, with a receipt for every run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from signoff.model.bulk import (
    BulkAction,
    BulkPreview,
    BulkStatus,
    BulkView,
    Outcome,
    PreviewBulk,
    ReadBulk,
    ReadReceipts,
    RunBulk,
    StopBulk,
)
from signoff.model.errors import InvalidRequest, ObjectNotFound, TransitionRefused
from signoff.model.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterTags,
)
from signoff.model.queries import CountInbox, ReadWait
from signoff.model.replies import RunHandle
from signoff.model.runs import Phase
from signoff.service import stepping
from signoff.service.stepping import Partly
from tests.service.world import BOB, CAROL, LOGIN, YES_NO, World

pytestmark = pytest.mark.service

PAUSED = FlowRunFilter(state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Paused"])))
EVERY = FlowRunFilter()
YES = {"approved": True}


def waiting(world: World, count: int, form: Any = YES_NO, **facts: Any) -> list[RunHandle]:
    runs = [world.start(**facts) for _ in range(count)]
    for run in runs:
        world.open(run, form=form)
    return runs


def preview(world: World, action: BulkAction = BulkAction.RESUME, **facts: Any) -> BulkPreview:
    given = {"flow_runs": PAUSED} | facts
    return world.ask(PreviewBulk(action, **given), BOB)


def carry_out(world: World, shown: BulkPreview, size: int = 200) -> BulkView:
    while True:
        bulk = world.ask(RunBulk(shown.bulk.id, shown.bulk.digest, size), BOB)
        if bulk.is_over:
            return bulk


def receipts(world: World, bulk: BulkView, **facts: Any) -> dict[UUID, str | None]:
    return {
        each.run_id: each.reason if each.outcome is Outcome.REFUSED else "done"
        for each in world.ask(ReadReceipts(bulk.id, **facts))
    }


def test_a_preview_changes_nothing(world: World) -> None:
    runs = waiting(world, 3)
    world.told()
    before = [world.history(run) for run in runs]
    shown = preview(world, run_input=YES)
    assert (shown.bulk.total, shown.judged, shown.refusals) == (3, 3, ())
    assert shown.bulk.status is BulkStatus.PREVIEWED
    assert [sample.run_id for sample in shown.sample] == [run.run_id for run in runs]
    assert {(one.name, one.flow_name, one.state_name, one.refusal) for one in shown.sample} == {
        ("swift-otter", "deploy", "Paused", None)
    }
    assert [world.history(run) for run in runs] == before
    assert world.ask(CountInbox()) == 3
    assert not world.told()


def test_every_run_goes_on_and_has_a_receipt(world: World) -> None:
    runs = waiting(world, 5)
    shown = preview(world, run_input=YES)
    world.told()
    bulk = carry_out(world, shown, size=2)
    assert (bulk.status, bulk.done, bulk.refused, bulk.left) == (BulkStatus.FINISHED, 5, 0, 0)
    assert receipts(world, bulk) == {run.run_id: "done" for run in runs}
    assert {world.phase(run) for run in runs} == {"Running"}
    assert {run_id for _, run_id in world.told()} == {run.run_id for run in runs}
    assert world.ask(CountInbox()) == 0
    for run in runs:
        wait = world.ask(ReadWait(run.run_id, "go"))
        assert wait.answer == {"approved": True, "reason": "none given"}
        assert wait.answered_by == BOB
        assert [response.by for response in wait.responses] == [BOB]
        assert world.history(run)[-1] == ("answer", "bob", "go")


def test_the_set_is_the_one_that_was_shown(world: World) -> None:
    first = waiting(world, 2)
    shown = preview(world, run_input=YES)
    later = waiting(world, 1)
    bulk = carry_out(world, shown)
    assert set(receipts(world, bulk)) == {run.run_id for run in first}
    assert world.phase(later[0]) == "Paused"


def test_only_what_was_shown_is_carried_out(world: World) -> None:
    waiting(world, 2)
    shown = preview(world, run_input=YES)
    other = preview(world, run_input={"approved": False})
    assert other.bulk.digest != shown.bulk.digest
    with pytest.raises(InvalidRequest, match=shown.bulk.digest):
        world.ask(RunBulk(shown.bulk.id, other.bulk.digest))
    assert world.ask(ReadBulk(shown.bulk.id)).left == 2


def test_the_same_set_has_the_same_digest(world: World) -> None:
    waiting(world, 2)
    assert preview(world, run_input=YES).bulk.digest == preview(world, run_input=YES).bulk.digest
    assert preview(world).bulk.digest != preview(world, BulkAction.CANCEL).bulk.digest


def test_what_needs_an_input_is_never_resumed_empty(world: World) -> None:
    (needs,) = waiting(world, 1)
    (asks_nothing,) = waiting(world, 1, form=None)
    shown = preview(world)
    assert shown.judged == 2
    assert [one.count for one in shown.refusals] == [1]
    assert "approved" in shown.refusals[0].reason
    bulk = carry_out(world, shown)
    told = receipts(world, bulk)
    assert told[asks_nothing.run_id] == "done"
    assert "approved" in (told[needs.run_id] or "")
    assert (world.phase(needs), world.phase(asks_nothing)) == ("Paused", "Running")


def test_an_input_nobody_asked_for_is_not_lost_silently(world: World) -> None:
    (asks_nothing,) = waiting(world, 1, form=None)
    bulk = carry_out(world, preview(world, run_input=YES))
    assert "asks for no input" in (receipts(world, bulk)[asks_nothing.run_id] or "")
    assert world.phase(asks_nothing) == "Paused"


def test_a_refused_run_says_why_and_holds_up_no_other(world: World) -> None:
    good, several, late, ended = waiting(world, 4)
    world.open(several, "second")
    world.open(late, "soon", timeout=5, form=YES_NO)
    world.answer(late, YES, key="go")
    missing = uuid4()
    shown = preview(
        world,
        flow_runs=None,
        run_input=YES,
        run_ids=(missing, *(run.run_id for run in (ended, several, late, good, good))),
    )
    world.answer(ended, YES)
    world.finish(ended)
    world.later(10)
    bulk = carry_out(world, shown)
    assert (bulk.total, bulk.done, bulk.refused) == (5, 1, 4)
    told = receipts(world, bulk)
    assert list(told) == [missing, ended.run_id, several.run_id, late.run_id, good.run_id]
    assert told[good.run_id] == "done"
    assert "no flow run" in (told[missing] or "")
    assert "isn't paused" in (told[ended.run_id] or "")
    assert "several answers" in (told[several.run_id] or "")
    assert "expired" in (told[late.run_id] or "")
    # Its deadline has passed all the same, and that stands.
    assert world.view(late).state_name != "Paused"
    refused = receipts(world, bulk, outcome=Outcome.REFUSED)
    assert set(refused) == set(told) - {good.run_id}
    assert list(receipts(world, bulk, after=3)) == [late.run_id, good.run_id]
    assert list(receipts(world, bulk, limit=2)) == [missing, ended.run_id]


def test_a_batch_is_carried_out_in_steps_between_which_others_are_served(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in ("FIRST", "LEAST", "MOST"):
        monkeypatch.setattr(stepping, bound, 2)
    runs = waiting(world, 7)
    shown = preview(world, run_input=YES)
    request = RunBulk(shown.bulk.id, shown.bulk.digest, 5)
    step = world.service.apply_step(request, BOB)
    assert isinstance(step, Partly)
    assert (step.reply.done, step.rest) == (2, replace(request, size=3))
    assert world.ask(ReadBulk(shown.bulk.id)) == step.reply
    assert not world.answer(runs[2], YES).replayed
    # The rest of a batch is done by whoever asked for it.
    bulk = world.ask(cast("RunBulk", step.rest))
    assert (bulk.status, bulk.done, bulk.refused) == (BulkStatus.RUNNING, 4, 1)
    assert carry_out(world, shown).done == 6
    assert [why for why in receipts(world, bulk).values() if why != "done"] == [
        "Cannot resume a run that isn't paused!"
    ]


def test_receipts_say_nothing_of_what_was_not_done_yet(world: World) -> None:
    runs = waiting(world, 4)
    shown = preview(world, flow_runs=None, run_ids=tuple(run.run_id for run in runs))
    assert receipts(world, shown.bulk) == {}
    bulk = world.ask(RunBulk(shown.bulk.id, shown.bulk.digest, 2))
    assert list(receipts(world, bulk)) == [run.run_id for run in runs[:2]]
    assert list(receipts(world, bulk, outcome=Outcome.REFUSED)) == [run.run_id for run in runs[:2]]
    assert receipts(world, bulk, outcome=Outcome.DONE) == {}


def test_a_stopped_bulk_action_does_no_more(world: World) -> None:
    runs = waiting(world, 4)
    shown = preview(world, run_input=YES)
    world.ask(RunBulk(shown.bulk.id, shown.bulk.digest, 1))
    stopped = world.ask(StopBulk(shown.bulk.id), CAROL)
    assert (stopped.status, stopped.done, stopped.left) == (BulkStatus.STOPPED, 1, 3)
    with pytest.raises(TransitionRefused, match="stopped after 1 of 4"):
        world.ask(RunBulk(shown.bulk.id, shown.bulk.digest))
    assert [world.phase(run) for run in runs] == ["Running", "Paused", "Paused", "Paused"]
    assert world.ask(StopBulk(shown.bulk.id)) == stopped


def test_a_finished_one_stays_finished(world: World) -> None:
    waiting(world, 1)
    shown = preview(world, run_input=YES)
    done = carry_out(world, shown)
    assert world.ask(RunBulk(shown.bulk.id, shown.bulk.digest)) == done
    assert world.ask(StopBulk(shown.bulk.id)) == done


def test_an_empty_set_is_finished_at_once(world: World) -> None:
    shown = preview(world)
    assert (shown.bulk.total, shown.sample) == (0, ())
    assert carry_out(world, shown).status is BulkStatus.FINISHED


@pytest.mark.parametrize(
    ("action", "phase"),
    [
        (BulkAction.CANCEL, "Cancelled"),
        (BulkAction.PAUSE, "Paused"),
        (BulkAction.SUSPEND, "Suspended"),
    ],
)
def test_waiting_runs_whose_process_died(world: World, action: BulkAction, phase: str) -> None:
    runs = waiting(world, 3)
    world.dead.add("p1")
    bulk = carry_out(world, preview(world, action))
    assert bulk.done == 3
    assert {world.phase(run) for run in runs} == {phase}


def test_answered_runs_whose_process_died_wait_for_another(world: World) -> None:
    runs = waiting(world, 3)
    world.dead.add("p1")
    assert carry_out(world, preview(world, run_input=YES)).done == 3
    assert {world.phase(run) for run in runs} == {"Resuming"}
    assert {each.run_id for each in world.service.sweep(100).to_enter} == {
        run.run_id for run in runs
    }


def test_living_runs_are_suspended_at_their_next_boundary(world: World) -> None:
    runs = waiting(world, 3, form=None)
    bulk = carry_out(world, preview(world, BulkAction.SUSPEND))
    assert bulk.done == 3
    assert {world.phase(run) for run in runs} == {"Suspending"}
    assert {run_id for _, run_id in world.told()} >= {run.run_id for run in runs}


def test_suspended_runs_are_resumed(world: World) -> None:
    runs = [world.start() for _ in range(3)]
    world.dead.add("p1")
    assert carry_out(world, preview(world, BulkAction.SUSPEND, flow_runs=EVERY)).done == 3
    assert {world.phase(run) for run in runs} == {"Suspended"}
    assert carry_out(world, preview(world, flow_runs=EVERY)).done == 3
    assert {world.phase(run) for run in runs} == {"Resuming"}


def test_children_are_cancelled_with_their_parents(world: World) -> None:
    parents = [world.start() for _ in range(2)]
    children = [world.start(parent_run_id=parent.run_id) for parent in parents]
    for child in children:
        world.open(child, form=YES_NO)
    assert {world.phase(run) for run in (*parents, *children)} == {"Paused"}
    bulk = carry_out(world, preview(world, BulkAction.CANCEL))
    assert bulk.total == 4
    assert {world.phase(run) for run in (*parents, *children)} == {"Cancelling"}


def test_parents_go_on_with_their_children(world: World) -> None:
    parents = [world.start() for _ in range(2)]
    children = [world.start(parent_run_id=parent.run_id) for parent in parents]
    for child in children:
        world.open(child, form=YES_NO)
    shown = preview(world, run_input=YES)
    bulk = carry_out(world, shown)
    told = receipts(world, bulk)
    assert all(told[child.run_id] == "done" for child in children)
    assert {world.phase(run) for run in (*parents, *children)} == {"Running"}


def test_failed_runs_are_tried_again(world: World) -> None:
    runs = [world.start() for _ in range(2)]
    for run in runs:
        world.finish(run, Phase.FAILED)
    failed = FlowRunFilterState(name=FlowRunFilterStateName(any_=["Failed"]))
    bulk = carry_out(world, preview(world, BulkAction.RETRY, flow_runs=FlowRunFilter(state=failed)))
    assert bulk.done == 2
    assert {world.phase(run) for run in runs} == {"Resuming"}


def test_deleted_runs_are_gone_with_what_they_asked(world: World) -> None:
    runs = waiting(world, 3)
    bulk = carry_out(world, preview(world, BulkAction.DELETE))
    assert bulk.done == 3
    assert world.ask(CountInbox()) == 0
    for run in runs:
        with pytest.raises(ObjectNotFound):
            world.view(run)


def test_filters_choose(world: World) -> None:
    (wanted,) = waiting(world, 1, tags=("red",))
    waiting(world, 1, tags=("blue",))
    waiting(world, 1, flow_name="other", tags=("red",))
    shown = preview(
        world,
        flows=FlowFilter(name=FlowFilterName(any_=["deploy"])),
        flow_runs=FlowRunFilter(tags=FlowRunFilterTags(all_=["red"])),
    )
    assert [sample.run_id for sample in shown.sample] == [wanted.run_id]


def test_a_secret_input_is_unreadable_in_the_database(world: World) -> None:
    waiting(world, 1, form=LOGIN)
    shown = preview(world, run_input={"user": "ann", "password": "hunter2"})
    with world.store.read() as tx:
        found = tx.bulks.read(shown.bulk.id, lock=False)
    assert found is not None
    assert "hunter2" not in (found[1] or "")
    assert carry_out(world, shown).done == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"flow_runs": None},
        {"run_ids": (UUID(int=1),)},
        {"action": BulkAction.CANCEL, "run_input": YES},
    ],
)
def test_a_preview_says_what_it_lacks(world: World, facts: dict[str, Any]) -> None:
    given = {"action": BulkAction.RESUME, "flow_runs": EVERY} | facts
    with pytest.raises(InvalidRequest):
        world.ask(PreviewBulk(**given))


def test_an_unknown_bulk_action_is_not_found(world: World) -> None:
    for request in (ReadBulk(UUID(int=1)), StopBulk(UUID(int=1)), ReadReceipts(UUID(int=1))):
        with pytest.raises(ObjectNotFound, match="no bulk action"):
            world.ask(request)
