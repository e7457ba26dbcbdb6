"""`signoff global-concurrency-limit` and `signoff concurrency-limit`."""

from __future__ import annotations

from uuid import uuid4

from signoff.client.orchestration import get_client
from tests.cli.shell import Shell

FIELDS = [
    *("id", "name", "limit", "active", "active_slots", "slot_decay_per_second"),
    *("created", "updated"),
]
TAG_FIELDS = ["id", "tag", "concurrency_limit", "active_slots", "created", "updated"]


def test_a_global_limit_is_made_changed_and_deleted(shell: Shell) -> None:
    gcl = "global-concurrency-limit"
    assert shell.main(gcl, "ls").err == "There are no global concurrency limits yet.\n"
    words = ("create", "db", "--limit", "3", "--active-slots", "1", "--disable")
    assert shell.main(gcl, *words).ok() == "Created global concurrency limit 'db'.\n"
    (listed,) = shell.main(gcl, "ls", "-o", "json").json()
    assert list(listed) == FIELDS
    assert (listed["limit"], listed["active"], listed["active_slots"]) == (3, False, 1)
    assert shell.main(gcl, "inspect", "db", "-o", "json").json() == listed
    assert "1 of 3" in shell.main(gcl, "ls").ok()
    assert "Decay per second" in shell.main(gcl, "inspect", "db").ok()
    assert shell.main(gcl, "enable", "db", "-o", "json").json()["active"] is True
    assert "already" in shell.main(gcl, "enable", "db").err
    assert shell.main(gcl, "disable", "db").ok() == "Disabled global concurrency limit 'db'.\n"
    words = ("--limit", "300", "--slot-decay-per-second", "0.5", "--active-slots", "0", "--enable")
    changed = shell.main(gcl, "update", "db", *words, "-o", "json").json()
    assert [changed[name] for name in FIELDS[2:6]] == [300, True, 0, 0.5]
    assert shell.main(gcl, "delete", "db", "--yes").ok() == (
        "Deleted global concurrency limit 'db'.\n"
    )
    for command in ("inspect", "enable", "disable", "delete"):
        assert "no global concurrency limit 'db'" in shell.main(gcl, command, "db").refused()


def test_what_is_wrong_is_said(shell: Shell) -> None:
    gcl = "global-concurrency-limit"
    shell.main(gcl, "create", "db", "--limit", "1").ok()
    assert "already" in shell.main(gcl, "create", "db", "--limit", "1").refused()
    assert "must not be empty" in shell.main(gcl, "create", "a/b", "--limit", "1").refused()
    assert shell.main(gcl, "create", "x", "--limit", "-1").code == 2
    assert shell.main(gcl, "update", "db").code == 2


def test_limits_of_tags(shell: Shell) -> None:
    assert shell.main("concurrency-limit", "ls").err == "No tag has a limit yet.\n"
    out = shell.main("concurrency-limit", "create", "big", "2").ok()
    assert out == "Task runs tagged 'big': at most 2 at a time.\n"
    made = shell.main("concurrency-limit", "create", "big", "3", "-o", "json").json()
    assert list(made) == TAG_FIELDS
    holder = uuid4()
    with get_client(sync_client=True) as client:
        client.reset_concurrency_limit_by_tag("big", [holder])
    (listed,) = shell.main("concurrency-limit", "ls", "-o", "json").json()
    assert (listed["tag"], listed["active_slots"]) == ("big", [str(holder)])
    assert "1 of 3" in shell.main("concurrency-limit", "ls").ok()
    assert str(holder) in shell.main("concurrency-limit", "inspect", "big").ok()
    found = shell.main("concurrency-limit", "reset", "big", "-o", "json").json()
    assert found["active_slots"] == []
    assert shell.main("concurrency-limit", "inspect", "big", "-o", "json").json() == found
    shell.main("concurrency-limit", "delete", "big", "-y").ok()
    for command in ("inspect", "reset", "delete"):
        assert "'big' has no limit" in shell.main("concurrency-limit", command, "big").refused()
