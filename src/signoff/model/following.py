"""Flow triggers: what happened to runs since the last look, and what starts because of it.

Owns the requests. Each event is read after a cursor, and the cursor moves in the same unit in which
runs are made, so that an event fires a trigger exactly once, whoever dies. Times are UTC
microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from uuid import UUID

from signoff.model.commands import Command
from signoff.model.forms import Json
from signoff.model.lookups import Query
from signoff.model.saved_flows import TriggerFacts
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class FollowedTrigger:
    """A trigger that looks at runs of other flows.

    Args:
        namespace, flow: the flow that it starts.
        facts: the trigger.
        since: place in the history after which events concern it.
        state: what it remembers.
    """

    namespace: str
    flow: str
    facts: TriggerFacts
    since: int
    state: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Seen:
    """A run that has reached a state.

    Args:
        seq, at: place in the history, and when.
        run_id: the run.
        namespace, flow, revision: of which flow; of one that is not saved, "", its name and 0.
        state: as the YAML side names it.
        tags: labels of the run.
        outputs: what it gave back, where that can be read.
    """

    seq: int
    at: int
    run_id: UUID
    namespace: str
    flow: str
    revision: int
    state: str
    tags: tuple[str, ...] = ()
    outputs: Json = None


@dataclass(frozen=True, slots=True)
class FollowWork:
    """What is to be looked at.

    Args:
        after, upto: from which place in the history to which.
        triggers: all that look at runs; none when there is nothing to do.
        seen: what happened between, in order.
        more: there is more after `upto`.
    """

    after: int
    upto: int
    triggers: tuple[FollowedTrigger, ...] = ()
    seen: tuple[Seen, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class FollowStart:
    """A run to start.

    Args:
        namespace, flow: the flow.
        trigger_id: the trigger that fires.
        seq: the event that fires it.
        inputs: of the run.
        trigger: what expressions see of it.
    """

    namespace: str
    flow: str
    trigger_id: str
    seq: int
    inputs: Mapping[str, Json]
    trigger: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class FollowState:
    """What a trigger remembers from now on."""

    namespace: str
    flow: str
    trigger_id: str
    state: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of it.

    Args:
        done: the cursor was where the sender thought; otherwise somebody else was first, and
            nothing happened.
        run_ids: the runs that were made.
        refused: why others were not.
    """

    done: bool
    run_ids: tuple[UUID, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFollowWork(Query[FollowWork]):
    """What flow triggers have not looked at yet."""

    limit: int = 200


@dataclass(frozen=True, slots=True)
class FollowRuns(Command[Followed]):
    """Start runs because of events, and move the cursor past them, in one unit."""

    after: int
    upto: int
    starts: tuple[FollowStart, ...] = ()
    states: tuple[FollowState, ...] = field(default=())
