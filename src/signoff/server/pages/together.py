"""One answer for several questions that ask the same.

Owns choosing them, and the receipt that each of them gets. Every question is answered by itself, so
one that was answered meanwhile keeps nobody else from an answer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from signoff.model.commands import AnswerWait
from signoff.model.errors import InvalidAnswer, RequestRefused
from signoff.model.forms import FieldError, Form
from signoff.model.queries import ReadWait
from signoff.model.replies import InboxItem, WaitView
from signoff.model.waits import WaitStatus
from signoff.server.pages.decisions import Asked, begun, filled_in, is_edit, judged
from signoff.server.pages.protection import NAME
from signoff.server.pages.visits import Redirect, Route, View, Visit

MOST = 200
"""Questions that are answered at once."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same.

    Args:
        waits: the questions.
        address: where they are answered.
    """

    waits: tuple[WaitView, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one of them.

    Args:
        item: the question.
        why: why it was not answered; None where it was.
    """

    item: InboxItem
    why: str | None = None

    @property
    def given(self) -> bool:
        """Whether the answer stands."""
        return self.why is None


async def show(visit: Visit) -> View | Redirect:
    """The form that the selected questions share, or what they differ in."""
    groups = await _groups(visit, visit.query.get("pick", ()))
    asked = begun(_shared(groups[0])) if len(groups) == 1 else None
    return _view(visit, groups, asked)


async def answer(visit: Visit) -> View | Redirect:
    """Answer each of them; a receipt for everyone."""
    groups = await _groups(visit, visit.all_said("pick"))
    if len(groups) != 1:
        return _view(visit, groups, None, status=409)
    form = _shared(groups[0])
    asked = await filled_in(visit, form, groups[0].waits[0].item)
    if is_edit(visit):
        return _view(visit, groups, asked)
    asked = replace(asked, errors=(*asked.errors, *misfits(form, asked)))
    if asked.errors or asked.nameless:
        return _view(visit, groups, asked, status=422)
    cookies: dict[str, str | None] = {}
    if not visit.sender.actor.verified and asked.name:
        visit, cookies = visit.named(asked.name), {NAME: asked.name}
    receipts = [await _answered(visit, wait, asked) for wait in groups[0].waits]
    return _view(visit, groups, asked, receipts, cookies=cookies)


def misfits(form: Form | None, asked: Asked) -> list[FieldError]:
    """What was given and fits none of the questions; what was left out each fills in itself."""
    if form is None or asked.errors:
        return []
    errors = judged(form, asked.answer)
    return [each for each in errors if each.path and each.path[0] in asked.answer]


async def _answered(visit: Visit, wait: WaitView, asked: Asked) -> Receipt:
    item = wait.item
    # The same form sent twice is the same answer.
    request = uuid5(_request(visit), f"{item.run_id}/{item.key}")
    try:
        await visit.ask(AnswerWait(item.run_id, asked.answer, item.key, request))
    except InvalidAnswer as refused:
        said = "; ".join(str(error) for error in refused.errors) or str(refused)
        return Receipt(item, f"Not answered: {said}.")
    except RequestRefused as refused:
        return Receipt(item, f"Not answered: {refused}")
    return Receipt(item)


async def _groups(visit: Visit, picks: Sequence[str]) -> tuple[Group, ...]:
    """The selected questions that still wait, those together that ask the same."""
    found: dict[str, list[WaitView]] = {}
    for pick in list(dict.fromkeys(picks))[:MOST]:
        run, _, key = pick.partition("/")
        try:
            wait = await visit.ask(ReadWait(UUID(run), key))
        except (ValueError, RequestRefused):
            continue
        if wait.status is WaitStatus.OPEN:
            schema = json.dumps(wait.form.schema, sort_keys=True) if wait.form else ""
            found.setdefault(schema, []).append(wait)
    return tuple(Group(tuple(waits), _address(waits)) for waits in found.values())


def _address(waits: Sequence[WaitView]) -> str:
    picks = [("pick", f"{wait.item.run_id}/{wait.item.key}") for wait in waits]
    return f"/together?{urlencode(picks)}"


def _shared(group: Group) -> Form | None:
    """The form of them all, with the initial values in which they agree."""
    forms = [wait.form for wait in group.waits if wait.form is not None]
    if not forms:
        return None
    first = forms[0]
    initial = {
        name: value
        for name, value in first.initial.items()
        if all(name in form.initial and form.initial[name] == value for form in forms)
    }
    return Form(first.schema, initial=initial)


def _request(visit: Visit) -> UUID:
    try:
        return UUID(visit.said("request"))
    except ValueError:
        return uuid4()


def _view(
    visit: Visit,
    groups: Sequence[Group],
    asked: Asked | None,
    receipts: Sequence[Receipt] = (),
    status: int = 200,
    cookies: dict[str, str | None] | None = None,
) -> View:
    count = len(groups[0].waits) if len(groups) == 1 else 0
    given = sum(receipt.given for receipt in receipts)
    heading = f"Answer {count} together" if count else "Answer together"
    if receipts:
        heading = f"{given} of {len(receipts)} answered"
    shown = asked or begun(None)
    values = {
        "heading": heading,
        "groups": groups,
        "receipts": receipts,
        "asked": shown,
        "sheet": shown.sheet,
        "decision": shown.decision,
        "request": uuid4(),
        "notice": None,
        "ask_name": not (visit.sender.actor.verified or visit.cookies.get(NAME)),
    }
    return View("together.html", heading, values, status, "Inbox", cookies or {})


ROUTES = (Route("GET", "/together", show), Route("POST", "/together", answer))
