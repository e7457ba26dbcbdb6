"""Making up for moments of a schedule that got no run.

Owns the request. Times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from signoff.model.commands import Command
from signoff.model.forms import Json
from signoff.model.replies import RunHandle
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class BackfillFlow(Command[tuple[RunHandle, ...]]):
    """Make a run for every moment of a schedule between two others, each once.

    Args:
        namespace, flow, trigger: the schedule.
        start, end: both included; `end` must be past.
        inputs: over those of the trigger.
    """

    namespace: str
    flow: str
    trigger: str
    start: int
    end: int
    inputs: Mapping[str, Json] = field(default_factory=dict)
