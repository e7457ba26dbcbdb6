"""What a server does with documents and forms before the service hears of it.

Owns these requests and replies: judging a document without saving it, the language it is judged by,
what stands where in it, and answering a wait with the texts and files of a form. The service knows
neither documents nor texts of fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from uuid import UUID

from signoff.model.commands import Request
from signoff.model.forms import Json
from signoff.model.replies import AnswerAccepted
from signoff.model.starting import Upload
from signoff.model.values import dataclass


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


@dataclass(frozen=True, slots=True)
class FlowPart:
    """A part of a document.

    Args:
        section: the key of the flow it stands under: `inputs`, `tasks`, `triggers`, ...
        id, type: which one.
        line: where it begins, counted from 1.
        depth: how many tasks it stands in.
        branch: the property of the task around it that holds it.
        disabled: it does nothing.
    """

    section: str
    id: str
    type: str
    line: int
    depth: int
    branch: str
    disabled: bool


@dataclass(frozen=True, slots=True)
class ReadOutline(Request[tuple[FlowPart, ...]]):
    """What stands where in the newest revision of a saved flow."""

    namespace: str
    flow: str


@dataclass(frozen=True, slots=True)
class FormText:
    """What was typed into a field."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerForm(Request[AnswerAccepted]):
    """Answer a wait with texts and files, as a form sends them.

    Args:
        run_id, key: which wait.
        values: the texts; one field may have several for a list.
        files: for fields that take one.
    """

    run_id: UUID
    key: str
    values: tuple[FormText, ...] = ()
    files: tuple[Upload, ...] = ()
