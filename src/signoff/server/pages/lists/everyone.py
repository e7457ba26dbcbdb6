"""One answer for all runs that match: what they ask alike, the form, and what it would do.

Owns the way to the preview. The answer goes only to runs that ask the same as the form that was
filled in; carrying it out, and the receipts, are those of every bulk action.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode

from signoff.model.bulk import BulkAction, PreviewBulk
from signoff.model.filters import FlowRunFilterOpenWait
from signoff.model.queries import ReadWait
from signoff.model.replies import WaitView
from signoff.model.run_lists import MOST_COUNTED, Question, ReadQuestions, TallyRuns
from signoff.server.pages.decisions import Asked, begun, filled_in, is_edit
from signoff.server.pages.lists.choosing import Chosen, Which, chosen, which
from signoff.server.pages.lists.many import preview_view
from signoff.server.pages.protection import NAME
from signoff.server.pages.together import misfits
from signoff.server.pages.visits import Redirect, Route, View, Visit

_FORMLESS = "none"
"""How the address names the question that has no form."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A question that can be answered for all that ask it.

    Args:
        wait: one of those that ask it.
        question: how many there are.
        address: where it is answered.
    """

    wait: WaitView
    question: Question
    address: str


async def show(visit: Visit) -> View | Redirect:
    """The form of the question that the address names, or that is the only one; else a choice."""
    offers, picked = await _offers(visit, chosen(visit.asked), visit.asked("question"))
    return await _view(visit, chosen(visit.asked), offers, picked, None)


async def answer(visit: Visit) -> View | Redirect:
    """Freeze the runs that ask this question, and show what the answer would do to each."""
    asked_for = parse_qs(visit.said("query"))
    wanted = chosen(lambda name: asked_for.get(name, [""])[-1])
    offers, picked = await _offers(visit, wanted, visit.said("question"))
    if picked is None:
        return await _view(visit, wanted, offers, None, None, 409)
    asked = await filled_in(visit, picked.question.form, picked.wait.item)
    if is_edit(visit):
        return await _view(visit, wanted, offers, picked, asked)
    asked = replace(asked, errors=(*asked.errors, *misfits(picked.question.form, asked)))
    if asked.errors or asked.nameless:
        return await _view(visit, wanted, offers, picked, asked, 422)
    cookies: dict[str, str | None] = {}
    if not visit.sender.actor.verified and asked.name:
        visit, cookies = visit.named(asked.name), {NAME: asked.name}
    meant = _asking(await which(visit, wanted), wanted, picked.question)
    found = await visit.ask(
        PreviewBulk(BulkAction.RESUME, meant.flows, meant.flow_runs, run_input=asked.answer)
    )
    return preview_view(found, "Answer", cookies)


async def _offers(visit: Visit, wanted: Chosen, named: str) -> tuple[Sequence[Offer], Offer | None]:
    """What is asked, and the question that is meant."""
    meant = await which(visit, wanted)
    offers = []
    for each in await visit.ask(ReadQuestions(meant.flows, meant.flow_runs)):
        wait = await visit.ask(ReadWait(each.run_id, each.key))
        query = urlencode([*wanted.pairs, ("question", _name(each))])
        offers.append(Offer(wait, each, f"/bulk/answer?{query}"))
    if len(offers) == 1 and not named:
        return offers, offers[0]
    known = (each for each in offers if named in (*each.question.forms, _name(each.question)))
    return offers, next(known, None)


def _name(question: Question) -> str:
    return question.forms[0] if question.forms else _FORMLESS


def _asking(meant: Which, wanted: Chosen, question: Question) -> Which:
    """Of the runs that are meant, those that ask this."""
    asks = FlowRunFilterOpenWait(
        like_=wanted.waits or None,
        form_any_=list(question.forms) or None,
        form_is_null_=None if question.forms else True,
    )
    return Which(meant.flows, meant.flow_runs.model_copy(update={"open_wait": asks}))


async def _view(
    visit: Visit,
    wanted: Chosen,
    offers: Sequence[Offer],
    picked: Offer | None,
    asked: Asked | None,
    status: int = 200,
) -> View:
    meant = await which(visit, wanted)
    (total,) = await visit.ask(TallyRuns((None,), meant.flows, meant.flow_runs))
    heading = "Answer all that match"
    if picked is not None:
        count = picked.question.count
        heading = f"Answer {count:,} {'run' if count == 1 else 'runs'} alike"
    shown = asked or begun(picked.question.form if picked is not None else None)
    values = {
        "heading": heading,
        "offers": offers,
        "picked": picked,
        "question": _name(picked.question) if picked is not None else "",
        "query": urlencode(wanted.pairs),
        "total": f"{MOST_COUNTED:,}+" if total > MOST_COUNTED else f"{total:,}",
        "asked": shown,
        "sheet": shown.sheet,
        "decision": shown.decision,
        "request": "",
        "notice": None,
        "ask_name": not (visit.sender.actor.verified or visit.cookies.get(NAME)),
        "back": wanted.address(),
    }
    return View("everyone.html", heading, values, status, "Runs")


ROUTES = (Route("GET", "/bulk/answer", show), Route("POST", "/bulk/answer", answer))
