"""The typed decorators, judged by mypy: what is accepted, what is inferred, what is rejected."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

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
