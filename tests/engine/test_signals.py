"""What a run hears of its waits: told once, and never something that is out of date."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from signoff.engine.signals import Signals
from signoff.model.replies import RunSignal, WaitOutcome
from signoff.model.runs import Phase
from signoff.model.waits import DeadlineAction, WaitStatus

OPEN = WaitOutcome(
    uuid4(), "go", WaitStatus.OPEN, None, None, DeadlineAction.FAIL, 1, Phase.PAUSED, version=3
)
ANSWERED = replace(OPEN, status=WaitStatus.ANSWERED, answer=True, phase=Phase.RUNNING, version=4)


def heard(outcome: WaitOutcome, entry: int = 1) -> Signals:
    signals = Signals(1)
    signals(RunSignal(uuid4(), outcome.version, entry, Phase.RUNNING, False, outcome=outcome))
    return signals


def test_an_outcome_is_told_once() -> None:
    signals = heard(ANSWERED)
    assert signals.outcome(OPEN) == ANSWERED
    assert signals.outcome(OPEN) is None


def test_a_word_without_an_outcome_does_not_hide_an_earlier_one() -> None:
    signals = heard(ANSWERED)
    signals(None)
    assert signals.outcome(OPEN) == ANSWERED


def test_what_is_older_than_what_is_known_is_not_told() -> None:
    assert heard(ANSWERED).outcome(replace(OPEN, version=5)) is None


def test_what_became_of_another_wait_under_the_same_key_is_not_told() -> None:
    assert heard(ANSWERED).outcome(replace(OPEN, wait_id=uuid4())) is None


def test_what_is_told_to_an_earlier_entry_is_not_told() -> None:
    assert heard(ANSWERED, entry=0).outcome(OPEN) is None
