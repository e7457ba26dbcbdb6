"""Many runs answered by one call: each goes on, also those whose process is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.timeout(300)]

APPROVE = """
@flow
def approve(name):
    return [work(name), suspend_flow_run(wait_for_input=str, key="q"), work("after " + name)]

if __name__ == "__main__":
    from signoff.exceptions import Pause
    for name in "abc":
        try:
            approve(name)
        except Pause:
            note("left " + name)
"""


def test_suspended_runs_go_on_after_one_call(any_script: Callable[[str], Script]) -> None:
    script = any_script(APPROVE)
    assert script.start().wait() == 0
    assert [run.state_name for run in desk.runs()] == ["Suspended"] * 3
    said = script.signoff("bulk", "resume", "--all", "--input", "value=yes", "--yes")
    assert "3 of 3" in said
    assert "Started process" in said
    wait_until(
        lambda: all(run.state_name == "Completed" for run in desk.runs()),
        desk.PATIENCE,
        lambda: str([run.state_name for run in desk.runs()]),
    )
    results = sorted(ended(run.id) for run in desk.runs())
    assert results == [[name, "yes", f"AFTER {name}"] for name in "ABC"]
    worked = script.worked()
    assert worked == {name: 1 for each in "abc" for name in (each, f"after {each}")}
