"""The examples, run as a user runs them: real processes, fresh homes, real answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from signoff.authoring.waiting import resume_flow_run
from signoff.gateway.connect import close_gateways, get_gateway
from signoff.model.queries import CountRuns, ReadHistory, ReadInbox, ReadRuns, ReadTaskRuns
from signoff.model.replies import InboxItem
from signoff.yamlflow.reading import load_document
from tests.cli.terminals import Terminal
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import wait_until

pytestmark = pytest.mark.docs

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(autouse=True)
def home(signoff_home: Path) -> Iterator[Path]:
    """A fresh home; this process is one more that works on it."""
    yield signoff_home
    close_gateways()


def asked(running: PythonProcess, key: str | None = None) -> InboxItem:
    """The question that a program asks, as soon as it does."""

    def look() -> InboxItem | None:
        assert running.returncode is None, f"ended without asking\n{running.said()}"
        items = get_gateway().send(ReadInbox())
        return next((item for item in items if key in (None, item.key)), None)

    found = wait_until(look, message=running.said)
    assert found is not None
    return found


# hello, approve_many -----------------------------------------------------------------------


def test_hello_leaves_a_run_on_record(spawn_python: Spawner) -> None:
    spawn_python(EXAMPLES / "hello.py", "Ada").wait_ok()
    (run,) = get_gateway().send(ReadRuns())
    assert (run.flow_name, run.state_name) == ("hello", "Completed")
    assert run.parameters == {"name": "Ada"}
    (task,) = get_gateway().send(ReadTaskRuns())
    assert task.state_name == "Completed"


def test_approve_many_goes_on_answer_by_answer(spawn_python: Spawner) -> None:
    running = spawn_python(EXAMPLES / "approve_many.py")
    first, second = asked(running, "acme-17"), asked(running, "globex-18")
    assert first.run_id == second.run_id
    resume_flow_run(second.run_id, {"approve": False}, key=second.key)
    running.wait_for_output("^globex-18: refused$")
    assert [item.key for item in get_gateway().send(ReadInbox())] == ["acme-17"]
    resume_flow_run(first.run_id, {"approve": True})
    said = running.wait_ok()
    assert "{'acme-17': 'paid', 'globex-18': 'refused'}" in said


# database_cleanup --------------------------------------------------------------------------


@pytest.fixture
def five_old_runs(spawn_python: Spawner) -> None:
    """Runs that ended before now."""
    program = (EXAMPLES / "hello.py").read_text("utf-8").partition("\nif __name__")[0]
    spawn_python(f"{program}\nfor name in 'abcde':\n    hello(name)\n").wait_ok()
    assert count_hello() == 5


def count_hello() -> int:
    """How many runs of `hello` there are."""
    return sum(run.flow_name == "hello" for run in get_gateway().send(ReadRuns()))


@pytest.mark.usefixtures("five_old_runs")
def test_cleanup_deletes_in_batches_once_approved(spawn_python: Spawner) -> None:
    words = ("--days", "0", "--batch-size", "2")
    running = spawn_python(EXAMPLES / "database_cleanup.py", *words)
    question = asked(running)
    assert question.key == "cleanup"
    assert count_hello() == 5, "nothing is deleted before somebody says so"
    resume_flow_run(question.run_id, {"decision": "delete", "reason": "old", "at_most": 3})
    assert "3 flow runs deleted." in running.wait_ok()
    assert "Deleted 2 of 3" in running.stderr
    assert "Deleted 3 of 3 (100 %)" in running.stderr
    assert count_hello() == 2


@pytest.mark.usefixtures("five_old_runs")
@pytest.mark.parametrize("way", ["keep", "dry run", "too young"])
def test_cleanup_keeps_everything_otherwise(way: str, spawn_python: Spawner) -> None:
    words = {
        "keep": ("--days", "0"),
        "dry run": ("--days", "0", "--dry-run"),
        "too young": ("--days", "30"),
    }[way]
    running = spawn_python(EXAMPLES / "database_cleanup.py", *words)
    if way == "keep":
        question = asked(running)
        refuse_what_does_not_fit(question.run_id)
        resume_flow_run(question.run_id, {"decision": "keep", "reason": "still needed"})
    assert "0 flow runs deleted." in running.wait_ok()
    assert ("| hello | 5 |" in running.stderr) == (way == "dry run")
    assert get_gateway().send(CountRuns()) == 6


def refuse_what_does_not_fit(run_id: UUID) -> None:
    """Answers that are refused, so that the question stays open."""
    wrong: list[dict[str, Any]] = [
        {"decision": "shred", "reason": "because"},
        {"decision": "delete", "reason": ""},
        {"decision": "delete", "reason": "because", "at_most": 0},
    ]
    for answer in wrong:
        with pytest.raises(RuntimeError, match="Cannot resume this run"):
            resume_flow_run(run_id, answer)


# demo --------------------------------------------------------------------------------------


def test_demo_answers_itself_where_there_is_no_terminal(spawn_python: Spawner) -> None:
    running = spawn_python(EXAMPLES / "demo.py")
    said = running.wait_ok(60)
    assert "a second process answers through the public API" in said
    assert "# 1.4.0 (beta, " in said
    for event in ("start", "open", "answer", "complete"):
        assert f"  {event} " in said
    (run,) = get_gateway().send(ReadRuns())
    assert run.state_name == "Completed"
    assert run.name in said


def test_demo_asks_in_the_terminal() -> None:
    with Terminal(program=[str(EXAMPLES / "demo.py")]) as terminal:
        terminal.see("signoff flow-run resume")
        terminal.see("Sign off this release")
        terminal.see("Ready for release?")
        for question, typed in {
            "Version: ": "2.x",
            "must match the pattern": "",
            "Version:": "2.1.0",
            "Choose [beta]: ": "1",
            "Rollout (whole number, 1 to 100) [10]: ": "101",
            "must be at most 100": "",
            "Rollout": "40",
            "Day (YYYY-MM-DD)": "2027-03-01",
            "Highlights": "It waits for people",
            "2: ": "",
            "Name: ": "Ada",
            "Room": "",
            "Approved (yes or no): ": "yes",
            "Enter sends this answer": "",
        }.items():
            terminal.see(question)
            if not question.startswith("must"):
                terminal.type(f"{typed}\r")
        terminal.see("# 2.1.0 (stable, 01 March 2027)")
        terminal.see("- It waits for people")
        terminal.see("40 % of users at first")
        terminal.see("(terminal, ")
        assert terminal.end() == 0


def test_demo_is_answered_from_elsewhere_while_it_asks() -> None:
    with Terminal(program=[str(EXAMPLES / "demo.py")]) as terminal:
        terminal.see("Version: ")
        terminal.type("3.")
        (question,) = get_gateway().send(ReadInbox())
        answer = {"version": "3.0.0", "contact": {"name": "Bob"}, "approved": False}
        resume_flow_run(question.run_id, answer)
        terminal.see("Not released, as you said.")
        assert terminal.end() == 0
    history = get_gateway().send(ReadHistory(question.run_id))
    assert [entry.kind for entry in history] == ["start", "open", "answer", "complete"]
    assert all(entry.actor.name for entry in history)


@pytest.mark.parametrize("path", sorted((EXAMPLES / "flows").iterdir()), ids=lambda path: path.name)
def test_a_document_is_valid_without_a_remark(path: Path) -> None:
    assert load_document(path.read_text("utf-8")).problems == ()


def test_every_example_is_tested() -> None:
    here = Path(__file__).read_text("utf-8")
    untested = [name for name in os.listdir(EXAMPLES) if name[0] not in "._" and name not in here]
    assert untested == []
