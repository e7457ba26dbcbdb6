"""What is wrong with a document, and where.

Owns places in a file and the findings about them. Must not know YAML.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from signoff.model.errors import InvalidRequest


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a document.

    Args:
        line, column: both counted from 1.
        file: the file's name as the user gave it; "" for a text without one.
    """

    line: int
    column: int
    file: str = ""

    def __str__(self) -> str:
        return f"{self.file or 'flow'}:{self.line}:{self.column}"


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The document cannot be saved or run."""
    WARNING = "warning"
    """It runs; something in it is deprecated or has no effect here."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a document.

    Args:
        severity: whether it stops the document.
        message: what is wrong and what to do next, in one or two sentences.
        mark: where.
        path: the same place as keys, outermost first (`("tasks", 0, "type")`).
        value: what was written there, if that helps; never a secret.
    """

    severity: Severity
    message: str
    mark: Mark
    path: tuple[str | int, ...] = ()
    value: object = None

    @property
    def dotted(self) -> str:
        """The path as people write it: `tasks.0.type`; "" for the whole document."""
        return ".".join(str(step) for step in self.path)

    def __str__(self) -> str:
        where = f" {self.dotted}:" if self.path else ""
        return f"{self.mark}: {self.severity}:{where} {self.message}"


class InvalidDocument(InvalidRequest):
    """A document cannot be saved or run.

    Attributes:
        problems: every finding, warnings included, in the order of the file.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        errors = [each for each in problems if each.severity is Severity.ERROR]
        super().__init__(
            "\n".join(map(str, errors)),
            {
                "errors": [
                    {
                        "field": each.dotted,
                        "message": each.message,
                        "line": each.mark.line,
                        "column": each.mark.column,
                    }
                    for each in errors
                ]
            },
        )
