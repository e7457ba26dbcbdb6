"""`signoff flow-run watch`: what it shows, and its exit codes."""

from __future__ import annotations

import json

import pytest

from signoff.model.runs import Phase
from signoff.model.states import StateType
from tests.cli.seeds import Seeds
from tests.cli.shell import Shell


@pytest.mark.parametrize(
    ("phase", "code"),
    [(Phase.COMPLETED, 0), (Phase.FAILED, 1), (Phase.CANCELLED, 3), (Phase.CRASHED, 4)],
)
def test_the_exit_code_tells_how_the_run_ended(
    shell: Shell, seeds: Seeds, phase: Phase, code: int
) -> None:
    seeds.ended(phase=phase, message="because")
    ran = shell.main("flow-run", "watch", "calm-otter")
    assert ran.code == code
    assert ran.out.endswith(f"calm-otter ended: {phase.state_name}: because\n")


def test_a_run_that_does_not_end_in_time(shell: Shell, seeds: Seeds) -> None:
    seeds.run()
    ran = shell.main("flow-run", "watch", "calm-otter", "--timeout", "0.01")
    assert ran.code == 124
    assert ran.err == "calm-otter has not ended after 0.01 seconds.\n"


def test_without_a_terminal_every_change_is_a_line(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    watching = shell.spawn("flow-run", "watch", run.name)
    watching.wait_for_output("calm-otter: Running, tasks: 0 finished, 0 running$")
    seeds.task(run, "one")
    running = seeds.task(run, "two", None)
    watching.wait_for_output("tasks: 1 finished, 1 running$")
    seeds.task(run, "three", StateType.FAILED)
    seeds.finish_task(run, running)
    watching.wait_for_output("tasks: 2 finished, 1 failed, 0 running$")
    seeds.wait(run)
    watching.wait_for_output("calm-otter: Paused, .*, waits for 'Approve the release\\?'$")
    shell.main("flow-run", "resume", run.name, "-i", "approved=1", "-i", "count=1").ok()
    watching.wait_for_output("Running, tasks: 2 finished, 1 failed, 0 running\n(.*\n)*.*Running")
    seeds.finish(run)
    assert watching.wait_ok().endswith("calm-otter ended: Completed\n")


def test_json_is_one_line_per_change(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.task(run, "one")
    seeds.wait(run)
    watching = shell.spawn("flow-run", "watch", run.name, "-o", "json")
    watching.wait_for_output("PAUSED")
    shell.main("flow-run", "cancel", run.name).ok()
    seeds.finish(run, Phase.CANCELLED)
    assert watching.wait() == 3
    lines = [json.loads(line) for line in watching.stdout.splitlines()]
    assert lines[0]["tasks"] == {"finished": 1, "failed": 0, "running": 0}
    assert [wait["key"] for wait in lines[0]["waits"]] == ["approve"]
    assert lines[-1]["state_type"] == "CANCELLED"


def test_a_run_that_is_deleted_meanwhile(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    watching = shell.spawn("flow-run", "watch", run.name)
    watching.wait_for_output("Running")
    shell.main("flow-run", "delete", run.name, "--yes").ok()
    assert watching.wait() == 1
    assert watching.stderr.startswith("Error: ")
    assert "Traceback" not in watching.stderr
