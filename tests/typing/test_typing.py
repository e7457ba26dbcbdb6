"""The typed decorators, judged by mypy and pyright: what is accepted, inferred and rejected."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def mypy_says(*names: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--show-error-codes"]
        + [str(HERE / name) for name in names],
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE.parent.parent,
    )
    assert not done.stderr, done.stderr
    return done.stdout


def test_snippets() -> None:
    said = mypy_says("accepted.py", "rejected.py")
    found = set()
    for line in said.splitlines():
        match = re.match(r"(?:.*/)?(\w+)\.py:(\d+): error: .*\[([\w-]+)\]$", line)
        if match:
            found.add((match[1], int(match[2]), match[3]))
    expected = {
        ("rejected", number, match[1])
        for number, line in enumerate((HERE / "rejected.py").read_text().splitlines(), 1)
        if (match := re.search(r"# E: ([\w-]+)", line)) and not line.startswith('"')
    }
    expected = {item for item in expected if item[2] != "code"}
    assert found == expected, said


PYRIGHT = {
    "typeCheckingMode": "strict",
    "pythonVersion": "3.11",
    "extraPaths": [str(HERE.parent.parent / "src")],
    # What is not said of types at all is no business of these tests.
    "reportUnusedFunction": False,
    "reportUnusedExpression": False,
    "reportUnusedCoroutine": False,
    "reportUnusedVariable": False,
    "reportUnusedCallResult": False,
    "reportPrivateUsage": False,
    "reportUnknownMemberType": False,
    "reportUnknownVariableType": False,
    "reportUnknownArgumentType": False,
}


def pyright_says(folder: Path, *names: str) -> list[tuple[str, int, str]]:
    """File, line and message of each error."""
    project = {**PYRIGHT, "include": [str(HERE / name) for name in names]}
    (folder / "pyrightconfig.json").write_text(json.dumps(project))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "basedpyright", "-p", str(folder), "--outputjson"),
            *("--pythonpath", sys.executable),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["summary"]["filesAnalyzed"] == len(names), done.stdout + done.stderr
    return [
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1, one["message"])
        for one in said["generalDiagnostics"]
        if one["severity"] == "error"
    ]


def test_snippets_with_pyright(tmp_path: Path) -> None:
    said = pyright_says(tmp_path, "accepted.py", "rejected.py")
    lines = enumerate((HERE / "rejected.py").read_text().splitlines(), 1)
    expected = {number for number, line in lines if re.search(r"# E: (?!code)", line)}
    assert [error for error in said if error[0] == "accepted.py"] == []
    assert {line for _, line, _ in said} == expected, said
