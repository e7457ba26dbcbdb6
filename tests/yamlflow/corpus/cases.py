"""Documents as people bring them, with what is to come of each.

Owns how a file of this folder is read: documents are separated by `---`, and the lines `#: ...` at
the head of each are a map in YAML that says what is given to it and expected of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent
_MARK = "#:"


@dataclass(frozen=True, slots=True)
class Case:
    """A document with its expectations.

    Args:
        name: file and `case`.
        source: the document.
        warnings: what reading it warns of, each as part of a line; exactly these.
        problems: what is wrong with it, each as the beginning of a line; exactly these. A document
            with problems is not run.
        inputs: what the run is given.
        answers: by key, in the order in which they are given.
        state: how the run ends, in the words of the language.
        outputs: those of the flow.
        logs: lines that are logged, in this order, with others between them.
        tasks: states of task runs by name.
        absent: names of tasks that do not run.
        needs: names of cases of the same file that are saved before.
    """

    name: str
    source: str
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    inputs: dict[str, Any] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)
    state: str = "SUCCESS"
    outputs: dict[str, Any] | None = None
    logs: list[str] = field(default_factory=list)
    tasks: dict[str, str] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return self.name


def cases(kind: str) -> list[Case]:
    """The cases of a folder, by file."""
    return [case for path in sorted((FOLDER / kind).glob("*.yaml")) for case in _read(path)]


def _read(path: Path) -> list[Case]:
    found = []
    for text in path.read_text().split("\n---\n"):
        lines = text.lstrip("\n").splitlines(keepends=True)
        head = [line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)]
        expected: dict[str, Any] = yaml.safe_load("".join(head))
        name = f"{path.stem}/{expected.pop('case')}"
        found.append(Case(name, "".join(lines[len(head) :]), **expected))
    return found


def rows(name: str) -> list[tuple[str, str]]:
    """The lines `what => result` of a file of this folder."""
    lines = (FOLDER / name).read_text().splitlines()
    parts = [line.partition(" => ") for line in lines if line and not line.startswith("#")]
    return [(left, right) for left, _, right in parts]
