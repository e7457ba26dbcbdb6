"""Writing a saved flow in the browser.

Owns `/flows/new` and `/flows/{namespace}/{id}/edit`, and that nothing is lost: what was typed comes
back with every mistake, and nobody's newer revision is written over unseen. The script that makes
the text area an editor is comfort.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from signoff.model.errors import ObjectAlreadyExists, ObjectNotFound
from signoff.model.saved_flows import SavedFlow, SaveFlow
from signoff.server.pages.protection import NAME
from signoff.server.pages.saved.known import Known, find, find_named, page_of
from signoff.server.pages.saved.source import Difference, Listing
from signoff.server.pages.settings import clean_name
from signoff.server.pages.visits import Redirect, Route, View, Visit, flow_path, with_query
from signoff.wire.yaml_flows import FlowProblem, FlowVerdict, ValidateFlow

NEW = """id: my-flow
namespace: company.team

inputs:
  - id: name
    type: STRING
    defaults: World

tasks:
  - id: ask
    type: io.kestra.plugin.core.flow.Pause
    onResume:
      - id: approved
        type: BOOL
        displayName: "Say hello to {{ inputs.name }}?"
  - id: hello
    type: io.kestra.plugin.core.log.Log
    when: "{{ outputs.ask.onResume.approved }}"
    message: "Hello {{ inputs.name }}"
"""
"""What a new flow starts from."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A text as somebody has written it so far.

    Args:
        source: the text.
        revision: the newest one that its author knows; 0 for none.
        problems: what was found in it.
        checked: it was sent, to be looked at or saved.
        name: what was typed as the visitor's name.
        nameless: the name is missing.
        newer: the revision of somebody else that is in the way.
        back: the flow was deleted, and its author knows that saving brings it back.
    """

    source: str
    revision: int
    problems: tuple[FlowProblem, ...] = ()
    checked: bool = False
    name: str = ""
    nameless: bool = False
    newer: Known | None = None
    back: bool = False

    @property
    def errors(self) -> int:
        """How many problems keep it from being saved."""
        return sum(each.severity == "error" for each in self.problems)

    @property
    def listing(self) -> Listing:
        """The text with numbered lines."""
        return Listing(self.source, self.problems)

    @property
    def difference(self) -> Difference | None:
        """What it differs in from the revision that is in the way."""
        if self.newer is None:
            return None
        return Difference(self.newer.newest.source or "", self.source)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a text that was sent: saved, or the draft to show again."""

    saved: SavedFlow | None = None
    draft: Draft | None = None
    status: int = 200
    cookies: Mapping[str, str | None] = field(default_factory=dict)


async def begin(visit: Visit) -> View | Redirect:
    """A new flow."""
    verdict = await visit.ask(ValidateFlow(NEW))
    return _view(visit, None, Draft(NEW, 0, verdict.problems))


async def edit(visit: Visit) -> View | Redirect:
    """The newest revision, to be changed."""
    known = await find(visit)
    if known.saved is None:
        return Redirect(known.path("source"))
    source = known.newest.source or ""
    verdict = await visit.ask(ValidateFlow(source))
    return _view(visit, known, Draft(source, known.newest.revision, verdict.problems))


async def create(visit: Visit) -> View | Redirect:
    """Save a new flow."""
    return _answer(visit, None, await _sent(visit, None))


async def save(visit: Visit) -> View | Redirect:
    """Save another revision."""
    known = await find(visit)
    return _answer(visit, known, await _sent(visit, known))


def _answer(visit: Visit, known: Known | None, outcome: Outcome) -> View | Redirect:
    if outcome.draft is not None:
        view = _view(visit, known, outcome.draft, outcome.status)
        return replace(view, cookies=outcome.cookies)
    assert outcome.saved is not None, "what is not shown again was saved"
    latest = outcome.saved.latest
    told = {"saved" if outcome.saved.changed else "same": str(latest.revision)}
    path = flow_path(latest.namespace, latest.flow, "edit")
    return Redirect(with_query(path, **told), outcome.cookies)


async def _sent(visit: Visit, known: Known | None) -> Outcome:
    """Judge what was sent, and save it when that was asked for and nothing is wrong."""
    source = _as_before(visit.said("source"), known)
    verdict = await visit.ask(ValidateFlow(source))
    named = visit.sender.actor.verified or visit.cookies.get(NAME)
    name = clean_name(visit.said("name"))
    draft = Draft(
        source=source,
        revision=_number(visit.said("revision")),
        problems=(*_renamed(known, verdict), *verdict.problems),
        checked=True,
        name=name,
        back=visit.said("back") == "yes",
    )
    if visit.said("do") == "check":
        return Outcome(draft=draft)
    draft = replace(draft, nameless=not (named or name))
    if draft.errors or draft.nameless:
        return Outcome(draft=draft, status=422)
    cookies: dict[str, str | None] = {}
    if not named:
        visit, cookies = visit.named(name), {NAME: name}
    return replace(await _saved(visit, draft, verdict), cookies=cookies)


async def _saved(visit: Visit, draft: Draft, verdict: FlowVerdict) -> Outcome:
    there = await _there(visit, verdict)
    if there is not None and there.saved is None and not draft.back:
        # Nobody brings back by accident what somebody else has deleted.
        back = replace(draft, back=True, revision=there.newest.revision, newer=there)
        return Outcome(draft=back, status=409)
    try:
        return Outcome(saved=await visit.ask(SaveFlow(draft.source, revision=draft.revision)))
    except ObjectAlreadyExists:
        newer = await _there(visit, verdict)
        if newer is None:
            raise
        again = replace(draft, newer=newer, revision=newer.newest.revision)
        return Outcome(draft=again, status=409)


async def _there(visit: Visit, verdict: FlowVerdict) -> Known | None:
    """The flow that a text would be saved as, where there is or was one."""
    try:
        return await find_named(visit, verdict.namespace or "", verdict.flow or "")
    except ObjectNotFound:
        return None


def _renamed(known: Known | None, verdict: FlowVerdict) -> tuple[FlowProblem, ...]:
    """A flow keeps its name: another one in the text would be another flow."""
    if known is None or not verdict.valid:
        return ()
    if (verdict.namespace, verdict.flow) == (known.namespace, known.id):
        return ()
    told = (
        f"this page edits {known.full_name}, and a flow never changes its name; the document says "
        f"{verdict.namespace}/{verdict.flow}. Make another flow of it on the page `New flow`."
    )
    return (FlowProblem("error", "id", told, 1, 1),)


def _view(visit: Visit, known: Known | None, draft: Draft, status: int = 200) -> View:
    newest = None if known is None else known.newest.revision
    values = {
        "draft": draft,
        "action": "/flows/new" if known is None else known.path("edit"),
        "ask_name": not (visit.sender.actor.verified or visit.cookies.get(NAME)),
        "saved_now": newest is not None and _number(visit.asked("saved")) == newest,
        "same": newest is not None and _number(visit.asked("same")) == newest,
    }
    if known is None:
        return View("new_flow.html", "New flow", values, status, "Flows", styled=True)
    return replace(page_of(known, "edit.html", "Edit", values, status), styled=True)


def _as_before(sent: str, known: Known | None) -> str:
    """What a browser sent, with the ends of lines that the text had: a form changes them all."""
    text = sent.replace("\r\n", "\n")
    before = "" if known is None else known.newest.source or ""
    ends = before.count("\n")
    if ends and before.count("\r\n") == ends:
        return text.replace("\n", "\r\n")
    return text


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


ROUTES = (
    Route("GET", "/flows/new", begin),
    Route("POST", "/flows/new", create),
    Route("GET", "/flows/{namespace}/{flow}/edit", edit),
    Route("POST", "/flows/{namespace}/{flow}/edit", save),
)
