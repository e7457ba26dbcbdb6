"""Flow triggers: which runs start because of what happened to others.

Owns the rules; each event is judged once, by whoever moves the cursor past it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signoff.model.following import FollowedTrigger, Seen
from signoff.model.forms import Json
from signoff.yamlflow.durations import seconds

USUAL = ("SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "RETRIED", "SKIPPED", "PAUSED")
"""States that count where a trigger says nothing."""
_SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Judged:
    """What an event means for a trigger.

    Args:
        matches: it is one of those that the trigger looks at.
        fires: everything that the trigger waits for has been seen now.
        state: what the trigger remembers from now on.
    """

    matches: bool
    fires: bool
    state: Mapping[str, Json]


def judged(trigger: FollowedTrigger, seen: Seen, state: Mapping[str, Json]) -> Judged:
    """What an event means for a trigger.

    Args:
        trigger: the trigger.
        seen: the event.
        state: what the trigger remembers.
    """
    if seen.seq <= trigger.since or (seen.namespace, seen.flow) == (
        trigger.namespace,
        trigger.flow,
    ):
        return Judged(False, False, state)
    told = trigger.facts.properties
    usual = told.get("states") or USUAL
    flows: Sequence[Mapping[str, Any]] = told.get("flows") or ()
    if not flows:
        fires = seen.state in usual
        return Judged(fires, fires, state)
    fitting = [index for index, each in enumerate(flows) if _fits(each, seen, usual)]
    if not fitting:
        return Judged(False, False, state)
    if len(flows) == 1:
        return Judged(True, True, state)
    return _gathered(told, len(flows), fitting, seen, state)


def reset(trigger: FollowedTrigger, state: Mapping[str, Json]) -> Mapping[str, Json]:
    """What a trigger remembers after it has fired."""
    keeps = trigger.facts.properties.get("resetOnSuccess") is False
    return state if keeps else {name: each for name, each in state.items() if name != _SEEN}


def _fits(wanted: Mapping[str, Any], seen: Seen, usual: Sequence[str]) -> bool:
    if seen.state not in (wanted.get("states") or usual):
        return False
    if wanted.get("namespace") not in (None, seen.namespace):
        return False
    if wanted.get("flowId") not in (None, seen.flow):
        return False
    labels = wanted.get("labels") or {}
    return all(f"{name}:{value}" in seen.tags for name, value in labels.items())


def _gathered(
    told: Mapping[str, Any],
    count: int,
    fitting: Sequence[int],
    seen: Seen,
    state: Mapping[str, Json],
) -> Judged:
    """Several flows are waited for: remember which have been seen, and since when."""
    known: dict[str, int] = dict(state.get(_SEEN) or {})
    known.update({str(index): seen.at for index in fitting})
    window = told.get("window")
    if window:
        oldest = seen.at - int(seconds(str(window), field="window") * 1_000_000)
        known = {index: at for index, at in known.items() if at >= oldest}
    return Judged(True, len(known) == count, {**state, _SEEN: known})
