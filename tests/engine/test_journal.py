"""Matching calls to records."""

from __future__ import annotations

from dataclasses import replace

from signoff.engine.clock import new_id
from signoff.engine.journal import UNKNOWN, Journal, Step
from signoff.model.journal import Result, ResultKind, TaskRecord
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
