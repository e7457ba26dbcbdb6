"""Restarting a run that failed: what had ended well is kept, and each attempt has its own end."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.model.states import StateType
from tests.scenarios import desk
from tests.yamlflow.running.runs import answer, lines, restart, started

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.timeout(100),  # several processes start one after the other
]

FLOW = "io.kestra.plugin.core.flow"
SAY = "io.kestra.plugin.core.log.Log"
SHELL = "io.kestra.plugin.scripts.shell.Commands"


def say(id: str, text: str) -> str:
    return f"""{{id: {id}, type: {SAY}, message: "{text}"}}"""


def test_how_it_ends_is_done_again_by_each_attempt(tmp_path: Path) -> None:
    call = started(
        f"""
        - id: group
          type: {FLOW}.Sequential
          tasks:
            - {say("first", "done once")}
            - {{id: second, type: {SHELL}, commands: ["test -e {tmp_path}/mended"]}}
          errors: [{say("group_sorry", "group is sorry")}]
          finally: [{say("group_tidy", "group tidies up")}]
        """,
        f"""
        errors:
          - {{id: ask, type: {FLOW}.Pause, onResume: [{{id: word, type: STRING}}]}}
          - {say("sorry", "heard {{ outputs.ask.onResume.word }}")}
        finally: [{say("tidy", "tidies up")}]
        afterExecution: [{say("after", "ended {{ execution.state }}")}]
        """,
    )
    run_id = desk.reached_question("ask").run_id
    answer("ask", word="one")
    assert call.returned().is_failed()
    restart(run_id)
    # Another failure is another question.
    answer("ask", word="two")
    desk.reached(run_id, StateType.FAILED)
    (tmp_path / "mended").touch()
    restart(run_id)
    desk.reached(run_id, StateType.COMPLETED)
    said = [line for line in lines(run_id) if line in EXPECTED]
    assert said == ["done once", *FAILED, "heard one", *ENDED, *FAILED, "heard two", *ENDED, *WELL]
    assert not any("not made any more" in line for line in lines(run_id))


FAILED = ["group is sorry", "group tidies up"]
ENDED = ["tidies up", "ended FAILED"]
WELL = ["group tidies up", "tidies up", "ended SUCCESS"]
EXPECTED = {"done once", "heard one", "heard two", *FAILED, *ENDED, *WELL}
