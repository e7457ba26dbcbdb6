"""`signoff deployment` and `signoff deployment schedule`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from signoff.gateway.connect import get_gateway
from signoff.model.deploying import CreateDeployment
from signoff.model.deployments import DeploymentCreate
from signoff.model.queries import ReadRuns
from tests.cli.shell import Ran, Shell

NAME = "cleanup/nightly"
FIELDS = [
    "id",
    "name",
    "flow_id",
    "flow_name",
    "version",
    "description",
    "tags",
    "parameters",
    "parameter_openapi_schema",
    "enforce_parameter_schema",
    "paused",
    "concurrency_limit",
    "collision_strategy",
    "work_pool_name",
    "work_queue_name",
    "job_variables",
    "entrypoint",
    "path",
    "pull_steps",
    "created",
    "updated",
    "schedules",
]
SCHEDULE_FIELDS = [
    "id",
    "deployment_id",
    "slug",
    "active",
    "schedule",
    "parameters",
    "catchup",
    "created",
    "updated",
]
SCHEMA = {
    "type": "object",
    "properties": {"days": {"type": "integer"}, "kind": {"type": "string"}},
}


@pytest.fixture
def made(shell: Shell) -> str:
    asked = DeploymentCreate(
        name="nightly",
        flow_name="cleanup",
        tags=["a"],
        description="every night",
        concurrency_limit=1,
        parameter_openapi_schema=SCHEMA,
    )
    return str(get_gateway().send(CreateDeployment(asked)).id)


def test_deployments_are_listed_and_shown(shell: Shell, made: str) -> None:
    (listed,) = shell.main("deployment", "ls", "-o", "json").json()
    assert list(listed) == FIELDS
    assert (listed["id"], listed["tags"], listed["concurrency_limit"]) == (made, ["a"], 1)
    assert NAME in shell.main("deployment", "ls", "--flow-name", "cleanup").ok()
    assert shell.main("deployment", "ls", "--flow-name", "x").err == "No deployments match.\n"
    assert shell.main("deployment", "inspect", NAME, "-o", "json").json() == listed
    shown = shell.main("deployment", "inspect", made).ok()
    assert "every night" in shown
    assert "1 (ENQUEUE)" in shown


def test_a_run_is_made(shell: Shell, made: str) -> None:
    words = (
        "--param",
        "days=3",
        "--params",
        '{"kind": "old"}',
        "--tag",
        "b",
        "--flow-run-name",
        "mine",
    )
    run = shell.main("deployment", "run", NAME, *words, "--start-in", "10m", "-o", "json").json()
    assert (run["name"], run["parameters"]) == ("mine", {"days": 3, "kind": "old"})
    assert (run["tags"], run["state_name"]) == (["a", "b"], "Scheduled")
    (line,) = [each for each in shell.main("flow-run", "ls").ok().splitlines() if "mine" in each]
    assert " in " in line
    said = shell.main("deployment", "run", NAME, "--start-at", "2030-01-01T09:00").ok()
    assert "starts at 2030-01-01 09:00:00" in said


def test_pausing_resuming_deleting(shell: Shell, made: str) -> None:
    assert "are paused" in shell.main("deployment", "pause", NAME).ok()
    assert shell.main("deployment", "inspect", NAME, "-o", "json").json()["paused"] is True
    assert "make runs again" in shell.main("deployment", "resume", NAME).ok()
    assert "Deleted" in shell.main("deployment", "delete", NAME, "--yes").ok()
    assert shell.main("deployment", "ls").err == "There are no deployments yet.\n"


def test_schedules_from_creating_to_clearing(shell: Shell, made: str) -> None:
    schedule = ("deployment", "schedule")
    cron = ("--cron", "0 9 * * MON", "--timezone", "Europe/Berlin", "--slug", "weekly")
    created = shell.main(*schedule, "create", NAME, *cron, "-o", "json").json()
    assert list(created) == SCHEDULE_FIELDS
    assert created["schedule"] == {
        "cron": "0 9 * * MON",
        "timezone": "Europe/Berlin",
        "day_or": True,
        "with_seconds": False,
    }
    shell.main(*schedule, "create", NAME, "--interval", "15m", "--inactive").ok()
    shell.main(*schedule, "create", NAME, "--rrule", "FREQ=DAILY", "--parameters", "{}").ok()
    listed: list[Any] = shell.main(*schedule, "ls", NAME, "-o", "json").json()
    assert [each["active"] for each in listed] == [True, False, True]
    shown = shell.main(*schedule, "ls", NAME).ok()
    assert "cron 0 9 * * MON (Europe/Berlin)" in shown
    assert "every 15m" in shown
    assert "is paused" in shell.main(*schedule, "pause", NAME, "weekly").ok()
    assert "makes runs again" in shell.main(*schedule, "resume", NAME, listed[1]["id"]).ok()
    shell.main(*schedule, "delete", NAME, "weekly").ok()
    assert len(shell.main(*schedule, "ls", NAME, "-o", "json").json()) == 2
    shell.main(*schedule, "create", NAME, "--cron", "@daily", "--replace").ok()
    assert len(shell.main(*schedule, "ls", NAME, "-o", "json").json()) == 1
    shell.main(*schedule, "clear", NAME, "--yes").ok()
    assert shell.main(*schedule, "ls", NAME).err == "The deployment has no schedules.\n"


REFUSED = [
    (("inspect", "x"), "'x' names no deployment"),
    (("inspect", "x/y"), "there are: cleanup/nightly"),
    (("run", NAME, "--param", "days=x"), "days"),
    (("schedule", "pause", NAME, "x"), "has no schedule 'x'; it has: none"),
]
WRONG = [
    (("run", NAME, "--param", "days"), "must be NAME=VALUE"),
    (("run", NAME, "--params", "{"), "is no JSON"),
    (("run", NAME, "--start-in", "soon"), "is no length of time"),
    (("run", NAME, "--start-at", "soon"), "is no time"),
    (("run", NAME, "--start-at", "2030-01-01", "--start-in", "1m"), "not both"),
    (("schedule", "create", NAME), "give one of"),
    (("schedule", "create", NAME, "--cron", "x"), "no cron expression"),
    (("schedule", "create", NAME, "--cron", "@daily", "--timezone", "Mars"), "no time zone"),
    (("schedule", "create", NAME, "--interval", "0s"), "at least one second"),
]


@pytest.mark.parametrize(("words", "said"), REFUSED)
def test_what_is_refused_says_why(
    shell: Shell, made: str, words: tuple[str, ...], said: str
) -> None:
    assert said in shell.main("deployment", *words).refused()


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_a_wrong_word_is_named(shell: Shell, made: str, words: tuple[str, ...], said: str) -> None:
    ran = shell.main("deployment", *words)
    assert ran.code == 2
    assert said in " ".join(ran.err.replace("│", " ").split())


def each(shell: Shell, tmp_path: Path, text: str, *words: str) -> Ran:
    file = tmp_path / "each.jsonl"
    file.write_text(text)
    return shell.main("deployment", "run", NAME, "--each", str(file), *words)


@pytest.mark.usefixtures("made")
def test_a_run_for_every_line_of_a_file(shell: Shell, tmp_path: Path) -> None:
    lines = '{"days": 1}\n\n{"days": "many"}\n{"kind": "old"}\n'
    done = each(shell, tmp_path, lines, "--param", "days=9", "--idempotency-key", "k")
    assert done.code == 1
    assert "Made 2 flow runs of cleanup/nightly." in done.out
    assert "Line 3: Parameters do not fit deployment cleanup/nightly" in done.err
    runs = get_gateway().send(ReadRuns())
    found = sorted((run.idempotency_key, dict(run.parameters)) for run in runs)
    assert found == [("k:1", {"days": 1}), ("k:4", {"days": 9, "kind": "old"})]
    mended = lines.replace('"many"', "2")
    again = each(shell, tmp_path, mended, "--idempotency-key", "k").ok()
    assert "Made 1 flow runs of cleanup/nightly, 2 had been made before." in again


@pytest.mark.usefixtures("made")
def test_receipts_of_many_runs_as_json(shell: Shell, tmp_path: Path) -> None:
    done = each(shell, tmp_path, '{"days": 1}\n{"days": "x"}\n', "--output", "json")
    first, second = json.loads(done.out)
    assert (first["line"], first["created"], first["refusal"]) == (1, True, None)
    assert (second["line"], second["id"], second["created"]) == (2, None, False)
    assert "days" in second["refusal"]


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("{nothing", (), "--each, line 1 is no JSON"),
        ("{}\n[1]", (), "--each, line 2 must be a JSON object of parameters"),
        ("{}", ("--watch",), "leave out --watch"),
    ],
)
@pytest.mark.usefixtures("made")
def test_what_a_file_of_runs_lacks_is_said(
    shell: Shell, tmp_path: Path, text: str, words: tuple[str, ...], said: str
) -> None:
    done = each(shell, tmp_path, text, *words)
    assert done.code == 2
    assert said in " ".join(done.err.replace("│", " ").split())


@pytest.mark.usefixtures("made")
def test_a_file_that_is_not_there_is_said(shell: Shell) -> None:
    done = shell.main("deployment", "run", NAME, "--each", "/nowhere.jsonl")
    assert done.code == 2
    assert "No such file" in " ".join(done.err.replace("│", " ").split())
