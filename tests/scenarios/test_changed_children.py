"""A called flow that comes back with other arguments is the one that was called before."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from signoff.model.states import StateType
from signoff.model.views import FlowRun
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.timeout(300),  # several processes start one after the other
]

BODY = """
@flow
def inner(when):
    begun = work("before")
    return when + begun + {wait}(wait_for_input=str, key="q")

@flow
def outer():
    if (GATES / "gone").exists():
        return "without"
    return [inner((GATES / "when").read_text()), work("last")]

if __name__ == "__main__":
    outer()
"""


def family() -> tuple[FlowRun, ...]:
    """The run of the caller, and those of the called flow."""
    runs = desk.runs()
    assert runs[0].flow_name == "outer"
    assert all(run.parent_flow_run_id == runs[0].id for run in runs[1:])
    return runs


@pytest.fixture(params=["suspend_flow_run", "pause_flow_run"])
def asked(script: Callable[[str], Script], request: pytest.FixtureRequest) -> Script:
    """A script whose called flow waits for an answer without a process."""
    made = script(BODY.replace("{wait}", request.param))
    made.write("when", "10:00")
    process = made.start()
    question = desk.reached_question("q")
    if request.param == "suspend_flow_run":
        process.wait()
        wait_until(lambda: desk.run(family()[0].id).state_name == "Suspended", desk.PATIENCE)
    else:
        process.kill()
        wait_until(lambda: not desk.reached_question("q").alive, desk.PATIENCE)
    made.write("when", "10:05")
    assert question.run_id == family()[1].id
    return made


def test_it_is_gone_on_with_and_nobody_is_asked_twice(asked: Script) -> None:
    outer, inner = family()
    asked.resume(inner.id, "!", "q")
    assert ended(outer.id) == ["10:00BEFORE!", "LAST"]
    assert asked.worked() == {"before": 1, "last": 1}
    assert len(family()) == 2
    warning = "'inner' was called here with other arguments before the run was entered again; "
    assert any(warning + "it goes on with the run" in line for line in desk.log(outer.id))
    (record,) = [task for task in desk.tasks(outer.id) if task.child_flow_run_id is not None]
    assert (record.child_flow_run_id, record.state_type) == (inner.id, StateType.COMPLETED)


def test_it_begins_again_when_told_so(asked: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_JOURNAL_CHANGED", "rerun")
    outer, inner = family()
    asked.resume(inner.id, "old", "q")
    wait_until(lambda: len(family()) == 3, desk.PATIENCE)
    second = family()[2].id
    asked.resume(desk.reached_question("q").run_id, "new", "q")
    assert ended(outer.id) == ["10:05BEFOREnew", "LAST"]
    assert ended(second) == "10:05BEFOREnew"
    dropped(inner.id)


def test_the_run_fails_when_told_so(asked: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_JOURNAL_CHANGED", "fail")
    outer, inner = family()
    asked.resume(inner.id, "!", "q")
    failed = desk.reached(outer.id, StateType.FAILED, StateType.COMPLETED)
    assert failed.state is not None
    assert "JournalMismatch" in str(failed.state.message)
    assert len(family()) == 2
    dropped(inner.id)


def test_what_is_not_called_any_more_ends_with_its_caller(asked: Script) -> None:
    outer, inner = family()
    asked.open("gone")
    asked.signoff("flow-run", "execute", str(outer.id))
    assert ended(outer.id) == "without"
    dropped(inner.id)
    assert desk.nothing_asked()
    (record,) = desk.tasks(outer.id)
    assert record.state_type is StateType.CRASHED


def dropped(run_id: UUID) -> None:
    """The run has ended because nobody calls it any more, and says so."""
    run = desk.run(run_id)
    assert run.state is not None
    assert run.state_type is StateType.CANCELLED
    assert "did not call it any more" in str(run.state.message)
    assert all(wait.status.value != "open" for wait in desk.waits(run_id))


TWO = """
@flow
def inner(name):
    return name + suspend_flow_run(wait_for_input=str, key=name)

@task
def calls(name):
    return inner(name)

@flow
def outer():
    names = (GATES / "names").read_text().split()
    return [future.result() for future in [calls.submit(name) for name in names]]

if __name__ == "__main__":
    outer()
"""


def test_each_keeps_its_own_answer_when_their_order_changes(
    script: Callable[[str], Script],
) -> None:
    both = script(TWO)
    both.write("names", "a b")
    both.start().wait()
    desk.asked(2)
    outer, *_ = family()
    wait_until(lambda: desk.run(outer.id).state_name == "Suspended", desk.PATIENCE)
    both.write("names", "b a")
    both.resume(desk.reached_question("a").run_id, "1", "a")
    both.resume(desk.reached_question("b").run_id, "2", "b")
    assert ended(outer.id) == ["b2", "a1"]
    assert len(family()) == 3
