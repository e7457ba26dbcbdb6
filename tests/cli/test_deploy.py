"""`signoff deploy`, `signoff init` and `signoff flow serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from signoff.deployments import run_deployment
from tests.cli.shell import Shell
from tests.support.waiting import wait_until

FLOWS = """
from signoff import flow

@flow(description="deletes", version="9")
def cleanup(days: int = 30) -> int:
    return days + 1

@flow
def other() -> None: ...

def no_flow(): ...
"""
PROJECT = """\
name: house
deployments:
  - name: nightly
    entrypoint: flows.py:cleanup
    tags: [a]
    parameters: {days: 3}
    schedules:
      - cron: "0 3 * * *"
        timezone: Europe/Berlin
        slug: night
      - interval: 3600
        active: false
    concurrency_limit: {limit: 1, collision_strategy: CANCEL_NEW}
    work_pool: {name: big, job_variables: {env: {A: "1"}}}
  - name: nightly
    entrypoint: flows.py:other
"""


@pytest.fixture
def project(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "flows.py").write_text(FLOWS)
    (tmp_path / "signoff.yaml").write_text(PROJECT)
    shell.main("work-pool", "create", "big").ok()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_project_is_deployed(shell: Shell, project: Path) -> None:
    first, second = shell.main("deploy", "--all", "-t", "b", "-o", "json").json()
    assert (first["flow_name"], first["name"], second["flow_name"]) == (
        "cleanup",
        "nightly",
        "other",
    )
    assert (first["tags"], first["parameters"]) == (["a", "b"], {"days": 3})
    assert (first["description"], first["version"]) == ("deletes", "9")
    assert (first["concurrency_limit"], first["collision_strategy"]) == (1, "CANCEL_NEW")
    assert (first["work_pool_name"], first["job_variables"]) == ("big", {"env": {"A": "1"}})
    assert [each["active"] for each in first["schedules"]] == [True, False]
    assert first["schedules"][0]["schedule"]["timezone"] == "Europe/Berlin"
    again = shell.main("deploy", "--all", "-o", "json").json()
    assert [each["id"] for each in again] == [first["id"], second["id"]]
    assert again[0]["schedules"] == first["schedules"]


def test_one_flow_is_deployed_without_a_file(shell: Shell, project: Path) -> None:
    (project / "signoff.yaml").unlink()
    words = ("flows.py:cleanup", "-n", "adhoc", "--pool", "big", "--cron", "@daily")
    said = shell.main("deploy", *words).ok()
    assert "Deployed cleanup/adhoc." in said
    assert "worker start --pool big" in said


def test_runs_of_a_project_may_fetch_its_code(shell: Shell, project: Path) -> None:
    step = "signoff.deployments.steps.git_clone"
    pull = f"pull:\n  - {step}: {{repository: https://example.com/house.git, branch: main}}\n"
    (project / "signoff.yaml").write_text(pull + PROJECT)
    first, second = shell.main("deploy", "--all", "-o", "json").json()
    made = {step: {"repository": "https://example.com/house.git", "branch": "main"}}
    assert [first["pull_steps"], second["pull_steps"]] == [[made], [made]]
    assert first["entrypoint"] == "flows.py:cleanup"


def test_a_documented_project_file_is_taken_as_it_is(shell: Shell, project: Path) -> None:
    code = project / "code"
    code.mkdir()
    (project / "flows.py").rename(code / "flows.py")
    shell.main("variable", "set", "keep", "[1, 2]").ok()
    (project / "signoff.yaml").write_text(
        """
name: demo
signoff-version: 3.0.0
build: null
push: null
pull:
- signoff.deployments.steps.set_working_directory:
    directory: "{{ $CODE }}"
deployments:
- name: all-keys
  version: "v-{{ $RELEASE }}"
  tags: []
  description: null
  schedule: {}
  schedules: []
  flow_name: null
  triggers: []
  entrypoint: flows.py:cleanup
  parameters: {days: "{{ signoff.variables.days }}"}
  work_pool: {name: big, work_queue_name: null, job_variables: {env: {A: "{{ $RELEASE }}"}}}
"""
    )
    with pytest.MonkeyPatch.context() as given:
        given.setenv("RELEASE", "7")
        given.setenv("CODE", str(code))
        assert "There is no variable days" in shell.main("deploy", "--all").refused()
        shell.main("variable", "set", "days", "5").ok()
        (made,) = shell.main("deploy", "--all", "-o", "json").json()
    assert (made["version"], made["parameters"]) == ("v-7", {"days": 5})
    assert made["job_variables"] == {"env": {"A": "7"}}
    assert made["path"] == str(code)


def test_the_command_line_comes_over_the_file(shell: Shell, project: Path) -> None:
    words = [
        "deploy",
        "flows.py:cleanup",
        "-n",
        "x",
        "--version",
        "3",
        "-d",
        "by hand",
        "--param",
        "days=4",
    ]
    words += ["-jv", 'env={"B": "2"}', "-cl", "2", "--interval", "2h", "--timezone", "Asia/Tokyo"]
    first = shell.main(*words, "-o", "json").json()[0]
    assert (first["version"], first["description"]) == ("3", "by hand")
    assert (first["parameters"], first["concurrency_limit"]) == ({"days": 4}, 2)
    assert first["job_variables"] == {"env": {"B": "2"}}
    last = first["schedules"][-1]["schedule"]
    assert (last["interval"], last["timezone"]) == ("PT2H", "Asia/Tokyo")
    refused = shell.main("deploy", "--all", "--timezone", "UTC")
    assert (refused.code, "--timezone belongs to" in refused.err) == (2, True)
    refused = shell.main("deploy", "--all", "-jv", "x")
    assert "--job-variable 'x' must be NAME=VALUE" in refused.err


def test_init_makes_a_file_once(shell: Shell, project: Path) -> None:
    assert "is there already" in shell.main("init").refused()
    shell.main("init", "--signoff-file", "other.yaml", "--name", "x").ok()
    assert (project / "other.yaml").read_text().count("name: x\n") == 1


def edited(old: str, new: str) -> str:
    assert old in PROJECT
    return PROJECT.replace(old, new, 1)


WRONG: list[tuple[str, str]] = [
    (edited("    tags:", "    tag:"), "line 5: unknown key `tag`: did you mean `tags`?"),
    (edited("timezone", "zone"), "line 9: unknown key `zone`"),
    (edited("    tags: [a]", "    triggers: [{a: b}]"), "has no triggers of deployments"),
    (
        edited("name: house", "name: house\nbuild: [{a: b}]"),
        "line 2: unknown key `build`: Signoff",
    ),
    (edited('"0 3 * * *"', '"0 3"'), "line 3: deployment 'nightly': Schedule: "),
    (edited("Europe/Berlin", "Mars"), "no time zone 'Mars'"),
    (edited("interval: 3600", "slug: x"), "line 11: a schedule has one of"),
    (edited("limit: 1", "limit: -1"), "line 3: deployment 'nightly'"),
    (
        edited("flows.py:cleanup", "flows.py:no_flow"),
        "no flow 'no_flow'; its flows: cleanup, other",
    ),
    (edited("flows.py:cleanup", "gone.py:cleanup"), "There is no file"),
    (edited("flows.py:cleanup", "nonsense!"), "names no flow"),
    (
        edited("  - name: nightly\n    entry", "  - entry"),
        "line 3: `name` of a deployment",
    ),
    (
        edited("flows.py:other", "flows.py:cleanup"),
        "line 15: deployment 'nightly' stands",
    ),
    (edited("days: 3", "days: many"), "days"),
    (edited("    tags: [a]", "    pull: x"), "line 3: deployment 'nightly': `pull` must be a list"),
    (edited("    tags: [a]", "    pull: [{docker: {}}]"), "git_clone' is supported, got 'docker'"),
    (edited("name: big", "name: bug"), "There is no work pool 'bug' (there are: big). Did you"),
    (edited("{env:", "{evn:"), "`job_variables`: evn: is no job variable of work pool 'big'"),
    (
        edited("name: big,", "name: big, work_queue_name: q,"),
        "There is no work queue of pool 'big' called 'q' (there are: default)",
    ),
    ("deployments: {", "line 1: no YAML"),
    ("", "is empty"),
    ("name: x", "`deployments` is missing"),
    ("deployments: []", "has no deployments"),
    ("- a", "must have keys"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_wrong_has_a_line_and_nothing_is_stored(
    shell: Shell, project: Path, text: str, said: str
) -> None:
    (project / "signoff.yaml").write_text(text)
    assert said in shell.main("deploy", "--all").refused()
    assert shell.main("deployment", "ls", "-o", "json").json() == []


def test_what_is_meant_has_to_be_said(shell: Shell, project: Path) -> None:
    ran = shell.main("deploy")
    assert ran.code == 2
    assert "--all" in ran.err
    assert "has no deployment 'x'; it has: nightly" in shell.main("deploy", "-n", "x").refused()
    missing = shell.main("deploy", "--signoff-file", "gone.yaml").refused()
    assert "signoff init" in missing


def test_a_flow_is_served_from_the_command_line(shell: Shell, project: Path) -> None:
    served = shell.spawn("flow", "serve", str(project / "flows.py:cleanup"), "-n", "here")
    served.wait_for_output("being served")
    run: Any = run_deployment("cleanup/here", parameters={"days": 1})
    assert run.state.result() == 2
    served.kill()
    wait_until(lambda: served.returncode is not None, 60, "its end")
