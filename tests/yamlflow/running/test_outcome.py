"""What the engine keeps of a task of a document."""

from __future__ import annotations

import pickle

from signoff.yamlflow.running.outcome import Done, Outcome, TaskEnded, Verdict

INSIDE = Done("child", ("a", "b"), Verdict.WARNING, {"value": 1}, "Nearly.")
WHOLE = Outcome(Verdict.FAILED, {"value": [1, None]}, (INSIDE,), "No.", Verdict.KILLED)


def test_an_outcome_comes_back_as_it_was_kept() -> None:
    again = pickle.loads(pickle.dumps(WHOLE, protocol=5))

    assert again == WHOLE
    assert isinstance(again.verdict, Verdict)


def test_an_outcome_in_an_error_comes_back_too() -> None:
    again = pickle.loads(pickle.dumps(TaskEnded(WHOLE), protocol=5))

    assert again.outcome == WHOLE
    assert (str(again), repr(again)) == ("No.", "TaskEnded('No.')")


def test_what_runs_kept_by_their_fields_is_still_understood() -> None:
    """Runs that wait for months were begun by versions that pickled the list of the fields."""
    done, outcome = Done.__new__(Done), Outcome.__new__(Outcome)
    done.__setstate__(["child", ("a", "b"), Verdict.WARNING, {"value": 1}, "Nearly."])  # type: ignore[attr-defined]
    outcome.__setstate__(  # type: ignore[attr-defined]
        [Verdict.FAILED, {"value": [1, None]}, (done,), "No.", Verdict.KILLED]
    )

    assert outcome == WHOLE
