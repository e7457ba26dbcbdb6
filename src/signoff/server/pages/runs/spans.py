"""What took time in a run, as the timeline shows it.

Owns which spans there are, and folding many alike into one. Geometry is `timeline`'s.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from uuid import UUID

from signoff.model.events import HistoryEntry, Kind
from signoff.model.replies import WaitView
from signoff.model.runs import Phase
from signoff.model.views import FlowRun, TaskRun
from signoff.model.waits import WaitKind, WaitStatus
from signoff.server.pages import badges, words
from signoff.server.pages.runs.timeline import Part, Span, Tick
from signoff.server.pages.visits import wait_path

FEW = 40
"""Spans that are shown one by one, however many of them are alike."""
_ALIKE = 5
_MOST_INNER = 100
_MOST_PARTS = 100
_WORST = ("bad", "wait", "go", "plan", "off", "good")
_WAITING = (Phase.PAUSED, Phase.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Work:
    """What a run did: its tasks, the runs it called, and what it waited for."""

    tasks: Sequence[TaskRun] = ()
    children: Sequence[FlowRun] = ()
    waits: Sequence[WaitView] = ()


@dataclass(frozen=True, slots=True)
class Folds:
    """What is unfolded, and the address at which something is folded the other way round.

    Args:
        open: names of what is unfolded: ids of called runs, and keys of tasks.
        toggled: the address for a name.
        inside: what unfolded runs did.
    """

    open: Set[str]
    toggled: Callable[[str], str]
    inside: Mapping[UUID, Work] = field(default_factory=dict)


def spans_of(run_id: UUID, work: Work, folds: Folds) -> list[Span]:
    """What took time in a run; where it is much, tasks and runs that are alike are one."""
    tasks = [
        (task.task_key, _task(task))
        for task in work.tasks
        if task.start_time is not None and task.child_flow_run_id is None
    ]
    by_call = {task.child_flow_run_id: task for task in work.tasks if task.child_flow_run_id}
    runs = [
        (f"flow {child.flow_name}", _child(child, by_call.get(child.id), folds))
        for child in work.children
        if child.start_time is not None
    ]
    spans = [_wait(run_id, each) for each in work.waits if each.item.kind is not WaitKind.CHILD]
    if len(spans) + len(tasks) + len(runs) <= FEW:
        return [*spans, *(span for _, span in (*tasks, *runs))]
    alike: dict[str, list[Span]] = {}
    for key, span in (*tasks, *runs):
        alike.setdefault(key, []).append(span)
    for key, those in alike.items():
        spans += those if len(those) < _ALIKE else [_folded(key, those, folds)]
    return spans


def own_span(run: FlowRun, history: Sequence[HistoryEntry]) -> Span | None:
    """The run itself, from its first start on; None before."""
    if run.start_time is None:
        return None
    begun = words.micros(run.start_time)
    end = words.micros(run.end_time) if run.end_time else None
    badge = badges.of_state(run.state_type, run.state_name)
    lines = [each for each in history if end is None or each.at <= end]
    phases = [(max(each.at, begun), each.phase) for each in lines if not each.phase.is_final]
    closed = [*phases, (end, None)]
    parts = [
        Part(_tone(phase), at, until, phase in _WAITING)
        for (at, phase), (until, _) in pairwise(closed)
        if phase is not None and at is not None and (until is None or until > at)
    ]
    return Span(
        id=run.id,
        label="This run",
        tone=badge.tone,
        start=begun,
        end=end,
        href="#history",
        kind="run",
        state=badge.word,
        parts=tuple(_joined(parts)[-_MOST_PARTS:]),
    )


def marks_of(history: Sequence[HistoryEntry]) -> list[Tick]:
    """New attempts and new processes."""
    marks = []
    attempts = processes = 0
    for each in history:
        if each.kind in (Kind.START, Kind.ENTER):
            processes += 1
            if processes > 1:
                marks.append(Tick(0, each.at, f"process {processes}"))
        elif each.kind is Kind.BEGIN:
            attempts += 1
            marks.append(Tick(0, each.at, f"attempt {attempts + 1}"))
    return marks


def _tone(phase: Phase) -> str:
    return badges.of_phase(phase).tone


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Neighbours that look alike are one."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last and (last.tone, last.waits, last.end) == (part.tone, part.waits, part.start):
            joined[-1] = replace(last, end=part.end)
        else:
            joined.append(part)
    return joined


# One by one --------------------------------------------------------------------------------


def _task(task: TaskRun) -> Span:
    badge = badges.of_state(task.state_type, task.state_name)
    return Span(
        id=task.id,
        label=task.name,
        tone=badge.tone,
        start=words.micros(task.start_time) if task.start_time else 0,
        end=words.micros(task.end_time) if task.end_time else None,
        href=f"#task-{task.id}",
        kind="task",
        state=badge.word,
        note=f"{task.run_count} attempts" if task.run_count > 1 else "",
        inputs=_inputs(task),
    )


def _inputs(task: TaskRun) -> tuple[UUID, ...]:
    found = []
    for given in task.task_inputs.values():
        for each in given if isinstance(given, list) else ():
            # Clients may have told of anything.
            with suppress(TypeError, KeyError, ValueError):
                found.append(UUID(each["id"]))
    return tuple(found)


def _child(child: FlowRun, call: TaskRun | None, folds: Folds) -> Span:
    badge = badges.of_state(child.state_type, child.state_name)
    unfolded = str(child.id) in folds.open
    inside = folds.inside.get(child.id)
    none = Folds(frozenset(), folds.toggled)
    return Span(
        id=child.id,
        label=f"{child.flow_name} / {child.name}",
        tone=badge.tone,
        start=words.micros(child.start_time) if child.start_time else 0,
        end=words.micros(child.end_time) if child.end_time else None,
        href=f"/runs/{child.id}",
        kind="called run",
        state=badge.word,
        note=f"{child.run_count} attempts" if child.run_count > 1 else "",
        inner=tuple(_elsewhere(child.id, inside, none)) if inside and unfolded else (),
        folds=folds.toggled(str(child.id)),
        unfolded=unfolded,
        stands_for=(call.id,) if call is not None else (),
        inputs=_inputs(call) if call is not None else (),
    )


def _elsewhere(run_id: UUID, work: Work, folds: Folds) -> Iterator[Span]:
    """What a called run did; its tasks are on its own page."""
    for span in spans_of(run_id, work, folds)[:_MOST_INNER]:
        plain = replace(span, folds=None, id=f"{run_id} {span.id}")
        inner = span.href.startswith("#")
        yield replace(plain, href=f"/runs/{run_id}{span.href}") if inner else plain


def _wait(run_id: UUID, wait: WaitView) -> Span:
    badge = badges.of_wait(wait.status)
    by = wait.answered_by
    answered = wait.status is WaitStatus.ANSWERED and by is not None
    return Span(
        id=f"wait-{run_id}-{wait.item.number}",
        label=words.subject(wait.item),
        tone=badge.tone,
        start=wait.item.opened_at,
        end=wait.closed_at,
        waits=True,
        href=wait_path(run_id, wait.item.key),
        kind=words.kind(wait.item.kind).lower(),
        state=badge.word,
        note=f"answered by {by.name}" if answered and by is not None else badge.word.lower(),
    )


# Many at once ------------------------------------------------------------------------------


def _folded(key: str, alike: Sequence[Span], folds: Folds) -> Span:
    unfolded = key in folds.open
    inner = tuple(sorted(alike, key=lambda each: each.start)[:_MOST_INNER]) if unfolded else ()
    states = Counter(each.state for each in alike)
    counted = ", ".join(f"{number} {state.lower()}" for state, number in states.most_common())
    over = all(each.end is not None for each in alike)
    first = alike[0]
    name = re.split(r"[.:]", key)[-1] if first.kind == "task" else key.removeprefix("flow ")
    tones = {each.tone for each in alike}
    return Span(
        id=f"alike {key}",
        label=f"{name} × {len(alike)}",
        tone=next(tone for tone in _WORST if tone in tones),
        start=min(each.start for each in alike),
        end=max(each.end or 0 for each in alike) if over else None,
        href=folds.toggled(key),
        kind=f"{first.kind}s",
        state=counted,
        note=counted if len(inner) in (0, len(alike)) else f"{counted}; the first {len(inner)}",
        parts=_density(alike),
        inner=inner,
        folds=folds.toggled(key),
        unfolded=unfolded,
        stands_for=tuple(
            id for each in alike for id in (each.id, *each.stands_for) if isinstance(id, UUID)
        ),
        inputs=tuple(dict.fromkeys(id for each in alike for id in each.inputs)),
    )


def _density(alike: Sequence[Span]) -> tuple[Part, ...]:
    """Where at least one of them ran, and the worst that became of those."""
    start = min(each.start for each in alike)
    ends = [each.end for each in alike if each.end is not None]
    last = max([*ends, *(each.start for each in alike)])
    step = max((last - start) // _MOST_PARTS, 1)
    cells: dict[int, str] = {}
    for each in alike:
        high = last if each.end is None else each.end
        for cell in range((each.start - start) // step, (high - start) // step + 1):
            known = cells.get(cell, each.tone)
            cells[cell] = min(known, each.tone, key=_WORST.index)
    parts = []
    ordered = sorted(cells.items())
    for (_, tone), group in groupby(enumerate(ordered), lambda at: (at[1][0] - at[0], at[1][1])):
        found = [cell for _, (cell, _) in group]
        goes_on = tone == "go" and found[-1] >= (last - start) // step
        end = None if goes_on else min(start + (found[-1] + 1) * step, max(last, start + step))
        parts.append(Part(tone, start + found[0] * step, end))
    return tuple(parts)
