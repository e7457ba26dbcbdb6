"""`signoff validate` and `signoff schema`."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.cli.shell import Shell
from tests.yamlflow.documents import EXAMPLES, flow

BROKEN = "id: a\nnamespace: b\ntasks:\n  - {id: x, type: io.kestra.plugin.core.log.Lgo}\n"
OLD = flow(tasks="- {id: p, type: io.kestra.core.tasks.flows.Pause}\n")


def test_the_examples_are_valid(shell: Shell) -> None:
    said = shell.main("validate", str(EXAMPLES)).ok()
    assert said.splitlines() == [
        f"{EXAMPLES / name}.yaml: valid" for name in ("pause_resume", "vacation_approval_process")
    ]


def test_problems_are_lines_that_editors_understand(shell: Shell, tmp_path: Path) -> None:
    broken, old = tmp_path / "a.yaml", tmp_path / "b.yml"
    broken.write_text(BROKEN)
    old.write_text(OLD)
    ran = shell.main("validate", str(tmp_path))
    assert ran.code == 1
    first, second, third = ran.out.splitlines()
    assert first == (
        f"{broken}:4:19: error: tasks.0.type: There is no type of task "
        "'io.kestra.plugin.core.log.Lgo'; did you mean 'io.kestra.plugin.core.log.Log'?"
    )
    assert second.startswith(f"{old}:5:19: warning: tasks.0.type: io.kestra.core.tasks.flows.Pause")
    assert third == f"{old}: valid"


def test_warnings_do_not_fail(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(OLD)
    (judged,) = shell.main("validate", str(tmp_path / "b.yaml"), "-o", "json").json()
    assert judged["valid"] is True
    (problem,) = judged["problems"]
    assert list(problem) == ["severity", "path", "message", "line", "column"]
    assert (problem["severity"], problem["path"], problem["line"]) == ("warning", "tasks.0.type", 5)


def test_standard_input(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(flow()))
    assert shell.main("validate", "-").ok() == "-: valid\n"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("missing.yaml", "missing.yaml cannot be read: No such file or directory."),
        ("binary.yaml", "binary.yaml cannot be read: it is no text in UTF-8."),
        ("empty", "There is no .yaml or .yml file in"),
    ],
)
def test_what_cannot_be_read_is_said(shell: Shell, tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "empty").mkdir()
    assert told in shell.main("validate", str(tmp_path / name)).refused()


def test_the_schema_is_printed(shell: Shell) -> None:
    printed = shell.main("schema").json()
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "task:io.kestra.plugin.core.flow.Pause" in printed["$defs"]
