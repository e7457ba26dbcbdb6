"""`signoff flow-run resume` without a terminal: where answers come from, what is refused."""

from __future__ import annotations

import json

import pytest

from signoff.model.forms import Form
from signoff.model.replies import RunHandle
from tests.cli.seeds import Seeds
from tests.cli.shell import Ran, Shell

FIELDS = [
    "run_id",
    "key",
    "replayed",
    "state_type",
    "state_name",
    "answered_by",
    "answered_at",
    "needs_entry",
    "pid",
]
FILLED = Form(
    {
        "type": "object",
        "properties": {"count": {"type": "integer"}, "note": {"type": "string", "default": "-"}},
        "required": ["count"],
    },
    initial={"count": 3},
)
PLAIN = Form(
    {"type": "object", "properties": {"value": {"type": "integer"}}, "required": ["value"]}
)


@pytest.fixture
def asking(seeds: Seeds) -> RunHandle:
    """A run that asks for an approval, a count and a note."""
    run = seeds.run()
    seeds.wait(run)
    return run


def resume(shell: Shell, *words: str) -> Ran:
    return shell.main("flow-run", "resume", "calm-otter", *words)


def answer(shell: Shell) -> object:
    (wait,) = shell.main("flow-run", "inspect", "calm-otter", "-o", "json").json()["waits"]
    assert wait["status"] == "answered"
    return wait["answer"]


def test_input_by_field(shell: Shell, asking: RunHandle) -> None:
    assert (
        resume(shell, "--input", "approved=yes", "-i", "count=2").ok() == "Answered calm-otter.\n"
    )
    assert answer(shell) == {"approved": True, "count": 2, "note": ""}


def test_input_as_json(shell: Shell, asking: RunHandle) -> None:
    told = resume(shell, "--json", '{"approved": false, "count": 1}', "-o", "json").json()
    assert list(told) == FIELDS
    assert told["run_id"] == str(asking.run_id)
    assert (told["key"], told["replayed"], told["needs_entry"]) == ("approve", False, False)
    assert told["answered_by"]["via"] == "cli"
    assert answer(shell) == {"approved": False, "count": 1, "note": ""}


def test_json_from_standard_input(shell: Shell, asking: RunHandle) -> None:
    text = '{"approved": true, "count": 1}'
    shell.run("flow-run", "resume", asking.name, "--json", "-", standard_input=text).ok()
    assert answer(shell) == {"approved": True, "count": 1, "note": ""}


def test_a_field_from_a_file(shell: Shell, seeds: Seeds) -> None:
    (shell.home / "note.txt").write_text("from a file")
    properties = {"plan": {"type": "string", "format": "base64"}}
    run = seeds.run()
    seeds.wait(run, form=Form({"type": "object", "properties": properties}))
    resume(shell, "-i", f"plan=@{shell.home / 'note.txt'}").ok()
    assert answer(shell) == {"plan": "ZnJvbSBhIGZpbGU="}


def test_every_bad_field_is_told_and_the_run_stays_paused(shell: Shell, asking: RunHandle) -> None:
    said = resume(shell, "-i", "approved=maybe", "-i", "count=many", "-i", "nope=1").refused()
    assert [line.split(":")[0] for line in said.splitlines()[1:]] == [
        "  approved",
        "  count",
        "  nope",
    ]
    said = resume(shell, "-i", "count=11").refused()
    assert "  count: must be at most 10" in said
    assert "  approved: is required" in said
    assert shell.main("inbox", "-o", "json").json()[0]["run_id"] == str(asking.run_id)


def test_bad_json(shell: Shell, asking: RunHandle) -> None:
    assert resume(shell, "--json", "{").refused().startswith("The answer is not JSON")
    resume(shell, "--json", "[1]").refused()


def test_without_a_terminal_the_filled_form_is_the_answer(shell: Shell, seeds: Seeds) -> None:
    seeds.wait(seeds.run(), form=FILLED)
    ran = shell.run("flow-run", "resume", "calm-otter")
    assert ran.ok() == "Answered calm-otter.\n"
    assert answer(shell) == {"count": 3, "note": "-"}


def test_without_a_terminal_missing_fields_are_named_with_an_example(
    shell: Shell, asking: RunHandle
) -> None:
    said = shell.run("flow-run", "resume", asking.name).refused()
    assert said.splitlines() == [
        "Approve the release?: an answer is needed, and there is no terminal to ask in. Give it as "
        "in: signoff flow-run resume calm-otter --input approved=... --input count=...",
        "  approved: is required",
        "  count: is required",
    ]


def test_a_plain_value_needs_no_name(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.wait(run, "one", form=PLAIN)
    resume(shell, "--json", "41").ok()
    assert answer(shell) == {"value": 41}
    seeds.wait(run, "two", form=PLAIN)
    resume(shell, "--input", "42", "--key", "two").ok()


def test_only_the_word_to_go_on(shell: Shell, seeds: Seeds) -> None:
    seeds.wait(seeds.run(), form=None)
    assert "asks for no input" in resume(shell, "-i", "approved=yes").refused()
    resume(shell).ok()


def test_the_same_answer_twice_is_success_and_another_one_a_conflict(
    shell: Shell, asking: RunHandle
) -> None:
    same = ["--key", "approve", "--json", '{"approved": true, "count": 1}']
    resume(shell, *same).ok()
    assert resume(shell, *same).ok().startswith("calm-otter had this answer already, from ")
    said = resume(shell, "--key", "approve", "-i", "approved=no", "-i", "count=1").refused()
    first, at, stands = said.splitlines()
    assert "was already answered differently by" in first
    assert "(cli" in first
    assert at.startswith("  answered at ")
    assert json.loads(stands.partition(": ")[2]) == {"approved": True, "count": 1, "note": ""}


def test_a_run_that_waits_for_nothing(shell: Shell, seeds: Seeds) -> None:
    seeds.ended()
    assert resume(shell).refused() == "Cannot resume a run that isn't paused!"


def test_several_questions_are_told_with_their_commands(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.wait(run, "a", title="First?")
    seeds.wait(run, "b", title="Second?")
    said = resume(shell, "-i", "approved=yes").refused()
    assert f"  signoff flow-run resume {run.run_id} --key a  # First?" in said.splitlines()
    assert f"  signoff flow-run resume {run.run_id} --key b  # Second?" in said.splitlines()
    resume(shell, "--key", "b", "--json", '{"approved": true, "count": 1}').ok()
    resume(shell, "--json", '{"approved": true, "count": 1}').ok()


def test_a_question_that_is_not_there(shell: Shell, asking: RunHandle) -> None:
    said = resume(shell, "--key", "other", "--json", "{}").refused()
    assert "has no wait 'other'; open: approve" in said


def test_a_waiting_child_is_named(shell: Shell, seeds: Seeds) -> None:
    parent = seeds.run("parent")
    child = seeds.run("child", parent=parent.run_id)
    seeds.wait(child)
    said = shell.main("flow-run", "resume", "parent").refused()
    assert f"  signoff flow-run resume {child.run_id}" in said.splitlines()


def test_a_pause_that_has_not_begun_is_taken_back(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    shell.main("flow-run", "pause", run.name).ok()
    assert resume(shell).ok() == "calm-otter goes on: the pause that was asked for is taken back.\n"


def test_input_and_json_exclude_each_other(shell: Shell, asking: RunHandle) -> None:
    assert resume(shell, "--json", "{}", "-i", "a=1").code == 2


ORPHAN = """
import os
from signoff.gateway.connect import get_gateway
from signoff.model.journal import EntryRecord
from tests.cli.seeds import Seeds

record = EntryRecord("elsewhere", "ann", "python", "/", (), "/flow.py", None, "flow", "0")
seeds = Seeds(get_gateway())
seeds.wait(seeds.run(entry_record=record if os.environ["RECORD"] == "yes" else None))
os._exit(0)
"""


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("yes", "The run was started on another machine"),
        ("no", "Only the program that created it can run it"),
    ],
)
def test_an_answer_stands_where_no_process_can_be_started(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, record: str, said: str
) -> None:
    monkeypatch.setenv("RECORD", record)
    shell.spawn_source(ORPHAN).wait_ok()
    ran = resume(shell, "-i", "approved=yes", "-i", "count=1", "-o", "json")
    assert ran.json()["needs_entry"] is True
    assert ran.json()["pid"] is None
    assert said in ran.err
    assert shell.main("flow-run", "execute", "calm-otter").code == 1
    (run,) = shell.main("flow-run", "ls", "-o", "json").json()
    assert run["state_name"] == "Resuming"
