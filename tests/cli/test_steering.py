"""`signoff flow-run pause | cancel | delete`."""

from __future__ import annotations

from signoff.model.commands import OpenWait
from signoff.model.waits import WaitKind
from tests.cli.seeds import Seeds
from tests.cli.shell import Shell

FIELDS = ["run_id", "name", "state_type", "state_name", "message", "needs_entry", "pid"]


def test_pause_says_when(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    said = shell.main("flow-run", "pause", run.name).ok()
    assert said == "calm-otter pauses at its next task boundary.\n"
    hold = OpenWait(run.run_id, run.entry, "hold", WaitKind.HOLD, "Paused from outside")
    seeds.gateway.send(hold)
    assert shell.main("inbox", "-o", "json").json()[0]["kind"] == "hold"
    assert shell.main("flow-run", "resume", run.name).ok() == "Answered calm-otter.\n"


def test_pause_refused(shell: Shell, seeds: Seeds) -> None:
    seeds.ended()
    shell.main("flow-run", "pause", "calm-otter").refused()


def test_cancel_says_whether_it_is_done(shell: Shell, seeds: Seeds) -> None:
    seeds.run()
    said = shell.main("flow-run", "cancel", "calm-otter").ok()
    assert said == "calm-otter is being cancelled: it stops at its next task boundary.\n"
    told = shell.main("flow-run", "cancel", "calm-otter", "-o", "json").json()
    assert list(told) == FIELDS
    assert told["state_type"] == "CANCELLING"


def test_delete_asks_first(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    asked = shell.run("flow-run", "delete", run.name, standard_input="n\n")
    assert asked.code == 1
    assert "Delete flow run release/calm-otter (Running)?" in asked.out
    assert shell.main("flow-run", "ls", "-o", "json").json() != []
    asked = shell.run("flow-run", "delete", run.name, standard_input="y\n")
    assert asked.ok().endswith(f"Deleted calm-otter ({run.run_id}).\n")
    assert shell.main("flow-run", "ls", "-o", "json").json() == []


def test_delete_without_asking(shell: Shell, seeds: Seeds) -> None:
    seeds.ended()
    shell.main("flow-run", "delete", "calm-otter", "--yes").ok()
    shell.main("flow-run", "delete", "calm-otter", "--yes").refused()
