"""Waiting and answering, one command at a time."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from signoff.model.commands import (
    BeginAttempt,
    HoldRun,
    OpenWait,
    PollWait,
    ReopenWait,
    RetryAttempt,
    TakeOutcome,
    WithdrawWait,
)
from signoff.model.errors import (
    AmbiguousWait,
    AnswerConflict,
    InvalidAnswer,
    InvalidRequest,
    NotPausedError,
    ObjectNotFound,
    StaleEntry,
    TransitionRefused,
)
from signoff.model.forms import FieldError
from signoff.model.queries import CountInbox, ReadInbox, ReadSettled, ReadWait, ReadWaits
from signoff.model.runs import Phase
from signoff.model.waits import WaitKind, WaitStatus
from tests.service.world import BOB, CAROL, FLOW, SECOND, START, YES_NO, World

pytestmark = pytest.mark.service


def test_a_wait_lands_with_its_form_and_its_deadline_in_one_step(world: World) -> None:
    run = world.start()
    outcome = world.open(run, form=YES_NO, timeout=60)
    assert outcome.status is WaitStatus.OPEN
    assert outcome.deadline == START + 60 * SECOND
    assert outcome.phase is Phase.PAUSED
    view = world.ask(ReadWait(run.run_id))
    assert view.form == YES_NO
    assert view.item.title == "Go on?"
    assert view.item.alive
    assert world.phase(run) == "Paused"
    assert world.history(run) == [("start", "ann", None), ("open", "ann", "go")]


def test_an_answer_makes_the_run_go_on_and_tells_the_waiting_process(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.told()
    reply = world.answer(run, {"approved": True})
    assert (reply.key, reply.phase, reply.needs_entry) == ("go", Phase.RUNNING, False)
    assert (reply.answered_by, reply.answered_at) == (BOB, START)
    assert world.told() == {("poll:p1", run.run_id)}
    outcome = world.poll(run)
    assert outcome.status is WaitStatus.ANSWERED
    assert outcome.answer == {"approved": True, "reason": "none given"}
    assert outcome.by == BOB
    assert world.phase(run) == "Running"


def test_opening_a_wait_tells_nobody(world: World) -> None:
    run = world.start()
    world.told()
    world.open(run)
    assert world.told() == set()


def test_a_wrong_answer_changes_nothing_and_names_each_field(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    before = world.view(run)
    with pytest.raises(InvalidAnswer) as refused:
        world.answer(run, {"approved": "maybe", "extra": 1})
    assert {error.dotted for error in refused.value.errors} == {"approved", "extra"}
    assert world.view(run).version == before.version
    assert world.phase(run) == "Paused"
    assert world.ask(ReadWait(run.run_id)).responses == ()


def test_no_answer_means_the_initial_values_and_the_defaults(world: World) -> None:
    run = world.start()
    world.open(run, form=replace(YES_NO, initial={"approved": False}))
    world.answer(run)
    assert world.poll(run).answer == {"approved": False, "reason": "none given"}


def test_no_answer_is_refused_where_a_field_is_required(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    with pytest.raises(InvalidAnswer) as refused:
        world.answer(run)
    assert [error.dotted for error in refused.value.errors] == ["approved"]


def test_an_answer_that_is_no_object_is_refused(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    with pytest.raises(InvalidAnswer, match="object"):
        world.answer(run, [1])


def test_an_answer_where_none_is_asked_for_is_ignored_as_documented(world: World) -> None:
    run = world.start()
    world.open(run)
    world.answer(run, {"anything": 1})
    assert world.poll(run).answer is None


def test_the_same_answer_twice_is_success(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.answer(run, {"approved": True})
    world.later(5)
    again = world.answer(run, {"approved": True, "reason": "none given"}, "go", CAROL)
    assert again.replayed
    assert (again.answered_by, again.answered_at) == (BOB, START)
    assert len(world.ask(ReadWaits(run.run_id))[0].responses) == 1


def test_a_different_second_answer_is_a_conflict_that_says_who_and_when(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.answer(run, {"approved": True})
    with pytest.raises(AnswerConflict, match="bob") as refused:
        world.answer(run, {"approved": False}, "go", CAROL)
    details = refused.value.details
    assert (details["answered_by"], details["answered_at"]) == ("bob", START)
    assert world.poll(run).answer["approved"] is True


def test_an_answered_wait_stays_answered_after_its_run_has_ended(world: World) -> None:
    run = world.start()
    outcome = world.open(run, form=YES_NO)
    world.answer(run, {"approved": True})
    world.ask(TakeOutcome(run.run_id, run.entry, outcome.wait_id), FLOW)
    world.finish(run)
    assert world.answer(run, {"approved": True}, "go").replayed
    with pytest.raises(AnswerConflict):
        world.answer(run, {"approved": False}, "go")
    with pytest.raises(NotPausedError):
        world.answer(run, {"approved": True})


def test_a_repeated_request_gets_the_same_reply_and_leaves_one_response(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    request_id = uuid4()
    first = world.answer(run, {"approved": True}, request_id=request_id)
    world.later(9)
    assert world.answer(run, {"approved": True}, request_id=request_id) == first
    assert len(world.ask(ReadWaits(run.run_id))[0].responses) == 1


def test_a_request_id_of_another_run_is_refused(world: World) -> None:
    one, other = world.start(), world.start()
    world.open(one)
    world.open(other)
    request_id = uuid4()
    world.answer(one, request_id=request_id)
    with pytest.raises(InvalidRequest, match="id of its own"):
        world.answer(other, request_id=request_id)


def test_resuming_a_run_that_waits_for_nothing(world: World) -> None:
    run = world.start()
    with pytest.raises(NotPausedError, match="isn't paused"):
        world.answer(run)
    world.open(run)
    world.answer(run)
    with pytest.raises(NotPausedError, match="isn't paused"):
        world.answer(run)


def test_an_unknown_run_and_an_unknown_key_are_named(world: World) -> None:
    run = world.start()
    with pytest.raises(ObjectNotFound, match="no flow run"):
        world.answer(replace(run, run_id=uuid4()))
    world.open(run)
    with pytest.raises(ObjectNotFound, match=r"'other'.*open: go"):
        world.answer(run, key="other")


def test_two_open_waits_must_be_named_and_the_run_goes_on_after_both(world: World) -> None:
    run = world.start()
    world.open(run, "left")
    world.open(run, "right")
    with pytest.raises(AmbiguousWait) as refused:
        world.answer(run)
    assert refused.value.details["keys"] == ["left", "right"]
    with pytest.raises(AmbiguousWait):
        world.ask(ReadWait(run.run_id))
    assert world.answer(run, key="left").phase is Phase.PAUSED
    assert world.poll(run, "left").status is WaitStatus.ANSWERED
    # One is left: it needs no name.
    assert world.answer(run).key == "right"
    assert world.phase(run) == "Running"


def test_a_wait_answers_to_its_alias_too(world: World) -> None:
    run = world.start()
    world.open(run, "left")
    world.open(run, "right")
    assert world.answer(run, key="paused-2").key == "right"


def test_a_key_that_looks_like_an_alias_is_a_question_of_its_own(world: World) -> None:
    run = world.start()
    first = world.open(run, "left")
    second = world.open(run, "paused-1")
    assert second.wait_id != first.wait_id
    assert world.answer(run, key="paused-1").key == "paused-1"
    assert world.poll(run, "paused-1").status is WaitStatus.ANSWERED
    assert world.poll(run, "left").status is WaitStatus.OPEN


def test_an_alias_of_an_earlier_attempt_does_not_answer_a_later_question(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.answer(run, {"approved": True})
    world.ask(RetryAttempt(run.run_id, run.entry, world.now, "failed"), FLOW)
    world.ask(BeginAttempt(run.run_id, run.entry), FLOW)
    world.open(run, form=YES_NO)
    assert world.answer(run, {"approved": True}, "paused-1").replayed
    assert world.poll(run).status is WaitStatus.OPEN
    assert world.answer(run, {"approved": False}, "paused-2").key == "go"


def test_the_same_key_gives_back_the_wait_as_it_is(world: World) -> None:
    run = world.start()
    first = world.open(run, form=YES_NO)
    again = world.open(run, form=YES_NO)
    assert again.wait_id == first.wait_id
    world.answer(run, {"approved": True})
    assert world.open(run, form=YES_NO).answer["approved"] is True
    assert world.phase(run) == "Running"


def test_an_older_entry_is_refused_everywhere(world: World) -> None:
    run = world.start()
    world.open(run)
    world.dead.add("p1")
    world.enter(run, "p2")
    for request in (
        OpenWait(run.run_id, 1, "next", WaitKind.APPROVAL, "?"),
        PollWait(run.run_id, 1, "go"),
        ReopenWait(run.run_id, 1, "go", ()),
        WithdrawWait(run.run_id, 1, "go"),
    ):
        with pytest.raises(StaleEntry):
            world.ask(request, FLOW)


def test_taking_the_wait_over_keeps_the_question_and_tells_the_new_process(world: World) -> None:
    run = world.start()
    first = world.open(run, form=YES_NO)
    world.dead.add("p1")
    entered = world.enter(run, "p2").handle
    assert entered.phase is Phase.PAUSED
    again = world.open(entered, form=YES_NO, address="poll:p2")
    assert again.wait_id == first.wait_id
    world.told()
    world.answer(run, {"approved": True})
    assert world.told() == {("poll:p2", run.run_id)}


def test_a_refusal_by_the_flow_asks_again_with_the_message(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.answer(run, {"approved": True})
    errors = (FieldError(("approved",), "must not be true today", True),)
    outcome = world.ask(ReopenWait(run.run_id, run.entry, "go", errors), FLOW)
    assert outcome.status is WaitStatus.OPEN
    assert outcome.message == "approved: must not be true today"
    view = world.ask(ReadWait(run.run_id))
    assert view.errors == errors
    assert [each.refused for each in view.responses] == ["approved: must not be true today"]
    assert world.phase(run) == "Paused"
    world.answer(run, {"approved": False}, by=CAROL)
    assert world.poll(run).answer["approved"] is False
    assert [each.by.name for each in world.ask(ReadWaits(run.run_id))[0].responses] == [
        "bob",
        "carol",
    ]


def test_withdrawing_closes_the_wait_and_the_inbox(world: World) -> None:
    run = world.start()
    world.open(run)
    assert world.ask(CountInbox()) == 1
    world.ask(WithdrawWait(run.run_id, run.entry, "go"), FLOW)
    assert world.ask(CountInbox()) == 0
    assert world.poll(run).status is WaitStatus.WITHDRAWN
    assert world.phase(run) == "Running"


def test_a_hold_waits_until_somebody_takes_it_back(world: World) -> None:
    run = world.start()
    held = world.ask(HoldRun(run.run_id))
    assert held.state_name == "Pausing"
    assert world.told() == {("poll:p1", run.run_id)}
    world.open(run, "hold", kind=WaitKind.HOLD)
    assert world.phase(run) == "Paused"
    assert world.answer(run).key == "hold"
    assert world.phase(run) == "Running"
    with pytest.raises(TransitionRefused, match="Nobody has paused"):
        world.open(run, "hold-2", kind=WaitKind.HOLD)


def test_branches_share_one_hold(world: World) -> None:
    run = world.start()
    world.ask(HoldRun(run.run_id))
    world.open(run, "hold-a", kind=WaitKind.HOLD)
    assert world.open(run, "hold-b", kind=WaitKind.HOLD).key == "hold-a"


def test_a_pause_that_has_not_begun_can_be_taken_back(world: World) -> None:
    run = world.start()
    world.ask(HoldRun(run.run_id))
    assert world.answer(run).key == ""
    assert world.phase(run) == "Running"
    with pytest.raises(NotPausedError):
        world.answer(run)


def test_the_inbox_shows_the_nearest_deadline_first_and_who_lives(world: World) -> None:
    one, two, three = world.start("p1"), world.start("p2"), world.start("p3")
    world.open(one, "a", title="First?")
    world.later(1)
    world.open(two, "b", timeout=60, form=YES_NO)
    world.open(three, "c", timeout=30)
    world.dead.add("p2")
    items = world.ask(ReadInbox())
    assert [(item.key, item.alive, item.has_form) for item in items] == [
        ("c", True, False),
        ("b", False, True),
        ("a", True, False),
    ]
    assert [item.key for item in world.ask(ReadInbox(text="first"))] == ["a"]
    assert [item.key for item in world.ask(ReadInbox(limit=1, offset=1))] == ["b"]
    with pytest.raises(InvalidRequest, match="at most 200"):
        world.ask(ReadInbox(limit=201))


def test_what_was_settled_can_be_read(world: World) -> None:
    run, late = world.start("p1"), world.start("p2")
    world.open(run, "a", title="First?")
    world.open(late, "b", timeout=30)
    world.answer(run)
    world.later(31)
    (answered,) = world.ask(ReadSettled())
    assert (answered.item.title, answered.status) == ("First?", WaitStatus.ANSWERED)
    assert answered.answered_by is not None
    (expired,) = world.ask(ReadSettled(WaitStatus.EXPIRED))
    assert (expired.item.key, expired.answered_by) == ("b", None)
    with pytest.raises(InvalidRequest, match="answered or expired, got open"):
        world.ask(ReadSettled(WaitStatus.OPEN))


def test_reading_a_wait_says_why_there_is_none(world: World) -> None:
    run = world.start()
    with pytest.raises(NotPausedError):
        world.ask(ReadWait(run.run_id))
    with pytest.raises(ObjectNotFound, match="'x'"):
        world.ask(ReadWait(run.run_id, "x"))
    with pytest.raises(ObjectNotFound, match="no flow run"):
        world.ask(ReadWait(uuid4()))


def test_a_retry_asks_again_under_the_same_key(world: World) -> None:
    run = world.start()
    first = world.open(run, form=YES_NO)
    world.answer(run, {"approved": True})
    world.ask(RetryAttempt(run.run_id, run.entry, world.now, "failed"), FLOW)
    world.ask(BeginAttempt(run.run_id, run.entry), FLOW)
    again = world.open(run, form=YES_NO)
    assert again.wait_id != first.wait_id
    assert again.status is WaitStatus.OPEN
    assert world.answer(run, {"approved": False}).key == "go"
    assert world.poll(run).answer["approved"] is False
