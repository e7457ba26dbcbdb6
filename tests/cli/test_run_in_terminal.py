"""`signoff run` in front of a person, and without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.cli.terminals import Terminal

CORE = "io.kestra.plugin.core"
FLOW = f"""
id: leave
namespace: company.team
inputs:
  - {{id: who.name, type: STRING}}
  - {{id: days, type: INT, min: 1, max: 30}}
  - {{id: doctor, type: BOOL, defaults: false}}
  - id: note
    type: FILE
    dependsOn: {{inputs: [doctor], condition: "{{{{ inputs.doctor }}}}"}}
tasks:
  - id: ask
    type: {CORE}.flow.Pause
    description: May they go?
    onResume:
      - {{id: approved, type: BOOL}}
      - {{id: slip, type: FILE, required: false}}
  - id: decide
    type: {CORE}.flow.Approval
    description: Does the head agree?
    denyBehavior: FAIL
outputs:
  - id: said
    type: STRING
    value: "{{{{ inputs.who.name }}}} {{{{ inputs.days }}}} {{{{ outputs.ask.onResume.approved }}}}"
  - {{id: note, type: STRING, value: "{{{{ inputs.note is null ? 'none' : read(inputs.note) }}}}"}}
  - id: slip
    type: STRING
    value: "{{{{ outputs.ask.onResume.slip is null ? 'none' : read(outputs.ask.onResume.slip) }}}}"
"""


@pytest.fixture
def file(shell: Shell, tmp_path: Path) -> str:
    path = tmp_path / "leave.yaml"
    path.write_text(FLOW)
    (tmp_path / "note.txt").write_text("is ill")
    return str(path)


def test_inputs_and_questions_are_asked_for_typed(file: str) -> None:
    with Terminal("run", file, "-i", "days=3") as person:
        person.see("Inputs of company.team.leave")
        person.see("Name:")
        person.type("Ada\r")
        person.see("Days")
        person.type("\x15many\r")
        person.see("must be a whole number")
        person.type("\x1531\r")
        person.see("at most 30")
        person.type("\x154\r")
        person.see("Doctor")
        person.type("yes\r")
        person.see("Note")
        person.type("nowhere.txt\r")
        person.see("cannot be read: No such file or directory")
        person.type("\x15note.txt\r")
        person.see("Enter sends this answer")
        person.type("\r")
        person.see("May they go?")
        person.see("Approved")
        person.type("yes\r")
        person.see("Slip")
        person.type("note.txt\r")
        person.see("Enter sends this answer")
        person.type("\r")
        person.see("Does the head agree?")
        person.see("Choose:")
        person.type("1\r")
        person.see("Comment")
        person.type("\r")
        person.see("Enter sends this answer")
        person.type("\r")
        assert person.end() == 0
        assert "said: Ada 4 true" in person.written
        assert "note: is ill" in person.written
        assert "slip: is ill" in person.written


def test_whoever_ends_the_input_starts_nothing(shell: Shell, file: str) -> None:
    with Terminal("run", file) as person:
        person.see("Name:")
        person.type("\x03")
        assert person.end() == 130
        assert "Traceback" not in person.written
    assert shell.main("flow-run", "ls", "-o", "json").json() == []


def test_a_denial_that_fails_has_its_exit_code(file: str) -> None:
    with Terminal("run", file, "-i", "days=3", "-i", "who.name=Ada") as person:
        person.see("Approved")
        person.type("no\r")
        person.see("Slip")
        person.type("\r")
        person.see("Enter sends this answer")
        person.type("\r")
        person.see("Does the head agree?")
        person.see("Choose:")
        person.type("2\r")
        person.see("Comment")
        person.type("\r")
        person.see("Enter sends this answer")
        person.type("\r")
        assert person.end() == 1
        assert "It was denied." in person.written


def test_what_is_wrong_is_told_at_once(file: str) -> None:
    with Terminal("run", file, "-i", "days=31") as person:
        assert person.end() == 1
        assert "days: must be at most 30" in person.written
        assert "who.name: is required" in person.written


def test_no_prompt_asks_nothing(file: str) -> None:
    with Terminal("run", file, "--no-prompt") as person:
        assert person.end() == 1
        assert "who.name: is required" in person.written
        assert "days: is required" in person.written


def test_without_a_terminal_each_missing_input_is_an_error(shell: Shell, file: str) -> None:
    done = shell.main("run", file)
    assert done.code == 1
    assert "who.name: is required" in done.err
    assert "days: is required" in done.err
    assert shell.main("flow-run", "ls", "-o", "json").json() == []


def test_a_file_is_given_by_its_path(shell: Shell, file: str) -> None:
    given = ("-i", "days=3", "-i", "who.name=Ada", "-i", "doctor=true")
    done = shell.main("run", file, *given, "-i", "note=@nowhere.txt")
    assert done.code == 1
    assert "nowhere.txt cannot be read: No such file or directory." in done.err


def test_an_answer_names_a_file(shell: Shell, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_YAML_STAY_SECONDS", "0")
    shell.main("run", file, "-i", "days=3", "-i", "who.name=Ada").ok()
    (run,) = shell.main("flow-run", "ls", "-o", "json").json()
    given = ("-i", "approved=yes", "-i", "slip=@note.txt")
    shell.main("flow-run", "resume", run["id"], "--no-run", *given).ok()
    (wait,) = shell.main("flow-run", "inspect", run["id"], "-o", "json").json()["waits"]
    assert wait["answer"]["slip"].startswith("signoff:///company.team/leave/")
