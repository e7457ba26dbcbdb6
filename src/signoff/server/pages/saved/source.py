"""The text of a saved flow, its history, and what any two revisions differ in.

Owns these pages, and that an old revision is restored as a new one.
"""

from __future__ import annotations

from dataclasses import dataclass

from signoff.model.errors import InvalidRequest, ObjectNotFound, RequestRefused
from signoff.model.saved_flows import FlowRevision, ReadRevision, ReadRevisions, SaveFlow
from signoff.server.pages.saved.comparing import Comparison, compare
from signoff.server.pages.saved.highlighting import Line, lines_of
from signoff.server.pages.saved.known import Known, find, page_of
from signoff.server.pages.visits import Redirect, Route, Text, View, Visit, with_query
from signoff.wire.yaml_flows import FlowProblem, ValidateFlow

PAGE = 20
"""Revisions of a page."""
MOST_LINES = 5_000
_MOST_JUDGED = 100_000
"""Characters of a text that is judged for the list of revisions."""
_MOST_COMPARED = 200
_TABS = {"source": "source", "edit": "edit", "revisions": "source"}
"""Pages of a flow as others name them; the overview for the rest."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A text with numbered lines; coloured where it is rendered, which is off the event loop.

    Args:
        source: the text.
        problems: what was found in it.
    """

    source: str
    problems: tuple[FlowProblem, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are shown."""
        return lines_of(self.source)[:MOST_LINES]

    @property
    def left_out(self) -> int:
        """How many lines are not shown."""
        return max(0, self.source.count("\n") + 1 - MOST_LINES)

    @property
    def marked(self) -> dict[int, str]:
        """Lines with a problem: `error` or `warning`, the worse of them."""
        ordered = sorted(self.problems, key=lambda each: each.severity == "error")
        return {each.line: each.severity for each in ordered}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two texts; compared where they are rendered."""

    before: str
    after: str

    @property
    def compared(self) -> Comparison:
        """What they differ in."""
        return compare(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision in the list.

    Args:
        revision: which one.
        errors, warnings: how many problems this version sees in its text.
    """

    revision: FlowRevision
    errors: int = 0
    warnings: int = 0


async def show(visit: Visit) -> View | Redirect:
    """A revision, the newest or the one asked for, and the list of all."""
    return await _source(visit, await find(visit))


async def _source(visit: Visit, known: Known, notice: str = "", status: int = 200) -> View:
    shown = await _revision(visit, known, visit.asked("revision") or visit.said("revision"))
    start = visit.start()
    found = await visit.ask(ReadRevisions(known.namespace, known.id, PAGE + 1, start))
    verdict = await visit.ask(ValidateFlow(shown.source or ""))
    values = {
        "shown": shown,
        "listing": Listing(shown.source or "", verdict.problems),
        "problems": verdict.problems,
        "revisions": [await _entry(visit, each) for each in found[:PAGE]],
        "further": start + PAGE if len(found) > PAGE else None,
        "earlier": max(start - PAGE, 0) if start else None,
        "saved_now": _number(visit.asked("saved")) == known.newest.revision,
        "notice": notice,
    }
    return page_of(known, "source.html", "Source", values, status)


async def _entry(visit: Visit, revision: FlowRevision) -> Entry:
    read = await visit.ask(ReadRevision(revision.namespace, revision.flow, revision.revision))
    source = read.source or ""
    if len(source) > _MOST_JUDGED:
        return Entry(revision)
    problems = (await visit.ask(ValidateFlow(source))).problems
    errors = sum(each.severity == "error" for each in problems)
    return Entry(revision, errors, len(problems) - errors)


async def text(visit: Visit) -> Text:
    """A revision as a file."""
    known = await find(visit)
    shown = await _revision(visit, known, visit.asked("revision"))
    return Text(shown.source or "", f"{known.id}.yaml")


async def difference(visit: Visit) -> View | Redirect:
    """What two revisions differ in; by default the newest and the one before it."""
    known = await find(visit)
    newest = known.newest.revision
    second = await _revision(visit, known, visit.asked("to"))
    first = await _revision(visit, known, visit.asked("from") or str(max(second.revision - 1, 1)))
    revisions = await visit.ask(ReadRevisions(known.namespace, known.id, _MOST_COMPARED))
    values = {
        "first": first,
        "second": second,
        "numbers": sorted(
            {each.revision for each in revisions} | {first.revision, second.revision}, reverse=True
        ),
        "newest": newest,
        "difference": Difference(first.source or "", second.source or ""),
    }
    return page_of(known, "difference.html", "Source", values)


async def elsewhere(visit: Visit) -> View | Redirect:
    """The addresses that flows written for other systems put into their messages."""
    return Redirect((await find(visit)).path(_TABS.get(visit.values.get("tab", ""), "")))


async def restore(visit: Visit) -> View | Redirect:
    """Save the text of an old revision as the newest one."""
    known = await find(visit)
    old = await _revision(visit, known, visit.said("revision"))
    expected = _number(visit.said("newest"))
    try:
        if expected is None:
            raise InvalidRequest("Field `newest` must be the number of the newest revision.")
        saved = await visit.ask(SaveFlow(old.source or "", revision=expected))
    except RequestRefused as refused:
        return await _source(visit, known, str(refused), refused.status)
    return Redirect(with_query(known.path("source"), saved=str(saved.latest.revision)))


async def _revision(visit: Visit, known: Known, asked: str) -> FlowRevision:
    """The revision of a number; the newest when none is asked for."""
    number = known.newest.revision if not asked else _number(asked)
    if number is None:
        raise ObjectNotFound(f"{asked!r} is not the number of a revision.")
    if number == known.newest.revision and known.newest.source is not None:
        return known.newest
    return await visit.ask(ReadRevision(known.namespace, known.id, number))


def _number(asked: str) -> int | None:
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


ROUTES = (
    Route("GET", "/flows/{namespace}/{flow}/source", show),
    Route("GET", "/ui/flows/edit/{namespace}/{flow}", elsewhere),
    Route("GET", "/ui/flows/edit/{namespace}/{flow}/{tab}", elsewhere),
    Route("GET", "/flows/{namespace}/{flow}/source.yaml", text),
    Route("GET", "/flows/{namespace}/{flow}/compare", difference),
    Route("POST", "/flows/{namespace}/{flow}/restore", restore),
)
