"""Waits, answers and the inbox."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest

from signoff.model.replies import InboxItem
from signoff.model.runs import Phase, Run
from signoff.model.waits import DeadlineAction, Response, Wait, WaitKind, WaitStatus
from tests.store.samples import ANNA, BEN, FORM, MINUTE, World

pytestmark = pytest.mark.store


def put(run: Run, *waits: Wait) -> tuple[Wait, ...]:
    """The waits of a run with some of them changed."""
    changed = {wait.id: wait for wait in waits}
    return tuple(changed.get(wait.id, wait) for wait in run.waits)


def test_a_wait_comes_back_as_it_went_in(world: World) -> None:
    run = world.start()
    with world.store.write() as tx:
        form = tx.put_form(FORM)
    asked = world.ask(
        run,
        key="scope/site/0",
        kind=WaitKind.CHILD,
        title="Löschen?",
        form=form,
        deadline=world.now + MINUTE,
        on_deadline=DeadlineAction.DEFAULT,
        default={"a": "x"},
        scope="0123",
        task_run_id=world.id(),
        child=world.id(),
        address="unix:/run/x.sock",
    )
    assert world.locked(run.id) == asked
    with world.store.read() as tx:
        assert tx.waits(run.id) == asked.waits


def test_every_kind_and_deadline_action_is_kept(world: World) -> None:
    run = world.start()
    for kind, action in product(WaitKind, DeadlineAction):
        run = world.ask(run, kind=kind, on_deadline=action)
    assert world.locked(run.id) == run


def test_an_answer_is_saved_with_who_gave_it(world: World) -> None:
    asked = world.ask(world.start())
    answered = replace(
        asked.waits[0],
        status=WaitStatus.ANSWERED,
        closed_at=world.tick(),
        answer={"a": [1, None, "ü"]},
        answered_by=BEN,
    )
    after = world.change(asked, phase=Phase.RUNNING, waits=(answered,))
    assert world.locked(asked.id) == after


def test_the_rules_see_open_and_untaken_waits_of_this_attempt_and_named_ones(world: World) -> None:
    run = world.start()
    for _ in range(4):
        run = world.ask(run)
    done = [replace(wait, status=WaitStatus.ANSWERED, answer={}) for wait in run.waits]
    taken, untaken = replace(done[0], taken=True), done[1]
    run = world.change(run, waits=put(run, taken, untaken))
    assert [wait.number for wait in world.locked(run.id).waits] == [2, 3, 4]
    assert [wait.number for wait in world.locked(run.id, "key-1").waits] == [1, 2, 3, 4]
    assert [wait.number for wait in world.locked(run.id, "paused-1").waits] == [1, 2, 3, 4]
    assert [wait.number for wait in world.locked(run.id, "paused-x").waits] == [2, 3, 4]
    assert [wait.number for wait in world.locked(run.id, "paused-" + "9" * 40).waits] == [2, 3, 4]
    run = world.change(world.locked(run.id), attempt=2)
    assert [wait.number for wait in world.locked(run.id).waits] == []
    assert [wait.number for wait in world.locked(run.id, "key-3").waits] == [3]


def test_a_key_may_be_used_again_in_the_next_attempt(world: World) -> None:
    run = world.ask(world.start(), key="approve")
    closed = replace(run.waits[0], status=WaitStatus.WITHDRAWN, closed_at=world.now)
    run = world.change(run, attempt=2, waits=(closed,))
    run = world.ask(run, key="approve")
    assert [wait.attempt for wait in world.locked(run.id, "approve").waits] == [1, 2]


def test_an_outcome_is_taken_once_by_the_present_entry(world: World) -> None:
    run = world.ask(world.start())
    with world.store.write() as tx:
        assert not tx.take_outcome(run.id, run.entry, run.waits[0].id), "there is none yet"
    wait = replace(run.waits[0], status=WaitStatus.ANSWERED, closed_at=world.now)
    run = world.change(run, waits=(wait,))
    with world.store.write() as tx:
        assert not tx.take_outcome(run.id, run.entry + 1, wait.id)
        assert not tx.take_outcome(run.id, run.entry, world.id())
        assert tx.take_outcome(run.id, run.entry, wait.id)
        assert not tx.take_outcome(run.id, run.entry, wait.id)
        assert [each.taken for each in tx.waits(run.id)] == [True]


def test_forms_are_stored_once_per_content_and_keep_the_order_of_their_fields(world: World) -> None:
    with world.store.write() as tx:
        first = tx.put_form(FORM)
        assert tx.put_form(replace(FORM)) == first
        assert tx.put_form(replace(FORM, title="Another")) != first
    with world.store.read() as tx:
        stored = tx.form(first)
    assert stored == FORM
    assert list(stored.schema["properties"]) == ["b", "a"]
    with world.store.read() as tx, pytest.raises(LookupError):
        tx.form(b"\x00" * 16)


def test_responses_are_kept_in_order_and_the_newest_can_be_refused(world: World) -> None:
    run = world.ask(world.start())
    wait = run.waits[0]
    request = world.id()
    first = Response(wait.id, world.now, ANNA, {"n": 1}, b"\x01" * 16, None)
    second = Response(wait.id, world.tick(), BEN, {"n": 2}, None, request)
    with world.store.write() as tx:
        tx.add_response(run.id, first)
        tx.refuse_response(wait.id, "too small")
        tx.add_response(run.id, second)
    with world.store.read() as tx:
        assert tx.responses(wait.id) == (replace(first, refused="too small"), second)
        assert tx.response_by_request(request) == second
        assert tx.response_by_request(world.id()) is None
        assert tx.responses(world.id()) == ()
    with world.store.write() as tx:
        tx.refuse_response(wait.id, "still too small")
        newest = tx.responses(wait.id)[-1]
    assert newest.refused == "still too small"


def test_due_waits_come_oldest_deadline_first(world: World) -> None:
    now = world.now
    late = world.ask(world.start(), deadline=now + 2 * MINUTE)
    soon = world.ask(world.start(), deadline=now + MINUTE, kind=WaitKind.TIMER)
    world.ask(world.start())
    with world.store.read() as tx:
        assert tx.next_deadline() == now + MINUTE
        assert tx.due_waits(now, 10) == ()
        assert tx.due_waits(now + MINUTE, 10) == ((soon.id, "key-1"),)
        both = ((soon.id, "key-1"), (late.id, "key-1"))
        assert tx.due_waits(now + 2 * MINUTE, 10) == both
        assert tx.due_waits(now + 2 * MINUTE, 1) == both[:1]
    closed = replace(soon.waits[0], status=WaitStatus.EXPIRED, closed_at=world.now)
    world.change(soon, phase=Phase.FAILED, waits=(closed,), owner=None)
    with world.store.read() as tx:
        assert tx.next_deadline() == now + 2 * MINUTE


def test_without_deadlines_there_is_no_next_one(world: World) -> None:
    world.ask(world.start())
    with world.store.read() as tx:
        assert tx.next_deadline() is None


# The inbox ---------------------------------------------------------------------------------


def test_an_inbox_item_says_what_waits(world: World) -> None:
    run = world.start(name="calm-hen")
    with world.store.write() as tx:
        form = tx.put_form(FORM)
    asked = world.ask(run, form=form, deadline=world.now + MINUTE, kind=WaitKind.APPROVAL)
    wait = asked.waits[0]
    with world.store.read() as tx:
        items = tx.inbox(10, 0, None)
    assert items == (
        InboxItem(
            run_id=run.id,
            run_name="calm-hen",
            flow_name="cleanup",
            key="key-1",
            kind=WaitKind.APPROVAL,
            title="Go on?",
            opened_at=wait.opened_at,
            deadline=wait.deadline,
            on_deadline=DeadlineAction.FAIL,
            alive=True,
            has_form=True,
            number=1,
        ),
    )


def test_the_inbox_shows_the_nearest_deadline_first_then_the_oldest(world: World) -> None:
    now = world.now
    oldest = world.ask(world.start(owner=None))
    later = world.ask(world.start(), deadline=now + 9 * MINUTE)
    soonest = world.ask(world.start(), deadline=now + 5 * MINUTE)
    newest = world.ask(world.start())
    expected = [soonest.id, later.id, oldest.id, newest.id]
    with world.store.read() as tx:
        assert [item.run_id for item in tx.inbox(10, 0, None)] == expected
        assert [item.run_id for item in tx.inbox(2, 1, None)] == expected[1:3]
        assert tx.inbox(10, 4, None) == ()
        assert [item.alive for item in tx.inbox(10, 0, None)] == [True, True, False, True]


def test_the_inbox_shows_only_open_waits_for_people(world: World) -> None:
    run = world.start()
    for kind in WaitKind:
        run = world.ask(run, kind=kind)
    with world.store.read() as tx:
        assert {item.kind for item in tx.inbox(10, 0, None)} == {
            WaitKind.INPUT,
            WaitKind.APPROVAL,
            WaitKind.HOLD,
        }
        assert tx.inbox_count() == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("otter", {"brave-otter"}),
        ("OTTER", {"brave-otter"}),
        ("clean", {"brave-otter", "100%_done"}),
        ("delete", {"calm-hen"}),
        ("100%", {"100%_done"}),
        ("0%d", set()),
        ("%", {"100%_done"}),
        ("_", {"100%_done"}),
        ("\\", set()),
        ("nothing", set()),
    ],
)
def test_the_inbox_is_searched_for_literal_text(world: World, text: str, found: set[str]) -> None:
    world.ask(world.start(name="brave-otter"))
    world.ask(world.start(name="100%_done"))
    world.ask(world.start(name="calm-hen", flow_name="billing"), title="Delete 3 rows?")
    with world.store.read() as tx:
        assert {item.run_name for item in tx.inbox(10, 0, text)} == found


def test_what_was_settled_shows_newest_first(world: World) -> None:
    def settle(name: str, status: WaitStatus, kind: WaitKind = WaitKind.INPUT) -> UUID:
        run = world.ask(world.start(name=name), kind=kind)
        by = ANNA if status is WaitStatus.ANSWERED else None
        world.now += MINUTE
        closed = replace(run.waits[0], status=status, closed_at=world.now, answered_by=by)
        world.change(run, phase=Phase.RUNNING, waits=(closed,))
        return run.id

    first, late = settle("one", WaitStatus.ANSWERED), settle("late", WaitStatus.EXPIRED)
    settle("timer", WaitStatus.ANSWERED, WaitKind.TIMER)
    settle("gone", WaitStatus.WITHDRAWN)
    second = settle("two", WaitStatus.ANSWERED)
    world.ask(world.start(name="open"))
    with world.store.read() as tx:
        found = tx.settled(WaitStatus.ANSWERED, 10, 0, None)
        assert [each.item.run_id for each in found] == [second, first]
        assert found[0].answered_by == ANNA
        assert found[0].closed_at > found[1].closed_at
        assert [each.item.run_id for each in tx.settled(WaitStatus.ANSWERED, 1, 1, None)] == [first]
        (expired,) = tx.settled(WaitStatus.EXPIRED, 10, 0, None)
        assert (expired.item.run_id, expired.answered_by) == (late, None)
        found = tx.settled(WaitStatus.ANSWERED, 10, 0, "TW")
        assert [each.item.run_name for each in found] == ["two"]


def test_the_count_is_right_inside_the_transaction_and_after_an_undone_one(world: World) -> None:
    run = world.start()
    with world.store.write() as tx:
        before = tx.lock_run(run.id)
        assert before is not None
        after = replace(before, version=2, phase=Phase.PAUSED, waits=(world.wait(),), opened=1)
        tx.save_run(before, after, world.now)
        assert tx.inbox_count() == 1
    twice = world.start()
    with pytest.raises(ZeroDivisionError), world.store.write() as tx:
        asked = replace(twice, version=2, phase=Phase.PAUSED, waits=(world.wait(),), opened=1)
        tx.save_run(twice, asked, world.now)
        raise ZeroDivisionError
    with world.store.read() as tx:
        assert tx.inbox_count() == 1
