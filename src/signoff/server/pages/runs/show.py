"""What the page of a run shows.

Owns which facts are read, and how many of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
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
from signoff.model.state_types import StateType
from signoff.model.views import FlowRun, TaskRun
from signoff.model.waits import WaitKind, WaitStatus
from signoff.server.pages import badges, words
from signoff.server.pages.decisions import Asked, decision_values
from signoff.server.pages.runs.artifacts import read_pieces, shown
from signoff.server.pages.runs.logs import LEVELS, level_name, read_lines
from signoff.server.pages.runs.offers import offers
from signoff.server.pages.runs.results import opened, returned
from signoff.server.pages.runs.sentence import sentence
from signoff.server.pages.runs.timeline import Span, timeline
from signoff.server.pages.visits import View, Visit, wait_path
from signoff.server.pages.waits import outcome_values

TASKS = 200
_CHILDREN = 100
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
    waits = await visit.ask(ReadWaits(run_id))
    tasks = await _tasks(visit, run_id)
    children = await _children(visit, run_id)
    phase = _phase(run)
    still_open = sorted(
        (each for each in waits if each.status is WaitStatus.OPEN),
        key=lambda each: (each.item.deadline or _FAR, each.item.opened_at),
    )
    asked = [each for each in still_open if each.item.kind is not WaitKind.CHILD]
    values: dict[str, Any] = {
        "run": run,
        "badge_of_run": badges.of_phase(phase, run.state_name),
        "sentence": sentence(run, phase, still_open, visit.now),
        "offers": offers(phase, run.state_name),
        "refusal": None if tried else notice,
        "waits": waits,
        "wait": None,
        "q": "",
        "tasks": tasks,
        "returned": await returned(visit, run_id, phase),
        "opened": await opened(visit, tasks),
        "children": children,
        "parent": await _parent(visit, run),
        "parameters": [(name, shown(value)) for name, value in run.parameters.items()],
        "history": await _history(visit, run_id),
        "pieces": await read_pieces(visit, run_id),
        "log": await read_lines(visit, run_id),
        "levels": LEVELS,
        "level_name": level_name,
        "line": timeline(_spans(run, waits, tasks, children), visit.now),
        "zoom": _zoom(visit),
        "zooms": _ZOOMS,
        "shown": shown,
        "most_tasks": TASKS,
    }
    wait = tried.wait if tried else next(iter(asked), None)
    values["others"] = [each for each in asked if wait and each.item.key != wait.item.key]
    if wait is not None:
        values |= decision_values(
            visit, wait, tried.asked if tried else None, notice if tried else None
        )
        values |= await outcome_values(visit, wait)
    return View("run.html", run.name, values, status, "Runs", tried.cookies if tried else {})


def _phase(run: FlowRun) -> Phase:
    if run.state_type is None:
        return Phase.ABSENT
    return phase_of(StateType(run.state_type), run.state_name)


def _zoom(visit: Visit) -> int:
    text = visit.asked("zoom")
    return int(text) if text in {str(each) for each in _ZOOMS} else 1


async def _tasks(visit: Visit, run_id: UUID) -> tuple[TaskRun, ...]:
    mine = TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=[run_id]))
    found = await visit.ask(ReadTaskRuns(task_runs=mine, sort=TaskRunSort.ID_DESC, limit=TASKS))
    return tuple(reversed(found))


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


async def _history(visit: Visit, run_id: UUID) -> tuple[HistoryEntry, ...]:
    return await visit.ask(ReadHistory(run_id))


def _spans(
    run: FlowRun,
    waits: Sequence[WaitView],
    tasks: Sequence[TaskRun],
    children: Sequence[FlowRun],
) -> list[Span]:
    spans = [
        Span(
            id=task.id,
            label=task.name,
            tone=badges.of_state(task.state_type, task.state_name).tone,
            start=words.micros(task.start_time),
            end=words.micros(task.end_time) if task.end_time else None,
            href=f"#task-{task.id}",
        )
        for task in tasks
        if task.start_time is not None and task.child_flow_run_id is None
    ]
    spans += [
        Span(
            id=child.id,
            label=f"{child.flow_name} / {child.name}",
            tone=badges.of_state(child.state_type, child.state_name).tone,
            start=words.micros(child.start_time),
            end=words.micros(child.end_time) if child.end_time else None,
            href=f"/runs/{child.id}",
        )
        for child in children
        if child.start_time is not None
    ]
    spans += [
        Span(
            id=f"wait-{each.item.number}",
            label=words.subject(each.item),
            tone=badges.of_wait(each.status).tone,
            start=each.item.opened_at,
            end=each.closed_at,
            waits=True,
            href=wait_path(run.id, each.item.key),
        )
        for each in waits
        if each.item.kind is not WaitKind.CHILD
    ]
    return spans


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
