"""`signoff inbox`."""

from __future__ import annotations

import json
import signal

from tests.cli.seeds import SECOND, Seeds
from tests.cli.shell import Shell
from tests.cli.test_runs import INBOX_FIELDS


def runs(shell: Shell, *words: str) -> list[str]:
    return [item["run_name"] for item in shell.main("inbox", "-o", "json", *words).json()]


def test_nothing_waits(shell: Shell, seeds: Seeds) -> None:
    seeds.run()
    ran = shell.main("inbox")
    assert (ran.code, ran.out, ran.err) == (0, "", "Nothing waits for a person.\n")
    assert runs(shell) == []


def test_nearest_deadline_first(shell: Shell, seeds: Seeds) -> None:
    seeds.wait(seeds.run("never"), timeout=None)
    seeds.wait(seeds.run("later"), timeout=7200 * SECOND)
    seeds.wait(seeds.run("soon"), timeout=600 * SECOND)
    assert runs(shell) == ["soon", "later", "never"]
    assert runs(shell, "--limit", "1") == ["soon"]
    assert runs(shell, "--text", "late") == ["later"]
    item = shell.main("inbox", "-o", "json").json()[0]
    assert list(item) == INBOX_FIELDS
    assert (item["kind"], item["on_deadline"], item["alive"]) == ("input", "fail", True)
    ran = shell.main("inbox", "--limit", "2")
    assert "in 9m" in ran.ok() or "in 10m" in ran.out
    assert "2 of 3; --limit shows more" in ran.err
    assert "never" in ran.ok() + shell.main("inbox").ok()


def test_keys_are_shown_where_a_run_asks_more_than_one_thing(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run("twice")
    seeds.wait(run, key="colour")
    ran = shell.main("inbox")
    assert "Key" not in ran.ok()
    assert "--key" not in ran.err
    seeds.wait(run, key="size")
    ran = shell.main("inbox")
    assert {"colour", "size", "Key"} <= set(ran.ok().split())
    assert "add: --key KEY" in ran.err


def test_titles_are_cleaned(shell: Shell, seeds: Seeds) -> None:
    seeds.wait(seeds.run(), title="Go\x1b]0;owned\x07?")
    out = shell.main("inbox").ok()
    assert "\x1b" not in out
    assert "Go\\x1b]0;owned\\x07?" in out


def test_a_dead_process_is_told(shell: Shell, seeds: Seeds) -> None:
    program = (
        "import os\nfrom signoff.gateway.connect import get_gateway\n"
        "from tests.cli.seeds import Seeds\nseeds = Seeds(get_gateway())\n"
        "seeds.wait(seeds.run('orphan'))\nos._exit(0)\n"
    )
    shell.spawn_source(program).wait_ok()
    (item,) = shell.main("inbox", "-o", "json").json()
    assert (item["run_name"], item["alive"]) == ("orphan", False)
    ran = shell.main("inbox")
    assert "gone" in ran.ok()
    assert "the answer starts it again" in ran.err


def test_watch_shows_every_change(shell: Shell, seeds: Seeds) -> None:
    watching = shell.spawn("inbox", "--watch", "-o", "json")
    watching.wait_for_output(r"^\[\]$")
    run = seeds.run()
    seeds.wait(run)
    watching.wait_for_output("calm-otter")
    shell.main("flow-run", "resume", run.name, "-i", "approved=1", "-i", "count=1").ok()
    watching.wait_for_output(r"calm-otter.*\n\[\]$")
    watching.send_signal(signal.SIGINT)
    assert watching.wait() == 130
    assert watching.stderr == ""
    assert len([json.loads(line) for line in watching.stdout.splitlines()]) == 3
