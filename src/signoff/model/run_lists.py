"""Lists of runs that people leaf through: a page with what each run waits for, and counts.

A page goes on from a place, the last run shown and its value in the order, so that it reads what it
shows, whatever was left behind it and whatever is made meanwhile. Counts end at a bound. Owns the
requests; must not know how they are answered. Loaded on first use only, because views and filters
are Pydantic models.
"""

from __future__ import annotations

from uuid import UUID

from signoff.model.filters import FlowFilter, FlowRunFilter, FlowRunFilterState, FlowRunSort
from signoff.model.forms import Form
from signoff.model.lookups import Query
from signoff.model.values import dataclass
from signoff.model.views import FlowRun

MOST_COUNTED = 1000
"""Where counting ends: more than so many is all that is known then."""
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A run's place in an order.

    Args:
        value: what the order goes by; None where that is the id alone.
        run_id: the run, which tells those of one value apart.
    """

    value: int | str | None
    run_id: UUID


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run on a page.

    Args:
        run: the run.
        asks: the title, or else the key, of everything it waits for that somebody can answer.
        calls: it waits for a run that it has called.
    """

    run: FlowRun
    asks: tuple[str, ...] = ()
    calls: bool = False


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of runs.

    Args:
        rows: its runs.
        earlier, further: places from where the pages before and after it go on; None at an end.
    """

    rows: tuple[ListedRun, ...]
    earlier: Place | None
    further: Place | None


@dataclass(frozen=True, slots=True)
class PageRuns(Query[RunPage]):
    """A page of the runs that match, in an order.

    Args:
        flows, flow_runs: which runs.
        sort: in which order.
        limit: runs of the page; at most 200.
        after: where the page begins, that run left out; at the beginning when not given.
        before: where the page ends instead, that run left out.
    """

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    sort: FlowRunSort = FlowRunSort.ID_DESC
    limit: int = 50
    after: Place | None = None
    before: Place | None = None


@dataclass(frozen=True, slots=True)
class TallyRuns(Query[tuple[int, ...]]):
    """How many of the runs that match are in each of several states.

    Args:
        flows, flow_runs: which runs.
        states: the states; None for any. Each has its number in the reply, in this order.
        most: where counting ends; one more than that means that there are more.
    """

    states: tuple[FlowRunFilterState | None, ...]
    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
    most: int = MOST_COUNTED


@dataclass(frozen=True, slots=True)
class Question:
    """What several runs ask alike, however their descriptions and initial values differ.

    Args:
        forms: digests of its forms; empty where only the word to go on is waited for.
        count: how many of the runs ask it.
        run_id, key: one of them.
        form: what they ask for, with the initial values in which all agree.
    """

    forms: tuple[str, ...]
    count: int
    run_id: UUID
    key: str
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class ReadQuestions(Query[tuple[Question, ...]]):
    """What the runs that match ask somebody, most of them first."""

    flows: FlowFilter | None = None
    flow_runs: FlowRunFilter | None = None
