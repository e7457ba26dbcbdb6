"""Commands in front of a person: prompts and live displays on a real pseudo-terminal."""

from __future__ import annotations

import pytest

from signoff.model.runs import Phase
from signoff.model.states import StateType
from tests.cli.seeds import Seeds
from tests.cli.shell import Shell
from tests.cli.terminals import Terminal
from tests.forms.emulator import Emulator


def test_the_form_is_asked_for(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.wait(run)
    with Terminal("flow-run", "resume", run.name) as person:
        person.see("Approve the release?")
        person.see("Answer by ")
        person.see("or the run fails.")
        person.see("Approved")
        person.type("yes\r")
        person.see("Count")
        person.type("11\r")
        person.see("at most 10")
        person.type("3\r")
        person.see("Note")
        person.type("\r")
        person.see("Enter sends this answer")
        person.type("\r")
        person.see("Answered calm-otter.")
        assert person.end() == 0
    (wait,) = shell.main("flow-run", "inspect", run.name, "-o", "json").json()["waits"]
    assert wait["answer"] == {"approved": True, "count": 3, "note": ""}
    assert wait["answered_by"]["via"] == "cli"


def test_the_question_vanishes_when_somebody_else_answers(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.wait(run)
    with Terminal("flow-run", "resume", run.name) as person:
        person.see("Approved")
        shell.main("flow-run", "resume", run.name, "-i", "approved=no", "-i", "count=1").ok()
        assert person.end() == 1
        screen = Emulator(100, 50)
        screen.feed(person.written)
    assert screen.text.startswith("calm-otter no longer asks: the question was answered by ")
    assert "Approve the release?" not in screen.text


def test_ctrl_c_leaves_the_run_paused(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.wait(run)
    with Terminal("flow-run", "resume", run.name) as person:
        person.see("Approved")
        person.type("\x03")
        assert person.end() == 130
        assert "Traceback" not in person.written
    assert len(shell.main("inbox", "-o", "json").json()) == 1


def test_no_prompt_asks_nothing(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.wait(run)
    with Terminal("flow-run", "resume", run.name, "--no-prompt") as person:
        assert person.end() == 1
        assert "approved: is required" in person.written


def test_watch_is_a_live_display(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    with Terminal("flow-run", "watch", run.name) as person:
        person.see("Running")
        person.see("tasks: 0 finished, 0 running")
        seeds.task(run, "one", StateType.COMPLETED)
        person.see("tasks: 1 finished, 0 running")
        seeds.wait(run)
        person.see("waits for: Approve the release?")
        seeds.gateway.settle()
        shell.main("flow-run", "resume", run.name, "-i", "approved=1", "-i", "count=1").ok()
        seeds.finish(run, Phase.FAILED, "boom")
        assert person.end() == 1
        assert "calm-otter ended: Failed: boom" in person.written


@pytest.mark.parametrize("words", [["flow-run", "ls"], ["inbox"]])
def test_tables_in_a_terminal_have_colours_and_no_foreign_codes(
    shell: Shell, seeds: Seeds, words: list[str]
) -> None:
    seeds.wait(seeds.run("evil\x1b[2J"))
    with Terminal(*words) as person:
        assert person.end() == 0
        assert "\x1b[2J" not in person.written
        assert "evil\\x1b[2J" in person.written


def test_the_inbox_is_shown_live(shell: Shell, seeds: Seeds) -> None:
    with Terminal("inbox", "--watch") as person:
        person.see("Nothing waits for a person.")
        seeds.wait(seeds.run())
        person.see("calm-otter")
        person.type("\x03")
        assert person.end() == 130
