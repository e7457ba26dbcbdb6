"""A suspended run whose code is broken when it is answered, or whose timer fires unseen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.timeout(300),  # several processes start one after the other
]

ASKS = """
@flow
def asks():
    first = work("first")
    return first + suspend_flow_run(wait_for_input=str, key="q") + work("last")

if __name__ == "__main__":
    asks()
"""


def broken(script: Callable[[str], Script], folder: Path, how: str) -> None:
    """What somebody did to the script meanwhile."""
    if how == "gone":
        (folder / "script.py").unlink()
    elif how == "renamed":
        script(ASKS.replace("asks", "inquires"))
    else:
        script("this is no Python\n")


@pytest.mark.parametrize(
    ("how", "reason", "again"),
    [
        ("gone", "script.py is gone", "retry"),
        ("renamed", "has no 'asks' any more", "execute"),
        ("broken", "SyntaxError", "retry"),
    ],
)
def test_broken_code_keeps_the_answer(
    script: Callable[[str], Script], tmp_path: Path, how: str, reason: str, again: str
) -> None:
    asks = script(ASKS)
    assert asks.start().wait() == 0
    run_id = desk.only_run().id
    wait_until(lambda: desk.run(run_id).state_name == "Suspended", desk.PATIENCE)
    broken(script, tmp_path, how)
    asks.resume(run_id, "yes", "q")
    state = desk.reached(run_id, StateType.CRASHED).state
    assert state is not None
    assert reason in str(state.message)
    assert "signoff flow-run retry" in str(state.message)
    mended = script(ASKS)
    if again == "execute":
        mended.signoff("flow-run", "retry", str(run_id), "--no-run")
    mended.signoff("flow-run", again, str(run_id))
    assert ended(run_id) == "FIRSTyesLAST"
    assert mended.worked() == {"first": 1, "last": 1}
    assert [len(wait.responses) for wait in desk.waits(run_id)] == [1]


TIMER = """
from datetime import timedelta

@flow
def sleeper():
    work("before")
    suspend_flow_run(until=timedelta(seconds=3))
    return work("after")

if __name__ == "__main__":
    sleeper()
"""


def test_the_next_command_starts_what_a_timer_lets_go_on(script: Callable[[str], Script]) -> None:
    """No server runs, and the process that set the timer is gone when it fires."""
    sleeper = script(TIMER)
    process = sleeper.start()
    assert process.wait() == 0
    assert "while `signoff server start` runs" in process.stderr
    run_id = desk.only_run().id

    def commanded() -> bool:
        sleeper.signoff("inbox")
        return desk.run(run_id).state_type is StateType.COMPLETED

    wait_until(commanded, desk.PATIENCE, lambda: f"the timer: {desk.run(run_id)}")
    assert ended(run_id) == "AFTER"
    assert sleeper.worked() == {"before": 1, "after": 1}
    expired = [line for line in desk.history(run_id) if line.kind.value == "expire"]
    assert len(expired) == 1
