"""Matching calls to records."""

from __future__ import annotations

from dataclasses import replace

from signoff.engine.clock import new_id
from signoff.engine.journal import UNKNOWN, Found, Journal, Step
from signoff.model.journal import Result, ResultKind, TaskRecord, TaskStart
from signoff.model.states import StateType


def record_of(step: Step, attempt: int = 1, kind: StateType = StateType.COMPLETED) -> TaskRecord:
    return TaskRecord(
        new_id(),
        new_id(),
        1,
        attempt,
        step.scope,
        step.task_key,
        step.inputs,
        step.occurrence,
        step.place,
        "a task",
        kind,
        kind.value.capitalize(),
        None,
        Result(ResultKind.NONE),
        1,
        2,
        1,
    )


def call(journal: Journal, inputs: str, site: str = "here", scope: str = "") -> Step:
    return journal.step(scope, "m:t", inputs, journal.place(scope, "m:t", site))


def test_same_calls_find_their_own_records() -> None:
    first = Journal(1)
    steps = [call(first, "aa"), call(first, "aa"), call(first, "bb")]
    assert len({step.key for step in steps}) == 3
    records = [record_of(step) for step in steps]
    again = Journal(1, records)
    for record, inputs in zip(records, ("aa", "aa", "bb"), strict=True):
        found = again.find(call(again, inputs))
        assert found is not None
        assert found.exact
        assert found.record is record
    assert again.find(call(again, "aa")) is None


def test_other_order_of_different_arguments_shifts_nothing() -> None:
    first = Journal(1)
    a, b = call(first, "aa", "s1"), call(first, "bb", "s2")
    records = {"aa": record_of(a), "bb": record_of(b)}
    again = Journal(1, records.values())
    for inputs, site in (("bb", "s2"), ("aa", "s1")):
        found = again.find(call(again, inputs, site))
        assert found is not None
        assert found.record is records[inputs]


def test_changed_arguments_at_the_same_place_are_found_but_not_exact() -> None:
    record = record_of(call(Journal(1), "then"))
    again = Journal(1, [record])
    found = again.find(call(again, "now"))
    assert found is not None
    assert not found.exact
    assert found.record is record


def test_a_new_attempt_recalls_on_exact_arguments_only() -> None:
    record = record_of(call(Journal(1), "same"))
    assert Journal(2, [record]).find(call(Journal(2), "same")) is not None
    assert Journal(2, [record]).find(call(Journal(2), "other")) is None


def test_a_failure_is_given_back_in_its_own_attempt_only() -> None:
    record = record_of(call(Journal(1), "x"), kind=StateType.FAILED)
    assert Journal(1, [record]).find(call(Journal(1), "x")) is not None
    assert Journal(2, [record]).find(call(Journal(2), "x")) is None


def test_scopes_do_not_mix() -> None:
    record = record_of(call(Journal(1), "x", scope="one"))
    again = Journal(1, [record])
    assert again.find(call(again, "x", scope="two")) is None
    assert again.find(call(again, "x", scope="one")) is not None


def test_calls_without_arguments_are_told_apart_by_place() -> None:
    first = Journal(1)
    here, there = call(first, "", "s1"), call(first, "", "s2")
    records = [record_of(here), record_of(there)]
    again = Journal(1, records)
    found = again.find(call(again, "", "s2"))
    assert found is not None
    assert found.exact
    assert found.record is records[1]


def test_late_identities_do_not_depend_on_thread_order() -> None:
    """Calls whose arguments are results of other tasks count at their place."""
    first = Journal(1)
    places = [first.place("", "m:t", "s") for _ in range(3)]
    forward = [first.step("", "m:t", "x", place, early=False) for place in places]
    again = Journal(1)
    places = [again.place("", "m:t", "s") for _ in range(3)]
    backward = [again.step("", "m:t", "x", place, early=False) for place in reversed(places)]
    assert forward == list(reversed(backward))


def test_the_newest_record_of_an_attempt_counts() -> None:
    old = record_of(call(Journal(1), "x"))
    new = replace(old, id=new_id())
    found = Journal(1, [old, new]).find(call(Journal(1), "x"))
    assert found is not None
    assert found.record is new


def test_a_call_without_arguments_is_recalled_in_a_new_attempt() -> None:
    record = record_of(call(Journal(1), ""))
    again = Journal(2, [record])
    found = again.find(call(again, ""))
    assert found is not None
    assert found.exact
    assert again.find(call(again, "", "elsewhere")) is None
    assert again.find(call(Journal(2), "an argument")) is None


def test_a_call_whose_arguments_cannot_be_hashed_is_recalled_in_its_own_attempt_only() -> None:
    record = record_of(call(Journal(1), UNKNOWN))
    assert Journal(1, [record]).find(call(Journal(1), UNKNOWN)) is not None
    assert Journal(2, [record]).find(call(Journal(2), UNKNOWN)) is None


def start_of(step: Step, attempt: int = 1) -> TaskStart:
    return TaskStart(
        new_id(),
        new_id(),
        attempt,
        step.scope,
        step.task_key,
        "a call",
        1,
        1,
        (),
        step.inputs,
        step.occurrence,
        step.place,
    )


def test_what_was_begun_is_found_by_arguments_and_else_by_place() -> None:
    first = Journal(1)
    a, b = start_of(call(first, "aa")), start_of(call(first, "bb"))
    again = Journal(1, begun=[a, b])
    found = [again.find_begun(call(again, inputs)) for inputs in ("aa", "now")]
    assert found == [Found(a, exact=True), Found(b, exact=False)]
    assert again.find_begun(call(again, "bb", "elsewhere")) == Found(b, exact=True)
    assert again.find_begun(call(again, "new")) is None


def test_a_task_is_the_one_that_was_under_way_at_its_place_where_that_was_one_alone() -> None:
    first = Journal(1)
    alone = start_of(call(first, "then"))
    again = Journal(1, begun=[alone])
    step = call(again, "now")
    assert again.find_task(step) == again.find_task(step) == Found(alone, exact=False)
    assert again.begun_id(step) == alone.id
    # Nobody else gets it, whatever it is called with.
    assert again.find_task(call(again, "then", "elsewhere")) is None
    two = [alone, start_of(call(first, "other"))]
    again = Journal(1, begun=two)
    assert again.find_task(call(again, "new")) is None
    assert again.find_task(call(again, "other")) == Found(two[1], exact=True)


def test_what_a_call_has_got_is_not_given_to_another_by_its_place() -> None:
    """The calls of a loop whose first round has fallen away, and that has a new one at its end."""
    first = Journal(1)
    steps = [call(first, inputs) for inputs in ("aa", "bb")]
    records = [record_of(step) for step in steps]
    again = Journal(1, records)
    assert again.find(call(again, "bb")) == Found(records[1], exact=True)
    assert again.find(call(again, "cc")) is None
    starts = [start_of(step) for step in steps]
    again = Journal(1, begun=starts)
    assert again.find_begun(call(again, "bb")) == Found(starts[1], exact=True)
    assert again.find_begun(call(again, "cc")) is None


def test_a_call_that_was_begun_is_not_the_one_that_ended_at_its_place() -> None:
    first = Journal(1)
    ended, begun = record_of(call(first, "aa")), start_of(call(first, "bb"))
    again = Journal(1, [ended], [begun])
    step = call(again, "bb")
    assert again.find(step) is None
    assert again.find_begun(step) == Found(begun, exact=True)


def test_a_call_is_told_the_same_whenever_it_asks() -> None:
    first = Journal(1)
    again = Journal(1, [record_of(call(first, "")), record_of(call(first, "then", "s2"))])
    for inputs, site in (("", "here"), ("now", "s2")):
        step = call(again, inputs, site)
        assert again.find(step) == again.find(step) is not None
