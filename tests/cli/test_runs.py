"""`signoff flow-run ls | inspect`, and how a run is found."""

from __future__ import annotations

from uuid import UUID

import pytest

from signoff.model.forms import Form
from signoff.model.runs import Phase
from signoff.model.states import StateType
from tests.cli.seeds import Seeds
from tests.cli.shell import Shell

RUN_FIELDS = [
    "id",
    "name",
    "flow_id",
    "flow_name",
    "flow_version",
    "state_type",
    "state_name",
    "state_message",
    "state_timestamp",
    "parameters",
    "tags",
    "run_count",
    "entries",
    "reentry",
    "created",
    "created_by",
    "expected_start_time",
    "start_time",
    "end_time",
    "total_run_time",
    "parent_flow_run_id",
]
INBOX_FIELDS = [
    "run_id",
    "run_name",
    "flow_name",
    "key",
    "kind",
    "title",
    "opened_at",
    "deadline",
    "on_deadline",
    "alive",
    "has_form",
]
WAIT_FIELDS = [
    *INBOX_FIELDS,
    "status",
    "description",
    "schema",
    "initial",
    "message",
    "errors",
    "answer",
    "answered_by",
    "closed_at",
]
TASK_FIELDS = [
    "id",
    "name",
    "task_key",
    "state_type",
    "state_name",
    "run_count",
    "start_time",
    "end_time",
    "total_run_time",
    "flow_run_id",
    "tags",
    "state_message",
]
HISTORY_FIELDS = ["at", "event", "state_type", "state_name", "message", "key", "by", "reentry"]


def names(shell: Shell, *words: str) -> set[str]:
    return {run["name"] for run in shell.main("flow-run", "ls", "-o", "json", *words).json()}


# ls ----------------------------------------------------------------------------------------


def test_an_empty_list_is_said_and_is_json(shell: Shell) -> None:
    ran = shell.main("flow-run", "ls")
    assert (ran.code, ran.out, ran.err) == (0, "", "There are no flow runs yet.\n")
    assert shell.main("flow-run", "ls", "-o", "json").json() == []
    assert shell.main("flow-run", "ls", "--flow", "x").err == "No flow runs match.\n"


def test_fields_are_stable(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run(parameters={"days": 3})
    (found,) = shell.main("flow-run", "ls", "-o", "json").json()
    assert list(found) == RUN_FIELDS
    assert found["id"] == str(run.run_id)
    assert found["parameters"] == {"days": 3}
    assert (found["state_type"], found["state_name"]) == ("RUNNING", "Running")
    assert found["start_time"].endswith("Z")
    assert found["end_time"] is None


def test_filters(shell: Shell, seeds: Seeds) -> None:
    seeds.ended("done")
    seeds.ended("failed", Phase.FAILED, "boom")
    seeds.run("running", flow="other")
    seeds.wait(seeds.run("paused"))
    assert names(shell) == {"done", "failed", "running", "paused"}
    assert names(shell, "--state", "paused") == {"paused"}
    assert names(shell, "--state", "FAILED", "--state", "Completed") == {"done", "failed"}
    assert names(shell, "--state", "Nowhere") == set()
    assert names(shell, "--flow", "other") == {"running"}
    assert names(shell, "--flow", "other", "--flow", "release", "--state", "running") == {"running"}
    assert names(shell, "--since", "1h") == {"done", "failed", "running", "paused"}
    assert names(shell, "--since", "2999-01-01") == set()
    assert len(names(shell, "--limit", "2")) == 2


def test_what_schedules_made_ahead_is_shown_when_asked_for(shell: Shell, seeds: Seeds) -> None:
    seeds.ended("done")
    seeds.made_ahead("tomorrow")
    assert names(shell) == {"done"}
    assert names(shell, "--state", "scheduled") == {"tomorrow"}
    assert names(shell, "--state", "scheduled", "--state", "completed") == {"done", "tomorrow"}


def test_since_must_be_a_time(shell: Shell) -> None:
    ran = shell.main("flow-run", "ls", "--since", "yesterday")
    assert ran.code == 2
    assert "30m, 2h or 7d" in ran.err


def test_the_table_cleans_what_flows_wrote(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run("evil\x1b[2J[bold]", flow="a\nb")
    out = shell.main("flow-run", "ls").ok()
    assert "\x1b" not in out
    assert "evil\\x1b[2J[bold]" in out
    assert "a b" in out
    assert str(run.run_id) in out


# finding -----------------------------------------------------------------------------------


def found(shell: Shell, text: str) -> UUID:
    return UUID(shell.main("flow-run", "inspect", text, "-o", "json").json()["id"])


def test_a_run_is_found_by_id_prefix_or_name(shell: Shell, seeds: Seeds) -> None:
    runs = [seeds.run(f"run-{number}") for number in range(30)]
    for run in (runs[0], runs[13], runs[29]):
        text = str(run.run_id)
        assert found(shell, text) == run.run_id
        assert found(shell, text.upper().replace("-", "")) == run.run_id
        assert found(shell, text[:30]) == run.run_id
        assert found(shell, text[:-1]) == run.run_id
        assert found(shell, run.name) == run.run_id


def test_a_short_prefix_is_enough_when_it_is_unique(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    assert found(shell, run.run_id.hex[:4]) == run.run_id


def test_a_prefix_of_several_runs_names_them(shell: Shell, seeds: Seeds) -> None:
    # Ids begin with the time, so a short beginning is that of both.
    one, two = seeds.run("one"), seeds.run("two")
    said = shell.main("flow-run", "inspect", one.run_id.hex[:6]).refused()
    assert "could be any of these" in said
    assert str(one.run_id) in said
    assert str(two.run_id) in said


def test_a_name_of_several_runs_names_them(shell: Shell, seeds: Seeds) -> None:
    one, two = seeds.run("same"), seeds.ended("same")
    said = shell.main("flow-run", "inspect", "same").refused()
    assert f"{one.run_id} (release, Running)" in said
    assert f"{two.run_id} (release, Completed)" in said


@pytest.mark.parametrize("text", ["nobody", "abc", "abcdef", "0" * 31, "not-hex-at-all"])
def test_a_run_that_is_not_there(shell: Shell, seeds: Seeds, text: str) -> None:
    seeds.run()
    said = shell.main("flow-run", "inspect", text).refused()
    assert said.startswith(f"There is no flow run with the id or name {text!r}.")


def test_an_unknown_full_id(shell: Shell) -> None:
    assert "0" * 8 in shell.main("flow-run", "inspect", "0" * 32).refused()


# inspect -----------------------------------------------------------------------------------


def test_inspect_tells_everything(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run(parameters={"days": 3})
    seeds.task(run, "fetch-1")
    seeds.task(run, "fetch-2", StateType.FAILED)
    seeds.wait(run)
    told = shell.main("flow-run", "inspect", run.name, "-o", "json").json()
    assert list(told) == [*RUN_FIELDS, "waits", "task_runs", "history"]
    assert [task["name"] for task in told["task_runs"]] == ["fetch-1", "fetch-2"]
    assert list(told["task_runs"][0]) == TASK_FIELDS
    assert list(told["waits"][0]) == WAIT_FIELDS
    assert told["waits"][0]["status"] == "open"
    assert told["waits"][0]["alive"] is True
    assert told["waits"][0]["schema"]["required"] == ["approved", "count"]
    assert [list(entry) for entry in told["history"]] == [HISTORY_FIELDS] * len(told["history"])
    assert [entry["event"] for entry in told["history"]] == ["start", "open"]
    assert list(told["history"][0]["by"]) == ["name", "via", "host", "verified"]
    out = shell.main("flow-run", "inspect", run.name).ok()
    for part in (str(run.run_id), "Paused", "days", "fetch-2", "Failed", "Approve the release?"):
        assert part in out


def test_inspect_shows_who_answered_and_masks_secrets(shell: Shell, seeds: Seeds) -> None:
    form = Form(
        {
            "type": "object",
            "properties": {
                "user": {"type": "string"},
                "token": {"type": "string", "format": "password", "writeOnly": True},
            },
            "required": ["user", "token"],
        }
    )
    run = seeds.run()
    seeds.wait(run, form=form)
    words = ["--input", "user=ann", "--input", "token=hunter2"]
    assert "hunter2" not in shell.main("flow-run", "resume", run.name, *words).ok()
    (wait,) = shell.main("flow-run", "inspect", run.name, "-o", "json").json()["waits"]
    assert wait["answer"] == {"user": "ann", "token": "********"}
    assert wait["answered_by"]["via"] == "cli"
    assert "hunter2" not in shell.main("flow-run", "inspect", run.name).ok()
