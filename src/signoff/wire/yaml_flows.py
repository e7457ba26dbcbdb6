"""Judging a document over HTTP, without saving it, and the language it is judged by.

Owns the requests and their replies. The service knows no documents, so a server answers by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from signoff.model.commands import Request
from signoff.model.forms import Json


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """One finding about a document.

    Args:
        severity: `error` or `warning`.
        field: where, as dotted keys.
        message: what is wrong and what to do next.
        line, column: where, both counted from 1.
    """

    severity: str
    field: str
    message: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class FlowVerdict:
    """What came of a document.

    Args:
        valid: it can be saved.
        namespace, flow: its name, as far as it can be read.
        problems: every finding, in the order of the text.
    """

    valid: bool
    namespace: str | None
    flow: str | None
    problems: tuple[FlowProblem, ...]


@dataclass(frozen=True, slots=True)
class ValidateFlow(Request[FlowVerdict]):
    """Judge a document."""

    source: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadLanguage(Request[Mapping[str, Json]]):
    """The JSON Schema of documents, for editors; the types of published plugins are in it."""
