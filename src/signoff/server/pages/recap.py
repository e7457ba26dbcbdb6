"""Questions of a run that were asked, each as people saw it and with what was said to it.

Owns what is told of a form beside its answer: what it said, and what it began with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from signoff.core.forms import fields
from signoff.core.forms.hints import hint
from signoff.model.forms import FieldKind, Json
from signoff.model.replies import ResponseView, WaitView
from signoff.model.waits import WaitKind, WaitStatus
from signoff.server.pages import words

MOST = 50
"""Questions of a page."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A field as it was shown.

    Args:
        label, help: what was read beside it.
        start: what it began with; "" for nothing.
    """

    label: str
    help: str
    start: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody said.

    Args:
        view: who, when, from where.
        lines: the answer, field by field.
        refused: why the flow itself refused it.
    """

    view: ResponseView
    lines: tuple[words.Line, ...]
    refused: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was asked.

    Args:
        wait: the question.
        entries: its form.
        description: what stood above it, as Markdown.
        replies: what was said, oldest first.
        became: how it ended when nobody's answer did; "" where one did, or may yet.
    """

    wait: WaitView
    entries: tuple[Entry, ...]
    description: str | None
    replies: tuple[Reply, ...]
    became: str


@dataclass(frozen=True, slots=True)
class Questions:
    """A page of them, newest last, and how many newer ones the pages around it pass over."""

    shown: tuple[Question, ...]
    newer: str | None
    older: str | None


def questions(waits: Sequence[WaitView], passed_over: int) -> Questions:
    """The newest questions of a run, less those that are passed over."""
    asked = [each for each in waits if each.item.kind is not WaitKind.CHILD]
    end = max(len(asked) - passed_over, 0)
    start = max(end - MOST, 0)
    return Questions(
        tuple(question(each) for each in asked[start:end]),
        str(max(passed_over - MOST, 0)) if passed_over else None,
        str(passed_over + MOST) if start else None,
    )


def question(wait: WaitView) -> Question:
    """A question with all that was shown and said."""
    replies = tuple(
        Reply(each, lines_of(wait, each.answer), each.refused) for each in wait.responses
    )
    description = wait.form.description if wait.form is not None else None
    return Question(wait, entries_of(wait), description, replies, _became(wait))


def lines_of(wait: WaitView, answer: Json) -> tuple[words.Line, ...]:
    """An answer in words."""
    return words.answer_lines(fields(wait.form) if wait.form is not None else None, answer)


def entries_of(wait: WaitView) -> tuple[Entry, ...]:
    """The fields of a form as they were shown before anybody typed."""
    if wait.form is None:
        return ()
    found = []
    for field in fields(wait.form).fields:
        start = ""
        if field.is_prefilled and field.start not in (None, "", [], {}):
            lines = words.answer_lines(fields(wait.form), {field.name: field.start})
            start = "; ".join(_line(each) for each in lines if each.text)
        told = hint(field) if field.kind is not FieldKind.FILE else ""
        help = ". ".join(each.rstrip(".") for each in (field.help or "", told) if each)
        found.append(Entry(field.label or field.name, help, start))
    return tuple(found)


def _line(line: words.Line) -> str:
    return line.text if line.depth == 0 else f"{line.label} {line.text}".strip()


def _became(wait: WaitView) -> str:
    if wait.status is WaitStatus.EXPIRED:
        return f"Nobody answered in time, so {words.then(wait.item.on_deadline)}"
    return "The question was withdrawn" if wait.status is WaitStatus.WITHDRAWN else ""
