"""Which runs a list shows: what its address says, as the filters of the model.

Owns the names in the address. The same words choose the runs of a bulk action, so that "all that
match" are those that the list shows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from signoff.model.deploying import ReadDeployments
from signoff.model.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterMadeAhead,
    FlowRunFilterName,
    FlowRunFilterOpenWait,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    FlowRunFilterTags,
    FlowRunSort,
)
from signoff.model.state_types import StateType
from signoff.server.pages import words
from signoff.server.pages.visits import Visit

_MOST_DEPLOYMENTS = 200


@dataclass(frozen=True, slots=True)
class Group:
    """States that a person chooses together.

    Args:
        value: in the address.
        label: what is read.
        types: the types of its states.
        names: only those of these names.
    """

    value: str
    label: str
    types: tuple[StateType, ...]
    names: tuple[str, ...] = ()

    @property
    def states(self) -> FlowRunFilterState:
        """As a filter."""
        names = FlowRunFilterStateName(any_=list(self.names)) if self.names else None
        return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(self.types)), name=names)


ANY = Group("", "All", ())
"""Whatever their state."""
WAITING = Group("waiting", "Waiting", (StateType.PAUSED,))
GROUPS = (
    WAITING,
    Group("paused", "Paused", (StateType.PAUSED,), ("Paused",)),
    Group("suspended", "Suspended", (StateType.PAUSED,), ("Suspended", "Suspending")),
    Group("running", "Running", (StateType.RUNNING, StateType.PENDING)),
    Group("scheduled", "Scheduled", (StateType.SCHEDULED,)),
    Group("completed", "Completed", (StateType.COMPLETED,)),
    Group("failed", "Failed", (StateType.FAILED,)),
    Group("crashed", "Crashed", (StateType.CRASHED,)),
    Group("cancelled", "Cancelled", (StateType.CANCELLED, StateType.CANCELLING)),
)
SPANS = (("", "Any time"), ("1", "Last hour"), ("24", "Last day"), ("168", "Last week"))
"""Hours back, and what is read."""
SORTS = (
    ("", "Newest first", FlowRunSort.ID_DESC),
    ("start", "Started last", FlowRunSort.START_TIME_DESC),
    ("oldest", "Started first", FlowRunSort.START_TIME_ASC),
    ("end", "Ended last", FlowRunSort.END_TIME_DESC),
    ("name", "By name", FlowRunSort.NAME_ASC),
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list is asked to show.

    Args:
        state, flow, deployment, tag, text, waits, hours, sort: as the address says it; empty where
            it says nothing.
    """

    state: str = ""
    flow: str = ""
    deployment: str = ""
    tag: str = ""
    text: str = ""
    waits: str = ""
    hours: str = ""
    sort: str = ""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """What it says, by the names of the address."""
        return tuple(
            (name, value) for name, value in zip(NAMES, self._values, strict=True) if value
        )

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return any(name != "sort" for name, _ in self.pairs)

    @property
    def is_detailed(self) -> bool:
        """Whether it says more than a state and a name."""
        return any(name not in ("state", "q") for name, _ in self.pairs)

    @property
    def order(self) -> FlowRunSort:
        """In which order."""
        return next((sort for name, _, sort in SORTS if name == self.sort), FlowRunSort.ID_DESC)

    @property
    def _values(self) -> tuple[str, ...]:
        return (
            *(self.state, self.flow, self.deployment, self.tag),
            *(self.text, self.waits, self.hours, self.sort),
        )

    def of_state(self, value: str) -> str:
        """The address of the same list, of another state."""
        return replace(self, state=value).address()

    def address(self, **more: str) -> str:
        """The address of the list that shows this."""
        query = urlencode([*self.pairs, *more.items()])
        return f"/runs?{query}" if query else "/runs"


NAMES = ("state", "flow", "deployment", "tag", "q", "waits", "hours", "sort")


def chosen(say: Callable[[str], str]) -> Chosen:
    """What an address or a form asks for; `say` gives the value of a name."""
    state, flow, deployment, tag, text, waits, hours, sort = (say(name).strip() for name in NAMES)
    return Chosen(
        state if any(each.value == state for each in GROUPS) else "",
        flow,
        deployment,
        tag,
        text,
        waits,
        hours if any(value == hours for value, _ in SPANS) else "",
        sort if any(name == sort for name, _, _ in SORTS) else "",
    )


@dataclass(frozen=True, slots=True)
class Which:
    """The filters of the model."""

    flows: FlowFilter
    flow_runs: FlowRunFilter


async def which(visit: Visit, wanted: Chosen) -> Which:
    """The runs that are wanted."""
    flows = FlowFilter(name=FlowFilterName(like_=wanted.flow) if wanted.flow else None)
    runs = FlowRunFilter(
        name=FlowRunFilterName(like_=wanted.text) if wanted.text else None,
        tags=_tags(wanted.tag),
        state=_state(wanted.state),
        deployment_id=await _deployed(visit, wanted.deployment),
        expected_start_time=_since(visit, wanted.hours),
        open_wait=FlowRunFilterOpenWait(like_=wanted.waits) if wanted.waits else None,
        made_ahead=None if wanted.state else until_now(visit),
    )
    return Which(flows, runs)


def until_now(visit: Visit) -> FlowRunFilterMadeAhead:
    """Leaves out what schedules have made ahead: it would stand above everything that has happened.
    Who wants it asks for its state."""
    return FlowRunFilterMadeAhead(not_after_=words.moment(visit.now))


def _tags(text: str) -> FlowRunFilterTags | None:
    tags = [tag.strip() for tag in text.split(",") if tag.strip()]
    return FlowRunFilterTags(all_=tags) if tags else None


def _state(value: str) -> FlowRunFilterState | None:
    return next((each.states for each in GROUPS if each.value == value), None)


def _since(visit: Visit, hours: str) -> FlowRunFilterExpectedStartTime | None:
    if not hours:
        return None
    after = words.moment(visit.now) - timedelta(hours=int(hours))
    return FlowRunFilterExpectedStartTime(after_=after)


async def _deployed(visit: Visit, text: str) -> FlowRunFilterDeploymentId | None:
    if not text:
        return None
    try:
        return FlowRunFilterDeploymentId(any_=[UUID(text)])
    except ValueError:
        named = DeploymentFilter(name=DeploymentFilterName(like_=text))
    found = await visit.ask(ReadDeployments(deployments=named, limit=_MOST_DEPLOYMENTS))
    return FlowRunFilterDeploymentId(any_=[each.id for each in found])
