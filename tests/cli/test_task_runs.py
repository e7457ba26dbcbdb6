"""`signoff task-run` and `signoff flow ls`."""

from __future__ import annotations

import pytest

from signoff.engine.clock import new_id
from signoff.model import commands, journal
from signoff.model.states import StateType
from tests.cli.seeds import Seeds, now
from tests.cli.shell import Shell

FIELDS = [
    *("id", "name", "task_key", "state_type", "state_name", "run_count", "start_time", "end_time"),
    *("total_run_time", "flow_run_id", "tags", "state_message"),
]


def names(shell: Shell, *words: str) -> list[str]:
    return [task["name"] for task in shell.main("task-run", "ls", "-o", "json", *words).json()]


def test_task_runs_newest_first(shell: Shell, seeds: Seeds) -> None:
    first, second = seeds.run("one"), seeds.run("two")
    seeds.task(first, "a")
    seeds.task(first, "b", StateType.FAILED)
    seeds.task(second, "c", None)
    assert names(shell) == ["c", "b", "a"]
    assert names(shell, "--flow-run", "one") == ["b", "a"]
    assert names(shell, "--state", "failed", "--state", "Running") == ["c", "b"]
    assert names(shell, "--task-run-name", "a", "--task-run-name", "c") == ["c", "a"]
    assert names(shell, "--limit", "1") == ["c"]
    assert list(shell.main("task-run", "ls", "-o", "json").json()[0]) == FIELDS
    assert "Failed" in shell.main("task-run", "ls").ok()
    assert "No task runs match" in shell.main("task-run", "ls", "--state", "Late").err


def test_without_task_runs(shell: Shell, seeds: Seeds) -> None:
    assert "There are no task runs yet" in shell.main("task-run", "ls").err
    assert names(shell) == []


def test_one_task_run(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    id = seeds.task(run, "fetch-1", StateType.FAILED)
    for called in (str(id), id.hex, "fetch-1"):
        found = shell.main("task-run", "inspect", called, "-o", "json").json()
        assert (found["id"], found["flow_run_id"]) == (str(id), str(run.run_id))
    out = shell.main("task-run", "inspect", "fetch-1").ok()
    assert str(id) in out
    assert "module.task" in out


def test_a_task_run_that_cannot_be_told(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.task(run, "twin")
    seeds.task(run, "twin")
    assert "could be any of these task runs" in shell.main("task-run", "inspect", "twin").refused()
    assert "no task run with the id or name" in shell.main("task-run", "logs", "x").refused()
    assert "There is no task run" in shell.main("task-run", "inspect", str(new_id())).refused()


def test_the_log_of_a_task_run(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    id = seeds.task(run, "fetch-1")
    seeds.log(run, "of the flow")
    lines = tuple(
        journal.LogLine(
            new_id(), run.run_id, id, level, "signoff.task_runs", f"line {number}", now() + number
        )
        for number, level in enumerate((10, 20, 30))
    )
    seeds.gateway.send(commands.WriteLogs(lines))

    def messages(*words: str) -> list[str]:
        ran = shell.main("task-run", "logs", "fetch-1", "-o", "json", *words)
        return [line["message"] for line in ran.json()]

    assert messages() == ["line 0", "line 1", "line 2"]
    assert messages("--tail", "1") == ["line 2"]
    assert messages("--head", "2", "--reverse") == ["line 1", "line 0"]
    assert messages("--level", "warning") == ["line 2"]
    assert "line 1" in shell.main("task-run", "logs", "fetch-1").ok()
    assert shell.main("task-run", "logs", "x", "--head", "1", "--tail", "1").code == 2


def test_flows(shell: Shell, seeds: Seeds) -> None:
    assert "There are no flows yet" in shell.main("flow", "ls").err
    seeds.run(flow="first")
    seeds.run(flow="second")
    found = shell.main("flow", "ls", "-o", "json").json()
    assert [flow["name"] for flow in found] == ["second", "first"]
    assert list(found[0]) == [
        *("id", "name", "tags", "created", "namespace", "revision", "disabled"),
    ]
    shell.main("api", "PATCH", f"/flows/{found[1]['id']}", "--data", '{"tags": ["x"]}').ok()
    tagged = shell.main("flow", "ls", "--tag", "x", "-o", "json").json()
    assert [(flow["name"], flow["tags"]) for flow in tagged] == [("first", ["x"])]
    assert "second" in shell.main("flow", "ls", "--name", "econ").ok()
    assert "No flows match" in shell.main("flow", "ls", "--name", "nope").err


def test_the_api_by_hand(shell: Shell, seeds: Seeds, monkeypatch: pytest.MonkeyPatch) -> None:
    run = seeds.run("by-hand")
    path = f"/flow_runs/{run.run_id}"
    assert shell.main("api", "GET", path).json()["name"] == "by-hand"
    assert shell.main("api", "get", f"api{path}").json()["name"] == "by-hand"
    assert len(shell.main("api", "POST", "/flow_runs/filter").json()) == 1
    assert shell.main("api", "POST", "/flow_runs/filter", "-d", '{"limit": 0}').json() == []
    states = shell.main("api", "GET", f"/flow_run_states/?flow_run_id={run.run_id}").json()
    assert [state["type"] for state in states] == ["RUNNING"]
    proposal = shell.home / "proposal.json"
    proposal.write_text('{"state": {"type": "CANCELLED"}, "force": true}')
    done = shell.main("api", "POST", f"{path}/set_state", "--data", f"@{proposal}").json()
    assert done["status"] == "ACCEPT"
    assert shell.main("api", "DELETE", path).ok() == ""
    assert "There is no flow run" in shell.main("api", "GET", path).refused()


def test_the_api_says_what_it_does_not_know(shell: Shell, seeds: Seeds) -> None:
    assert "there is no such path" in shell.main("api", "GET", "/nope").refused()
    assert "it takes POST" in shell.main("api", "GET", "/logs/filter").refused()
    assert "nope" in shell.main("api", "POST", "/flow_runs/filter", "-d", '{"nope": 1}').refused()
    assert shell.main("api", "POST", "/flow_runs/filter", "-d", "@/nowhere").code == 2


def test_the_api_reads_standard_input(shell: Shell, seeds: Seeds) -> None:
    seeds.run()
    ran = shell.run("api", "POST", "/flow_runs/filter", "-d", "@-", standard_input='{"limit": 1}')
    assert len(ran.json()) == 1
