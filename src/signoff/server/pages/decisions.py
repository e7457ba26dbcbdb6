"""A decision: one wait with its form, as it is shown and as it is answered.

Owns what happens between a form that comes back and an answer on record. The page of a wait and the
inbox show the same decision, so there is one of everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

from signoff.core.forms import fields, with_defaults
from signoff.model.commands import AnswerWait
from signoff.model.errors import (
    AnswerConflict,
    DeadlinePassed,
    InvalidAnswer,
    NotPausedError,
)
from signoff.model.files import KeepFile, NewFile
from signoff.model.forms import Field, FieldError, Form, Json
from signoff.model.replies import AnswerAccepted, InboxItem, WaitView
from signoff.server.pages.forms.asking import asked_for, newly_asked, outline
from signoff.server.pages.forms.controls import Sheet, lay_out
from signoff.server.pages.forms.deciding import Decision, decision_of
from signoff.server.pages.forms.drafts import Draft, read_pairs
from signoff.server.pages.forms.editing import edit
from signoff.server.pages.forms.filling import started
from signoff.server.pages.forms.reading import read_answer
from signoff.server.pages.forms.uploads import put_address, uploads_to_keep
from signoff.server.pages.protection import NAME
from signoff.server.pages.settings import clean_name
from signoff.server.pages.visits import Visit

_EDITS = ("add", "remove", "up", "down", "ask")


@dataclass(frozen=True, slots=True)
class Asked:
    """The form of a wait as somebody has filled it in so far.

    Args:
        form: what is asked for; None where only the word to go on is.
        draft: what the controls say.
        errors: what is wrong.
        focus: the name of the control to go on with.
        name: what was typed as the visitor's name.
        nameless: the name is missing.
        answer: what was given, once it is known to be readable.
    """

    form: Form | None
    draft: Draft
    errors: tuple[FieldError, ...] = ()
    focus: str | None = None
    name: str = ""
    nameless: bool = False
    answer: Json = None

    @property
    def root(self) -> Field | None:
        """All fields of the form."""
        return None if self.form is None else fields(self.form)

    @property
    def decision(self) -> Decision | None:
        """The field that buttons answer."""
        root = self.root
        return None if root is None else decision_of(root)

    @property
    def sheet(self) -> Sheet:
        """The controls."""
        if self.form is None:
            return Sheet(())
        decision = self.decision
        hidden = None if decision is None else decision.property
        shown = outline(self.form, self.draft, decision)
        return lay_out(shown.root, self.draft, self.errors, hidden, shown.unasked)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a form that was sent.

    Args:
        accepted: the answer is on record; None where it is not.
        asked: the form to show again.
        notice: why the answer was not taken, where no field is to blame.
        status: the HTTP status that fits.
        cookies: what the browser is to keep.
    """

    accepted: AnswerAccepted | None = None
    asked: Asked | None = None
    notice: str | None = None
    status: int = 200
    cookies: dict[str, str | None] = field(default_factory=dict)


def begun(form: Form | None, errors: Sequence[FieldError] = ()) -> Asked:
    """The form as a person first sees it."""
    if form is None:
        return Asked(None, Draft())
    return Asked(form, started(fields(form)), tuple(errors))


async def filled_in(visit: Visit, form: Form | None, of: InboxItem) -> Asked:
    """The form as it came back: edited, or read with every error there is.

    Args:
        visit: with what was posted.
        form: what is asked for.
        of: whose files these are that come with it.
    """
    root = None if form is None else fields(form)
    draft = read_pairs(visit.posted)
    if root is not None:
        await keep_files(visit, root, draft, of.flow_name, of.run_id)
    name = clean_name(visit.said("name"))
    if root is not None and is_edit(visit):
        read_answer(root, draft)  # What was chosen as a file is kept with the form.
        return Asked(form, draft, focus=edit(root, draft, visit.said("do")), name=name)
    known = visit.sender.actor.verified or visit.cookies.get(NAME) or name
    answer, errors = (None, ()) if form is None else _read(form, draft)
    return Asked(form, draft, tuple(errors), name=name, nameless=not known, answer=answer)


async def keep_files(visit: Visit, root: Field, draft: Draft, flow_name: str, run_id: UUID) -> None:
    """Keep the files that came with a form; the draft goes on with their addresses."""
    namespace, _, flow = flow_name.rpartition(".")
    for part in uploads_to_keep(root, draft):
        if part.upload is not None:
            name = part.upload.name.replace("\\", "/").rpartition("/")[2]
            file = NewFile(name, part.upload.content)
            put_address(part, await visit.ask(KeepFile(namespace, flow, file, run_id)))


def is_edit(visit: Visit) -> bool:
    """Whether the form was sent to be changed, rather than as an answer."""
    return visit.said("do").partition(" ")[0] in _EDITS


def _read(form: Form, draft: Draft) -> tuple[Json, list[FieldError]]:
    """The answer of a draft, and everything that is wrong with it."""
    answer, errors = read_asked(form, draft)
    decision = decision_of(fields(form))
    if decision is not None and decision.name.split("/", 1)[1] not in draft.parts:
        answer.pop(decision.property, None)
        labels = " or ".join(option.label for option in decision.buttons)
        errors = [each for each in errors if each.path != (decision.property,)]
        errors.append(FieldError((decision.property,), f"is for you to decide: press {labels}"))
    if not errors:
        return answer, []
    # What could be read is judged as well, so that every mistake is shown at once.
    blamed = {each.path for each in errors}
    further = [
        each
        for each in judged(form, answer)
        if not any(each.path[: len(path)] == path for path in blamed)
    ]
    return answer, [*errors, *further]


def read_asked(form: Form, draft: Draft) -> tuple[dict[str, Json], list[FieldError]]:
    """The answer that the fields give that are asked for, and what of it is no value."""
    root = asked_for(form, draft)
    answer, errors = read_answer(root, draft)
    blamed = {each.path for each in errors}
    return answer, [*errors, *(e for e in newly_asked(root, draft) if e.path not in blamed)]


def judged(form: Form, answer: Mapping[str, Json]) -> list[FieldError]:
    """What of an answer does not fit, once what nobody gave is filled in.

    What judges is heavy, and most forms come back without a mistake: it is loaded with the first.
    """
    checking: Any = import_module("signoff.core.forms.checking")
    return list(checking.check(form, with_defaults(form, answer)))


async def attempt(visit: Visit, run_id: UUID, wait: WaitView) -> Attempt:
    """Answer a wait with what was posted, or say what is missing."""
    asked = await filled_in(visit, wait.form, wait.item)
    if is_edit(visit):
        return Attempt(asked=asked)
    if asked.errors or asked.nameless:
        return Attempt(asked=asked, status=422)
    cookies: dict[str, str | None] = {}
    if not visit.sender.actor.verified and asked.name:
        visit, cookies = visit.named(asked.name), {NAME: asked.name}
    try:
        accepted = await visit.ask(
            AnswerWait(run_id, asked.answer, wait.item.key, _request_id(visit.said("request")))
        )
    except InvalidAnswer as refused:
        again = Asked(asked.form, asked.draft, refused.errors, name=asked.name)
        notice = None if refused.errors else str(refused)
        return Attempt(asked=again, notice=notice, status=422, cookies=cookies)
    except (AnswerConflict, DeadlinePassed, NotPausedError) as refused:
        return Attempt(notice=str(refused), status=refused.status, cookies=cookies)
    return Attempt(accepted, cookies=cookies)


def _request_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def decision_values(
    visit: Visit, wait: WaitView, asked: Asked | None = None, notice: str | None = None
) -> dict[str, Any]:
    """What the template of a decision shows.

    Args:
        visit: who looks.
        wait: the wait.
        asked: the form as it came back; as it begins when not given.
        notice: why an answer was not taken.
    """
    shown = asked or begun(wait.form, wait.errors)
    known = visit.sender.actor.verified or visit.cookies.get(NAME)
    return {
        "wait": wait,
        "item": wait.item,
        "asked": shown,
        "sheet": shown.sheet,
        "decision": shown.decision,
        "request": uuid4(),
        "ask_name": not known,
        "notice": notice,
        "description": wait.form.description if wait.form else None,
    }
