"""Real flows and the command line: the answer comes from another process."""

from __future__ import annotations

import json

import pytest

from tests.cli.shell import Shell
from tests.support.waiting import wait_until

FLOW = """
from signoff import flow, task, pause_flow_run
from signoff.input import RunInput

class Approval(RunInput):
    approved: bool
    limit: int = 3

@task
def prepare():
    print("prepared", flush=True)
    return 20

@flow(name="release", flow_run_name="calm-otter")
def release():
    size = prepare()
    answer = pause_flow_run(wait_for_input=Approval, timeout=600)
    print(f"approved={answer.approved} limit={answer.limit} size={size}", flush=True)
    return size

if __name__ == "__main__":
    release()
"""


def waits(shell: Shell) -> bool:
    return bool(shell.main("inbox", "-o", "json").json())


def test_an_answer_from_the_shell_reaches_the_waiting_script(shell: Shell) -> None:
    script = shell.spawn_source(FLOW)
    wait_until(lambda: waits(shell))
    said = shell.run("flow-run", "resume", "calm-otter", "-i", "approved=yes").ok()
    assert said == "Answered calm-otter.\n"
    assert "approved=True limit=3 size=20" in script.wait_ok()
    assert shell.main("flow-run", "watch", "calm-otter").code == 0
    told = shell.main("flow-run", "inspect", "calm-otter", "-o", "json").json()
    assert [task["state_name"] for task in told["task_runs"]] == ["Completed"]


@pytest.mark.faults
def test_the_answer_starts_a_killed_run_again(shell: Shell) -> None:
    script = shell.spawn_source(FLOW)
    wait_until(lambda: waits(shell))
    script.kill()
    assert shell.main("inbox", "-o", "json").json()[0]["alive"] is False
    words = ["flow-run", "resume", "calm-otter", "--json", '{"approved": true}']
    told = json.loads(shell.run(*words, "-o", "json").ok())
    assert told["needs_entry"] is True
    assert told["pid"] is not None
    assert shell.run("flow-run", "watch", "calm-otter").code == 0
    told = shell.main("flow-run", "inspect", "calm-otter", "-o", "json").json()
    assert (told["run_count"], told["entries"]) == (1, 2)
    assert len(told["task_runs"]) == 1
    log = (shell.home / "logs" / f"{told['id']}.log").read_text()
    assert "approved=True limit=3 size=20" in log
    assert "prepared" not in log


@pytest.mark.faults
def test_no_run_leaves_it_to_execute(shell: Shell) -> None:
    script = shell.spawn_source(FLOW)
    wait_until(lambda: waits(shell))
    script.kill()
    ran = shell.run("flow-run", "resume", "calm-otter", "-i", "approved=no", "--no-run")
    assert "signoff flow-run execute" in ran.ok()
    executed = shell.run("flow-run", "execute", "calm-otter")
    assert "approved=False limit=3 size=20" in executed.ok()


def test_pause_from_outside_and_on(shell: Shell) -> None:
    script = shell.spawn_source(
        "from signoff import flow, task\n"
        "@task\ndef step(n):\n    print('step', n, flush=True)\n    return input()\n"
        "@flow(flow_run_name='calm-otter')\ndef steps():\n    return [step(n) for n in range(2)]\n"
        "if __name__ == '__main__':\n    steps()\n"
    )
    script.wait_for_output("step 0")
    said = shell.run("flow-run", "pause", "calm-otter").ok()
    assert said == "calm-otter pauses at its next task boundary.\n"
    script.write("a\n")
    wait_until(lambda: waits(shell))
    assert "step 1" not in script.stdout
    shell.run("flow-run", "resume", "calm-otter").ok()
    script.wait_for_output("step 1")
    script.write("b\n")
    script.wait_ok()


def test_cancel_stops_a_waiting_script(shell: Shell) -> None:
    script = shell.spawn_source(FLOW)
    wait_until(lambda: waits(shell))
    shell.run("flow-run", "cancel", "calm-otter").ok()
    assert script.wait() != 0
    assert shell.run("flow-run", "watch", "calm-otter").code == 3
    assert not waits(shell)


def test_retry_goes_on_where_a_run_failed(shell: Shell) -> None:
    flag = shell.home / "flag"
    script = shell.spawn_source(
        "from pathlib import Path\nfrom signoff import flow, task\n"
        "@task\ndef one(n):\n    print('one', flush=True)\n    return n\n"
        "@task\ndef two():\n"
        f"    if not Path({str(flag)!r}).exists():\n        raise ValueError('no')\n"
        "@flow(flow_run_name='calm-otter')\ndef steps():\n    one(1)\n    two()\n"
        "if __name__ == '__main__':\n    steps()\n"
    )
    assert script.wait() != 0
    flag.touch()
    told = json.loads(shell.run("flow-run", "retry", "calm-otter", "-o", "json").ok())
    assert told["pid"] is not None
    assert shell.run("flow-run", "watch", "calm-otter").code == 0
    log = (shell.home / "logs" / f"{told['run_id']}.log").read_text()
    assert "one" not in log
    assert shell.run("flow-run", "retry", "calm-otter").code == 1
    told = json.loads(shell.run("flow-run", "replay", "calm-otter", "-o", "json").ok())
    assert shell.run("flow-run", "watch", told["run_id"]).code == 0
    assert "one" in (shell.home / "logs" / f"{told['run_id']}.log").read_text()
    refused = shell.run("flow-run", "replay", told["run_id"], "--from", "three")
    assert refused.code == 1
    assert "no task 'three' has run" in refused.err
