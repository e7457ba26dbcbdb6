"""How the last runs of something have done: share of successes, work and waiting.

Owns the figures and the geometry of their chart; `figures.html` draws it. Must not know HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from signoff.model.filters import (
    FlowFilter,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunSort,
)
from signoff.model.queries import ReadRuns
from signoff.model.state_types import StateType
from signoff.model.views import FlowRun
from signoff.server.pages import badges, words
from signoff.server.pages.visits import Visit

LAST = 60
"""Runs that figures are made of."""
_HEIGHT = 100
_ENDED = FlowRunFilterState(
    type=FlowRunFilterStateType(
        any_=[StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED]
    )
)


@dataclass(frozen=True, slots=True)
class Column:
    """One run in the chart; heights in hundredths of the tallest.

    Args:
        href, label: where it leads, and what is read.
        tone: as of a badge.
        worked, waited: heights.
    """

    href: str
    label: str
    tone: str
    worked: float
    waited: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What the last runs that have ended say.

    Args:
        count: of them.
        completed: how many were well.
        worked, waited: medians, in microseconds.
        columns: one for each, oldest first.
        tallest: what the full height stands for, in microseconds.
    """

    count: int = 0
    completed: int = 0
    worked: int = 0
    waited: int = 0
    columns: tuple[Column, ...] = ()
    tallest: int = 0

    @property
    def rate(self) -> int:
        """Successes, in per cent."""
        return round(100 * self.completed / self.count) if self.count else 0


async def read_figures(visit: Visit, flows: FlowFilter, runs: FlowRunFilter) -> Figures:
    """The figures of the newest ended runs among these."""
    ended = runs.model_copy(update={"state": _ENDED})
    query = ReadRuns(flows, ended, sort=FlowRunSort.END_TIME_DESC, limit=LAST)
    return figures(tuple(reversed(await visit.ask(query))))


def figures(runs: Sequence[FlowRun]) -> Figures:
    """The figures of runs that have ended, oldest first."""
    if not runs:
        return Figures()
    times = [(_worked(run), _waited(run)) for run in runs]
    tallest = max(max(worked + waited for worked, waited in times), 1)
    columns = tuple(
        _column(run, worked, waited, tallest)
        for run, (worked, waited) in zip(runs, times, strict=True)
    )
    return Figures(
        count=len(runs),
        completed=sum(run.state_type is StateType.COMPLETED for run in runs),
        worked=round(median(worked for worked, _ in times)),
        waited=round(median(waited for _, waited in times)),
        columns=columns,
        tallest=tallest,
    )


def _column(run: FlowRun, worked: int, waited: int, tallest: int) -> Column:
    badge = badges.of_state(run.state_type, run.state_name)
    label = f"{run.name}: {badge.word}, {words.length(worked)} of work"
    if waited >= 1_000_000:
        label += f", {words.length(waited)} of waiting"
    return Column(
        f"/runs/{run.id}",
        label,
        badge.tone,
        round(_HEIGHT * worked / tallest, 1),
        round(_HEIGHT * waited / tallest, 1),
    )


def _worked(run: FlowRun) -> int:
    return round(run.total_run_time.total_seconds() * 1_000_000)


def _waited(run: FlowRun) -> int:
    """Time between start and end in which nothing was worked on."""
    if run.start_time is None or run.end_time is None:
        return 0
    whole = round((run.end_time - run.start_time).total_seconds() * 1_000_000)
    return max(whole - _worked(run), 0)
