"""Laws of the rules, in random lives of a run: any event after any other, legal or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from signoff.core import waiting
from signoff.core.standing import Standing, awaits_somebody, standing
from signoff.core.transitions import MAX_FRUITLESS_ENTRIES, RULES, decide
from signoff.model import errors
from signoff.model.actors import SERVICE
from signoff.model.events import Accepted, Event, Kind, Refused, Replayed
from signoff.model.runs import FINAL, Phase
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus
from tests.core import situations
from tests.core.situations import ANNE, DUE, PROCESS, event, usual
from tests.core.walks import Taken, choices, walk

pytestmark = pytest.mark.rules

SETTLED = (WaitStatus.ANSWERED, WaitStatus.EXPIRED)


def terminal_states_absorb(step: Taken) -> None:
    if step.before.phase in FINAL and isinstance(step.decision, Accepted):
        assert step.event.kind in (Kind.RERUN, Kind.FORCE)


def every_accepted_change_counts_one_version(step: Taken) -> None:
    if isinstance(step.decision, Accepted):
        assert step.after.version == step.before.version + 1
    if isinstance(step.decision, Replayed):
        assert step.decision.run == step.before


def only_changed_waits_are_named(step: Taken) -> None:
    if isinstance(step.decision, Accepted):
        before = {wait.id: wait for wait in step.before.waits}
        differ = {wait.id for wait in step.after.waits if before.get(wait.id) != wait}
        assert {wait.id for wait in step.decision.changed} == differ
        assert {wait.id for wait in step.before.waits} <= {wait.id for wait in step.after.waits}


def a_run_waits_exactly_while_a_wait_is_open(step: Taken) -> None:
    """Running with an open wait is a process that has not heard of a suspension from outside."""
    run = step.after
    imposed = [wait for wait in run.open_waits if waiting.is_imposed(wait)]
    assert run.suspend == bool(imposed)
    waits = run.phase in (Phase.PAUSED, Phase.SUSPENDED)
    assert waits or run.open_waits == tuple(imposed)
    assert bool(run.open_waits) == (waits or run.suspend)
    if run.suspend:
        assert run.phase is Phase.SUSPENDED or (run.phase is Phase.RUNNING and run.owner)


def whoever_leaves_gives_the_run_up(step: Taken) -> None:
    if step.event.kind is Kind.LEAVE and isinstance(step.decision, Accepted):
        assert step.after.owner is None
        left = (Phase.SUSPENDED, Phase.RESUMING, Phase.CANCELLED)
        assert step.after.phase in left


def a_process_goes_on_only_with_a_place(step: Taken) -> None:
    """What waited in its process goes on when there is a place, and what waits for one is given it
    or loses its process."""
    goes_on = step.after.phase is Phase.RUNNING and step.before.owner == step.after.owner
    waited = step.before.phase in (Phase.PAUSED, Phase.SUSPENDED)
    if goes_on and waited and step.event.kind not in (Kind.ENTER, Kind.FORCE):
        assert not step.event.crowded
    if goes_on and step.before.phase is Phase.QUEUED:
        assert step.event.kind in (Kind.ADMIT, Kind.ENTER, Kind.FORCE)
    if step.after.phase is Phase.QUEUED:
        assert step.after.owner is not None
        assert step.before.phase is Phase.QUEUED or step.event.crowded


def nobody_enters_what_was_suspended_from_outside(step: Taken) -> None:
    if step.event.kind is Kind.ENTER and isinstance(step.decision, Accepted):
        assert not step.before.suspend


def a_process_that_left_is_not_heard(step: Taken) -> None:
    gone = step.before.phase is Phase.SUSPENDED and step.before.owner is None
    if gone and step.event.entry is not None:
        assert not isinstance(step.decision, Accepted)


def an_older_entry_is_never_accepted(step: Taken) -> None:
    if step.event.entry is not None and step.event.entry != step.before.entry:
        assert isinstance(step.decision, Refused)
        if step.before.phase is not Phase.ABSENT:
            assert step.decision.error is errors.StaleEntry


def entries_grow_only_by_entering(step: Taken) -> None:
    entered = step.event.kind in (Kind.ENTER, Kind.START) and isinstance(step.decision, Accepted)
    assert step.after.entry == step.before.entry + entered


def nobody_enters_beside_a_living_process(step: Taken) -> None:
    if step.event.kind is Kind.ENTER and isinstance(step.decision, Accepted):
        mine = step.event.claimer is not None and step.event.claimer == step.before.owner
        assert not step.event.alive or step.before.owner is None or mine


def nobody_claims_beside_a_living_process(step: Taken) -> None:
    if step.event.kind is Kind.CLAIM and isinstance(step.decision, Accepted):
        assert not step.event.alive or step.before.owner is None
        assert step.before.scheduled is None or step.before.scheduled <= step.now
        assert step.after.owner == step.event.owner


def only_its_claimer_gives_a_run_back(step: Taken) -> None:
    if step.event.kind is Kind.RETURN and isinstance(step.decision, Accepted):
        assert step.before.owner == step.event.owner
        assert step.after.owner is None


def a_claim_enters_nothing_and_answers_nothing(step: Taken) -> None:
    if step.event.kind in (Kind.CLAIM, Kind.RETURN) and isinstance(step.decision, Accepted):
        assert (step.after.entry, step.after.attempt) == (step.before.entry, step.before.attempt)
        assert step.after.open_waits == step.before.open_waits or step.after.phase in FINAL


def the_same_answer_twice_is_one_answer(step: Taken) -> None:
    if step.event.kind is not Kind.ANSWER or not isinstance(step.decision, Accepted):
        return
    if not step.decision.changed:
        assert step.before.hold
        assert not step.after.hold
        return
    (wait,) = step.decision.changed
    assert wait.status is WaitStatus.ANSWERED
    again = replace(step.event, key=wait.key)
    assert isinstance(decide(step.after, again, step.now), Replayed)
    other = decide(step.after, replace(again, answer={"ok": "neither"}), step.now)
    assert isinstance(other, Refused)
    assert other.error is errors.AnswerConflict
    assert other.details["answered_by"] == step.event.actor.name
    assert other.details["answered_at"] == step.now
    assert step.event.actor.name in other.message


def an_answer_at_the_deadline_is_refused(step: Taken) -> None:
    if step.event.kind is Kind.ANSWER and isinstance(step.decision, Accepted):
        for wait in step.decision.changed:
            assert wait.deadline is None or step.now < wait.deadline


def a_deadline_fires_once_and_on_open_waits_only(step: Taken) -> None:
    if step.event.kind is not Kind.EXPIRE or not isinstance(step.decision, Accepted):
        return
    was_open = {wait.id for wait in step.before.open_waits}
    assert {wait.id for wait in step.decision.changed} <= was_open
    due = [
        wait
        for wait in step.decision.changed
        if wait.deadline is not None and wait.deadline <= step.now
    ]
    assert any(wait.status in SETTLED for wait in due)
    again = decide(step.after, step.event, step.now)
    assert not isinstance(again, Accepted)


def a_closed_wait_opens_only_when_the_flow_refuses_its_answer(step: Taken) -> None:
    now_open = {wait.id for wait in step.after.open_waits}
    for wait in step.before.waits:
        if not wait.is_open and wait.id in now_open:
            assert step.event.kind is Kind.REOPEN
            assert wait.status is WaitStatus.ANSWERED


def an_accepted_answer_is_never_lost(step: Taken) -> None:
    """What somebody answered stays as it is, unless the flow itself refuses it."""
    after = {wait.id: wait for wait in step.after.waits}
    for wait in step.before.waits:
        if wait.status is WaitStatus.ANSWERED and step.event.kind is not Kind.REOPEN:
            assert after[wait.id] == wait


def a_dead_process_loses_no_untaken_answer(step: Taken) -> None:
    if step.event.kind is not Kind.LOST or not isinstance(step.decision, Accepted):
        return
    untaken = [
        wait
        for wait in step.before.waits
        if wait.attempt == step.before.attempt and wait.status in SETTLED and not wait.taken
    ]
    times_out = any(
        wait.status is WaitStatus.EXPIRED and wait.on_deadline is DeadlineAction.FAIL
        for wait in untaken
    )
    few = step.before.entry <= step.before.opened + MAX_FRUITLESS_ENTRIES
    working = step.before.phase in (Phase.RUNNING, Phase.QUEUED)
    if untaken and few and not times_out and working:
        assert step.after.phase is Phase.RESUMING
        assert step.decision.needs_entry


def a_wait_is_not_opened_twice_under_one_key(step: Taken) -> None:
    keys = Counter((wait.attempt, wait.key) for wait in step.after.waits)
    assert all(count == 1 for count in keys.values())
    numbers = Counter(wait.number for wait in step.after.waits)
    assert all(count == 1 for count in numbers.values())


def a_hold_is_spent_when_it_is_opened(step: Taken) -> None:
    if step.event.kind is not Kind.OPEN or not isinstance(step.decision, Accepted):
        return
    opened = [wait for wait in step.decision.changed if wait.kind is WaitKind.HOLD]
    if opened and opened[0].id not in {wait.id for wait in step.before.waits}:
        assert step.before.hold
        assert not step.after.hold


def only_a_phase_with_a_process_has_an_owner(step: Taken) -> None:
    idle = (Phase.ABSENT, Phase.SCHEDULED, Phase.RESUMING, *FINAL)
    if step.after.phase in idle:
        assert step.after.owner is None


def waiting_spends_no_attempt(step: Taken) -> None:
    """Only a failure starts another attempt; the documented run count follows attempts begun."""
    if step.after.attempt != step.before.attempt:
        assert step.event.kind in (Kind.RETRY, Kind.RERUN)
        assert step.after.attempt == step.before.attempt + 1
    assert 0 <= step.after.run_count - step.before.run_count <= 1


def a_run_that_pauses_soon_says_so(step: Taken) -> None:
    run = step.after
    if run.phase is Phase.RUNNING:
        assert (run.name == "Suspending") == run.suspend
        assert (run.name == "Pausing") == (run.hold and not run.suspend)
    if run.phase is Phase.SUSPENDED:
        assert (run.name == "Suspending") == (run.owner is not None)


def the_state_dates_from_its_change(step: Taken) -> None:
    if isinstance(step.decision, Accepted):
        same = (step.before.phase, step.before.name) == (step.after.phase, step.after.name)
        assert step.after.since == (step.before.since if same else step.now)


def what_can_go_on_only_elsewhere_says_so(step: Taken) -> None:
    if isinstance(step.decision, Accepted) and step.after.phase is Phase.RESUMING:
        assert step.decision.needs_entry
        assert step.after.scheduled is not None


def the_same_request_again_changes_nothing_more(step: Taken) -> None:
    """A start, an opening or an end that is sent twice is accepted once."""
    repeatable = (Kind.CREATE, Kind.START, Kind.OPEN, Kind.BEGIN, Kind.RETRY, Kind.COMPLETE)
    if step.event.kind in repeatable and isinstance(step.decision, Accepted):
        again = decide(step.after, step.event, step.now)
        if not (step.event.entry is None and step.event.kind is Kind.RETRY):
            # Where somebody forced it, a run has no process that could say anything twice.
            orphan = step.after.phase is Phase.SUSPENDED and step.after.owner is None
            cancelled = step.after.phase is Phase.CANCELLED
            assert isinstance(again, Replayed) or cancelled or orphan


LAWS: list[Callable[[Taken], None]] = [
    terminal_states_absorb,
    every_accepted_change_counts_one_version,
    only_changed_waits_are_named,
    a_run_waits_exactly_while_a_wait_is_open,
    whoever_leaves_gives_the_run_up,
    nobody_enters_what_was_suspended_from_outside,
    a_process_that_left_is_not_heard,
    an_older_entry_is_never_accepted,
    entries_grow_only_by_entering,
    nobody_enters_beside_a_living_process,
    nobody_claims_beside_a_living_process,
    only_its_claimer_gives_a_run_back,
    a_claim_enters_nothing_and_answers_nothing,
    the_same_answer_twice_is_one_answer,
    an_answer_at_the_deadline_is_refused,
    a_deadline_fires_once_and_on_open_waits_only,
    a_closed_wait_opens_only_when_the_flow_refuses_its_answer,
    an_accepted_answer_is_never_lost,
    a_dead_process_loses_no_untaken_answer,
    a_wait_is_not_opened_twice_under_one_key,
    a_hold_is_spent_when_it_is_opened,
    only_a_phase_with_a_process_has_an_owner,
    waiting_spends_no_attempt,
    a_run_that_pauses_soon_says_so,
    the_state_dates_from_its_change,
    what_can_go_on_only_elsewhere_says_so,
    the_same_request_again_changes_nothing_more,
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_law(law: Callable[[Taken], None]) -> None:
    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(choices)
    def holds(drawn: bytes) -> None:
        for step in walk(drawn):
            try:
                law(step)
            except AssertionError as broken:
                broken.add_note(f"at {step.now}: {step.before}\n+ {step.event}\n= {step.decision}")
                raise

    holds()


def test_every_phase_can_be_reached_without_force() -> None:
    reached, found = {Phase.ABSENT}, [usual(Phase.ABSENT)]
    while found:
        before = found.pop()
        for kind in Kind:
            if kind is Kind.FORCE:
                continue
            for happened in _events(kind, before.entry):
                decision = decide(before, happened, 2000)
                if isinstance(decision, Accepted) and decision.run.phase not in reached:
                    reached.add(decision.run.phase)
                    found.append(decision.run)
    assert reached == set(Phase)


def _events(kind: Kind, entry: int) -> list[Event]:
    made = [event(kind, entry, alive=alive) for alive in (True, False)]
    made += [event(kind, entry, crowded=True)]
    if kind is Kind.CREATE:
        made += [replace(made[0], phase=Phase.PENDING)]
    return made


def test_a_process_stops_when_the_run_is_no_longer_its_own() -> None:
    for phase in Phase:
        old = standing(phase, 3, hold=True, mine=2)
        assert old is Standing.GONE
        own = standing(phase, 3, hold=False, mine=3)
        ended = phase in FINAL or phase is Phase.ABSENT
        assert (own is Standing.GONE) == ended
        assert (own is Standing.STOP) == (phase is Phase.CANCELLING)
        assert (own is Standing.SUSPEND) == (phase is Phase.SUSPENDED)
        assert (own is Standing.QUEUE) == (phase is Phase.QUEUED)
    assert standing(Phase.RUNNING, 3, hold=True, mine=3, suspend=True) is Standing.SUSPEND


def test_a_run_awaits_somebody_exactly_while_a_wait_of_it_is_open() -> None:
    """Or while it waits for a place to go on with what somebody said."""
    for phase in Phase:
        waits = any(wait.is_open for wait in usual(phase).waits)
        assert awaits_somebody(phase) == (waits or phase is Phase.QUEUED)


def test_the_table_has_no_rule_for_what_cannot_be() -> None:
    """Nothing but creation happens to a run that does not exist, and nothing un-creates one."""
    assert {kind for phase, kind in RULES if phase is Phase.ABSENT} == {Kind.CREATE, Kind.START}
    assert all(rule.to is not Phase.ABSENT for rule in RULES.values())


def test_cancelling_beats_whatever_the_flow_does_last() -> None:
    for kind in (Kind.COMPLETE, Kind.FAIL, Kind.CRASH, Kind.STOP):
        decision = decide(usual(Phase.CANCELLING), Event(kind, PROCESS, entry=1), 500)
        assert isinstance(decision, Accepted)
        assert decision.run.phase is Phase.CANCELLED


def test_an_override_is_recorded_with_its_author() -> None:
    """Force is an event like any other: it names its actor and closes the waits."""
    happened = Event(Kind.FORCE, ANNE, phase=Phase.COMPLETED, name="Waved through")
    decision = decide(usual(Phase.PAUSED), happened, 500)
    assert isinstance(decision, Accepted)
    assert decision.run.name == "Waved through"
    assert [wait.status for wait in decision.changed] == [WaitStatus.WITHDRAWN]


def test_a_run_is_called_late_once() -> None:
    """Whoever marks it second changes nothing, and it is started like any other."""
    late = Event(Kind.LATE, SERVICE)
    decision = decide(usual(Phase.RESUMING), late, 500)
    assert isinstance(decision, Accepted)
    assert decision.run.name == "Late"
    assert isinstance(decide(decision.run, late, 501), Replayed)
    entered = decide(decision.run, Event(Kind.ENTER, ANNE, owner="p2", alive=False), 502)
    assert isinstance(entered, Accepted)
    assert (entered.run.phase, entered.run.name) == (Phase.RUNNING, "Running")


def test_a_run_that_fails_with_its_process_waits_no_more() -> None:
    """A deadline its process never heard of fails it, also beside a suspension from outside."""
    expired = situations.wait(1, WaitStatus.EXPIRED, deadline=DUE)
    decision = decide(
        situations.run(Phase.RUNNING, expired, situations.imposed(2), suspend=True),
        Event(Kind.LOST, SERVICE, alive=False),
        DUE + 1,
    )
    assert isinstance(decision, Accepted)
    assert decision.run.phase is Phase.FAILED
    assert not decision.run.open_waits
