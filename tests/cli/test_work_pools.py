"""`signoff work-pool`, `signoff work-queue` and `signoff worker ls`."""

from __future__ import annotations

import json

import pytest

from tests.cli.shell import Shell

pytestmark = pytest.mark.cli


def test_pools_from_making_to_deleting(shell: Shell) -> None:
    assert "Created work pool 'night'" in shell.main("work-pool", "create", "night").ok()
    assert "--overwrite" in shell.main("work-pool", "create", "night").refused()
    again = ("work-pool", "create", "night", "--overwrite", "--description", "by night")
    shell.main(*again).ok()
    assert "night" in shell.main("work-pool", "ls").ok()
    shell.main("work-pool", "set-concurrency-limit", "night", "2").ok()
    found = json.loads(shell.main("work-pool", "inspect", "night", "--output", "json").ok())
    assert (found["concurrency_limit"], found["description"]) == (2, "by night")
    shell.main("work-pool", "clear-concurrency-limit", "night").ok()
    shell.main("work-pool", "pause", "night").ok()
    assert "PAUSED" in shell.main("work-pool", "inspect", "night").ok()
    shell.main("work-pool", "resume", "night").ok()
    shell.main("work-pool", "update", "night", "--concurrency-limit", "3").ok()
    (found,) = json.loads(shell.main("work-pool", "ls", "--output", "json").ok())
    assert (found["status"], found["concurrency_limit"]) == ("NOT_READY", 3)
    assert json.loads(shell.main("work-pool", "preview", "night", "--output", "json").ok()) == []
    shell.main("work-pool", "preview", "night", "--hours", "1").ok()
    shell.main("work-pool", "delete", "night", "--yes").ok()
    assert "there are: none" in shell.main("work-pool", "inspect", "night").refused()
    shell.main("work-pool", "ls").ok()


def test_queues_from_making_to_deleting(shell: Shell) -> None:
    shell.main("work-pool", "create", "p").ok()
    pool = ("--pool", "p")
    shell.main("work-queue", "create", "high", *pool, "--priority", "1", "--limit", "4").ok()
    found = json.loads(shell.main("work-queue", "ls", *pool, "--output", "json").ok())
    assert {each["name"] for each in found} == {"default", "high"}
    assert "high" in shell.main("work-queue", "ls", *pool).ok()
    shell.main("work-queue", "set-concurrency-limit", "high", "7", *pool).ok()
    shell.main("work-queue", "pause", "high", *pool).ok()
    assert "paused" in shell.main("work-queue", "inspect", "high", *pool).ok()
    shell.main("work-queue", "resume", "high", *pool).ok()
    one = json.loads(shell.main("work-queue", "inspect", "high", *pool, "--output", "json").ok())
    assert (one["concurrency_limit"], one["is_paused"]) == (7, False)
    shell.main("work-queue", "clear-concurrency-limit", "high", *pool).ok()
    shell.main("work-queue", "preview", "high", *pool).ok()
    shell.main("work-queue", "delete", "high", *pool, "--yes").ok()
    assert "there are: default" in shell.main("work-queue", "inspect", "high", *pool).refused()


def test_workers_of_a_pool_are_listed(shell: Shell) -> None:
    assert "there are: none" in shell.main("worker", "ls", "--pool", "p").refused()
    shell.main("work-pool", "create", "p").ok()
    assert json.loads(shell.main("worker", "ls", "--pool", "p", "--output", "json").ok()) == []
    shell.main("worker", "ls", "--pool", "p").ok()
