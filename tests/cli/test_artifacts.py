"""`signoff artifact`."""

from __future__ import annotations

from uuid import uuid4

from signoff.artifacts import Artifact, create_link_artifact, create_markdown_artifact
from tests.cli.shell import Shell

FIELDS = [
    *("id", "key", "type", "description", "data", "metadata", "flow_run_id", "task_run_id"),
    *("created", "updated"),
]


def test_artifacts_are_listed_by_key(shell: Shell) -> None:
    assert shell.main("artifact", "ls").err == "There are no artifacts yet.\n"
    create_markdown_artifact("old", key="report")
    new = create_markdown_artifact("new", key="report", description="d")
    bare = create_link_artifact("http://x")
    (listed,) = shell.main("artifact", "ls", "-o", "json").json()
    assert list(listed) == FIELDS
    assert (listed["id"], listed["data"], listed["description"]) == (str(new), "new", "d")
    every = shell.main("artifact", "ls", "--all", "-o", "json").json()
    assert [each["id"] for each in every][:2] == [str(bare), str(new)]
    assert len(shell.main("artifact", "ls", "--all", "--limit", "1", "-o", "json").json()) == 1
    assert "report" in shell.main("artifact", "ls").ok()


def test_versions_are_shown_newest_first(shell: Shell) -> None:
    for text in ("one", "two\x1b[2J"):
        create_markdown_artifact(text, key="report")
    out = shell.main("artifact", "inspect", "report").ok()
    assert out.index("two") < out.index("one")
    assert "\x1b" not in out
    found = shell.main("artifact", "inspect", "report", "--limit", "1", "-o", "json").json()
    assert [each["data"] for each in found] == ["two\x1b[2J"]
    assert "no artifact with the key 'no'" in shell.main("artifact", "inspect", "no").refused()


def test_artifacts_are_deleted_by_key_or_id(shell: Shell) -> None:
    ids = [create_markdown_artifact("x", key="report") for _ in range(3)]
    shell.main("artifact", "delete", "--id", str(ids[1]), "--yes").ok()
    assert (
        "Deleted 2 version(s) of 'report'"
        in shell.main("artifact", "delete", "report", "--yes").ok()
    )
    assert Artifact.get("report") is None
    assert "no artifact" in shell.main("artifact", "delete", "--id", str(uuid4()), "-y").refused()
    assert "no artifact" in shell.main("artifact", "delete", "report", "-y").refused()
    assert shell.main("artifact", "delete").code == 2
    assert shell.main("artifact", "delete", "--id", "x", "-y").code == 2
