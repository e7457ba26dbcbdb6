"""What the page of a run shows.

Owns which facts are read, and how many of each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from signoff.model.errors import ObjectNotFound
from signoff.model.events import HistoryEntry
from signoff.model.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterParentFlowRunId,
    FlowRunSort,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
    TaskRunSort,
)
from signoff.model.queries import ReadHistory, ReadRun, ReadRuns, ReadTaskRuns, ReadWaits
from signoff.model.replies import WaitView
from signoff.model.runs import Phase, phase_of
from signoff.model.standstill import WhyNotStarted
from signoff.model.state_types import StateType
from signoff.model.views import FlowRun, TaskRun
from signoff.model.waits import WaitKind, WaitStatus
from signoff.server.pages import badges
from signoff.server.pages.decisions import Asked, decision_values
from signoff.server.pages.recap import questions
from signoff.server.pages.runs.artifacts import read_pieces, shown
from signoff.server.pages.runs.logs import LEVELS, level_name, pieces, place_of, read_lines
from signoff.server.pages.runs.offers import offers
from signoff.server.pages.runs.results import opened, returned
from signoff.server.pages.runs.sentence import footnote, sentence
from signoff.server.pages.runs.spans import Folds, Work, marks_of, own_span, spans_of
from signoff.server.pages.runs.timeline import Timeline, timeline
from signoff.server.pages.standstill import why
from signoff.server.pages.visits import View, Visit
from signoff.server.pages.waits import outcome_values

TASKS = 100
"""Tasks of a page of the table."""
_MOST_TASKS = 1_000
_MOST_INSIDE = 200
_MOST_UNFOLDED = 5
_CHILDREN = 100
_KEPT = ("zoom", "open", "tasks", "asked", "level", "find")
_ZOOMS = (1, 2, 4, 8)
_FAR = 1 << 62


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer that was sent from the page of the run and not taken.

    Args:
        wait: what it was for.
        asked: its form as it came back; None where nobody is asked any more.
        cookies: what the browser is to keep.
    """

    wait: WaitView
    asked: Asked | None
    cookies: dict[str, str | None]


async def answered_view(
    visit: Visit,
    wait: WaitView,
    asked: Asked | None = None,
    notice: str | None = None,
    status: int = 200,
    cookies: dict[str, str | None] | None = None,
) -> View:
    """The page of a run after an answer that was not taken; arguments as of `wait_view`."""
    tried = Tried(wait, asked, cookies or {})
    return await run_view(visit, wait.item.run_id, notice, status, tried)


async def run_view(
    visit: Visit,
    run_id: UUID,
    notice: str | None = None,
    status: int = 200,
    tried: Tried | None = None,
) -> View:
    """The page of a run.

    Args:
        visit: who looks.
        run_id: the run.
        notice: why what was asked for was not done.
        status: the HTTP status.
        tried: the answer that was not taken.
    """
    run = await visit.ask(ReadRun(run_id))
    work = await _work(visit, run_id, _MOST_TASKS)
    waits, history = work.waits, await visit.ask(ReadHistory(run_id))
    tasks = await _page_of_tasks(visit, run_id, work)
    phase = _phase(run, history)
    link = partial(_link, visit, run_id)
    still_open = sorted(
        (each for each in waits if each.status is WaitStatus.OPEN),
        key=lambda each: (each.item.deadline or _FAR, each.item.opened_at),
    )
    asked = [each for each in still_open if each.item.kind is not WaitKind.CHILD]
    offered = offers(phase, run.state_name)
    values: dict[str, Any] = {
        "run": run,
        "badge_of_run": badges.of_phase(phase, run.state_name),
        "sentence": sentence(run, phase, still_open, visit.now),
        "kept_back": why(await visit.ask(WhyNotStarted(run_id))),
        "footnote": footnote(run, phase, still_open, any(each.name == "retry" for each in offered)),
        "offers": offered,
        "refusal": None if tried else notice,
        "waits": waits,
        "questions": questions(waits, _passed_over(visit, "asked")),
        "wait": None,
        "q": "",
        "tasks": tasks,
        "returned": await returned(visit, run_id, phase),
        "opened": await opened(visit, tasks),
        "children": work.children,
        "parent": await _parent(visit, run),
        "parameters": [(name, shown(value)) for name, value in run.parameters.items()],
        "history": history,
        "pieces": await read_pieces(visit, run_id),
        "levels": LEVELS,
        **await lines_values(visit, run_id),
        "line": await _timeline(visit, run, work, history, link),
        "zoom": _zoom(visit),
        "zooms": _ZOOMS,
        "shown": shown,
        "task_pages": _task_pages(visit, len(tasks)),
        "newest_tasks": _MOST_TASKS if len(work.tasks) == _MOST_TASKS else None,
    }
    values |= await _decision(visit, asked, notice, tried)
    return View("run.html", run.name, values, status, "Runs", tried.cookies if tried else {})


async def lines_values(visit: Visit, run_id: UUID) -> dict[str, Any]:
    """The lines of the log that the address asks for, and what shows them."""
    return {
        "run_id": run_id,
        "log": await read_lines(visit, run_id),
        "log_pieces": pieces,
        "log_places": place_of,
        "level_name": level_name,
        "link": partial(_link, visit, run_id),
    }


async def _decision(
    visit: Visit, asked: Sequence[WaitView], notice: str | None, tried: Tried | None
) -> dict[str, Any]:
    """The question that is shown with its form, and the others."""
    wait = tried.wait if tried else next(iter(asked), None)
    if wait is None:
        return {"others": []}
    others = [each for each in asked if each.item.key != wait.item.key]
    shown = decision_values(visit, wait, tried.asked if tried else None, notice if tried else None)
    return {"others": others, **shown, **await outcome_values(visit, wait)}


def _phase(run: FlowRun, history: Sequence[HistoryEntry]) -> Phase:
    """Where the run is in its life: several phases may have a documented state in common."""
    if history:
        return history[-1].phase
    if run.state_type is None:
        return Phase.ABSENT
    return phase_of(StateType(run.state_type), run.state_name)


def _zoom(visit: Visit) -> int:
    text = visit.asked("zoom")
    return int(text) if text in {str(each) for each in _ZOOMS} else 1


def _link(visit: Visit, run_id: UUID, **changes: str | tuple[str, ...] | None) -> str:
    """The address of this page with something else shown."""
    kept = {name: tuple(visit.query.get(name, ())) for name in _KEPT}
    values = kept | {
        name: (value,) if isinstance(value, str) else value or () for name, value in changes.items()
    }
    query = urlencode({name: given for name, given in values.items() if any(given)}, doseq=True)
    return f"/runs/{run_id}?{query}" if query else f"/runs/{run_id}"


async def _work(visit: Visit, run_id: UUID, most: int) -> Work:
    return Work(
        await _tasks(visit, run_id, most),
        await _children(visit, run_id),
        await visit.ask(ReadWaits(run_id)),
    )


async def _timeline(
    visit: Visit,
    run: FlowRun,
    work: Work,
    history: tuple[HistoryEntry, ...],
    link: Callable[..., str],
) -> Timeline:
    unfolded = tuple(dict.fromkeys(visit.query.get("open", ())))

    def toggled(name: str) -> str:
        others = tuple(each for each in unfolded if each != name)
        return link(open=others if name in unfolded else (*others, name)) + "#timeline"

    mine = [child.id for child in work.children if str(child.id) in unfolded]
    inside = {child: await _work(visit, child, _MOST_INSIDE) for child in mine[:_MOST_UNFOLDED]}
    folds = Folds(frozenset(unfolded), toggled, inside)
    spans = spans_of(run.id, work, folds)
    first = own_span(run, history)
    return timeline(spans, visit.now, marks_of(history), first)


async def _tasks(
    visit: Visit, run_id: UUID, most: int, passed_over: int = 0
) -> tuple[TaskRun, ...]:
    """Tasks in the order of their calls; the newest where there are more."""
    mine = TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=[run_id]))
    newest = ReadTaskRuns(task_runs=mine, sort=TaskRunSort.ID_DESC, limit=most, offset=passed_over)
    return tuple(reversed(await visit.ask(newest)))


async def _page_of_tasks(visit: Visit, run_id: UUID, work: Work) -> tuple[TaskRun, ...]:
    start = _passed_over(visit, "tasks")
    if start:
        return await _tasks(visit, run_id, TASKS, start)
    return tuple(work.tasks[-TASKS:])


def _passed_over(visit: Visit, what: str) -> int:
    text = visit.asked(what)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _task_pages(visit: Visit, count: int) -> tuple[str | None, str | None]:
    """How many newer tasks are passed over on the newer and on the older page, if there is one."""
    start = _passed_over(visit, "tasks")
    newer = str(max(start - TASKS, 0)) if start else None
    return newer, str(start + TASKS) if count == TASKS else None


async def _children(visit: Visit, run_id: UUID) -> tuple[FlowRun, ...]:
    called = FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[run_id]))
    found = await visit.ask(ReadRuns(flow_runs=called, sort=FlowRunSort.ID_DESC, limit=_CHILDREN))
    return tuple(reversed(found))


async def _parent(visit: Visit, run: FlowRun) -> FlowRun | None:
    if run.parent_flow_run_id is None:
        return None
    mine = FlowRunFilter(id=FlowRunFilterId(any_=[run.parent_flow_run_id]))
    found = await visit.ask(ReadRuns(flow_runs=mine, limit=1))
    return found[0] if found else None


async def find_run(visit: Visit, text: str) -> UUID:
    """The run with this id.

    Raises:
        ObjectNotFound: it is the id of none.
    """
    try:
        run_id = UUID(text)
    except ValueError:
        raise ObjectNotFound(f"{text!r} is not the id of a run.") from None
    await visit.ask(ReadRun(run_id))
    return run_id
