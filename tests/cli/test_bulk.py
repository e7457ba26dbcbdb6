"""`signoff bulk`."""

from __future__ import annotations

from uuid import UUID

from signoff.model.queries import ReadRun
from signoff.model.runs import Phase
from tests.cli.seeds import Seeds
from tests.cli.shell import Shell

VIEW = [
    *("id", "action", "status", "digest", "total", "done", "refused", "left"),
    *("created_at", "created_by", "ended_at"),
]


def waiting(seeds: Seeds, count: int, flow: str = "release") -> list[UUID]:
    runs = [seeds.run(f"calm-otter-{number}", flow=flow) for number in range(count)]
    for run in runs:
        seeds.wait(run)
    return [run.run_id for run in runs]


def state(seeds: Seeds, run_id: UUID) -> str | None:
    return seeds.gateway.send(ReadRun(run_id)).state_name


def test_a_preview_is_carried_out_by_its_digest(shell: Shell, seeds: Seeds) -> None:
    mine = waiting(seeds, 3)
    (other,) = waiting(seeds, 1, flow="other")
    inputs = ("-i", "approved=yes", "-i", "count=2")
    shown = shell.main("bulk", "resume", "--flow", "release", *inputs, "-o", "json")
    preview = shown.json()
    assert list(preview) == [*VIEW, "judged", "refusals", "sample"]
    assert (preview["total"], preview["left"], preview["refusals"]) == (3, 3, [])
    assert [one["run_id"] for one in preview["sample"]] == [str(run) for run in mine]
    assert {state(seeds, run) for run in mine} == {"Paused"}
    done = shell.main(
        "bulk", "run", preview["id"], "--digest", preview["digest"], "-o", "json"
    ).json()
    assert list(done) == VIEW
    assert (done["status"], done["done"], done["refused"]) == ("finished", 3, 0)
    assert {state(seeds, run) for run in mine} == {"Running"}
    assert state(seeds, other) == "Paused"
    receipts = shell.main("bulk", "receipts", preview["id"], "-o", "json").json()
    assert [(one["run_id"], one["outcome"]) for one in receipts] == [
        (str(run), "done") for run in mine
    ]


def test_without_a_terminal_the_way_on_is_told(shell: Shell, seeds: Seeds) -> None:
    (run,) = waiting(seeds, 1)
    shown = shell.main("bulk", "cancel", "--state", "Paused")
    assert "Cancel: 1 in all." in shown.ok()
    assert "signoff bulk run" in shown.err
    assert state(seeds, run) == "Paused"
    assert "finished" in shell.main("bulk", "cancel", "--all", "--yes").ok()
    assert state(seeds, run) == "Cancelling"


def test_what_was_refused_says_why(shell: Shell, seeds: Seeds) -> None:
    waiting(seeds, 2)
    shown = shell.main("bulk", "resume", "--all", "--yes")
    assert shown.code == 1
    assert "Would be refused:" in shown.out
    assert "2: The answer does not fit the form" in shown.out
    bulk = shown.err.split("signoff bulk receipts ")[1].split()[0]
    assert "is required" in shell.main("bulk", "receipts", bulk, "--refused").ok()
    facts = shell.main("bulk", "inspect", bulk, "-o", "json").json()
    assert (facts["refused"], facts["done"]) == (2, 0)


def test_a_stopped_one_says_so(shell: Shell, seeds: Seeds) -> None:
    waiting(seeds, 1)
    preview = shell.main("bulk", "cancel", "--all", "-o", "json").json()
    assert shell.main("bulk", "stop", preview["id"], "-o", "json").json()["status"] == "stopped"
    refused = shell.main("bulk", "run", preview["id"], "--digest", preview["digest"]).refused()
    assert "was stopped after 0 of 1 runs" in refused


def test_runs_are_named_or_filtered(shell: Shell, seeds: Seeds) -> None:
    assert shell.main("bulk", "cancel").code == 2
    assert shell.main("bulk", "cancel", "--run", "x", "--all").code == 2
    first, _ = waiting(seeds, 2)
    shown = shell.main("bulk", "delete", "--run", str(first), "--yes", "-o", "json").json()
    assert (shown["total"], shown["done"]) == (1, 1)
    seeds.ended("done-run", Phase.FAILED, "boom")
    shown = shell.main("bulk", "delete", "--state", "Failed", "--yes", "-o", "json").json()
    assert (shown["total"], shown["done"]) == (1, 1)
    assert shell.main("bulk", "delete", "--state", "Failed").err == "No flow runs match.\n"


def test_a_wrong_digest_is_refused(shell: Shell, seeds: Seeds) -> None:
    waiting(seeds, 1)
    preview = shell.main("bulk", "cancel", "--all", "-o", "json").json()
    refused = shell.main("bulk", "run", preview["id"], "--digest", "0" * 32).refused()
    assert preview["digest"] in refused
