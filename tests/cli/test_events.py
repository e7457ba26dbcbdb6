"""`signoff events`."""

from __future__ import annotations

import json
import signal

from tests.cli.seeds import Seeds
from tests.cli.shell import Shell
from tests.support.waiting import wait_until


def test_events_are_emitted_and_listed(shell: Shell, seeds: Seeds) -> None:
    assert "There are no such events" in shell.main("events", "ls").err
    assert "Emitted paid" in shell.main("events", "emit", "paid", "--resource-id", "a").ok()
    made = shell.main(
        *("events", "emit", "made", "--resource", "signoff.resource.id=b"),
        *("--payload", '{"n": 1}', "-o", "json"),
    ).json()
    assert (made["event"], made["payload"]) == ("made", {"n": 1})
    found = shell.main("events", "ls", "-o", "json").json()
    assert [event["event"] for event in found] == ["made", "paid"]
    assert list(found[0]) == [
        *("occurred", "event", "resource", "related", "payload", "id", "follows", "received")
    ]
    assert [e["id"] for e in shell.main("events", "ls", "--name", "ma", "-o", "json").json()] == [
        made["id"]
    ]
    of_a = shell.main("events", "ls", "--resource-id", "a", "-o", "json").json()
    assert [event["event"] for event in of_a] == ["paid"]
    assert "made" in shell.main("events", "ls").ok()


def test_bad_events(shell: Shell, seeds: Seeds) -> None:
    for words in (
        ["emit", "x"],
        ["emit", "x", "--resource", "nothing"],
        ["emit", "x", "--resource-id", "a", "--payload", "{"],
        ["emit", "x", "--resource-id", "a", "--payload", "[]"],
        ["emit", "", "--resource-id", "a"],
    ):
        assert shell.main("events", *words).code == 2


def test_events_are_streamed(shell: Shell, seeds: Seeds) -> None:
    shell.main("events", "emit", "before", "--resource-id", "a").ok()
    streaming = shell.spawn("events", "stream")
    wait_until(lambda: "Waiting for events" in streaming.stderr)
    shell.main("events", "emit", "after", "--resource-id", "a").ok()
    streaming.wait_for_output("after")
    streaming.send_signal(signal.SIGINT)
    streaming.wait()
    lines = [line for line in streaming.stdout.splitlines() if line.startswith("{")]
    assert [json.loads(line)["event"] for line in lines] == ["after"]
