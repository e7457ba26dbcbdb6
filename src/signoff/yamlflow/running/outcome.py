"""How a task of a document ended, and how that is told to the engine.

Owns the words of the YAML side for ends, their order, and their counterparts among the states of
runs and task runs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from signoff.model.settings import MASKED
from signoff.model.state_types import StateType


class Verdict(StrEnum):
    """How a task, branch or run ended, in the words of the language."""

    SUCCESS = "SUCCESS"
    WARNING = "WARNING"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    KILLED = "KILLED"
    CANCELLED = "CANCELLED"

    @property
    def stops(self) -> bool:
        """Whether nothing after it in the same branch runs."""
        return self in (Verdict.FAILED, Verdict.KILLED, Verdict.CANCELLED)


_WEIGHT = (
    Verdict.SKIPPED,
    Verdict.SUCCESS,
    Verdict.WARNING,
    Verdict.CANCELLED,
    Verdict.KILLED,
    Verdict.FAILED,
)

STATES: Mapping[Verdict, tuple[StateType, str]] = {
    Verdict.SUCCESS: (StateType.COMPLETED, ""),
    Verdict.WARNING: (StateType.COMPLETED, "Warning"),
    Verdict.SKIPPED: (StateType.COMPLETED, "Skipped"),
    Verdict.FAILED: (StateType.FAILED, ""),
    Verdict.KILLED: (StateType.CANCELLED, "Killed"),
    Verdict.CANCELLED: (StateType.CANCELLED, ""),
}
"""The state of a run, by type and name; "" for the type's own name."""


_SHOWN = json.JSONEncoder(ensure_ascii=False, default=str)


def worse(left: Verdict, right: Verdict) -> Verdict:
    """The one that decides when both happened."""
    return max(left, right, key=_WEIGHT.index)


@dataclass(frozen=True, slots=True)
class Done:
    """A task inside a group that has ended.

    Args:
        id: the task.
        path: the values of the loops around it, outermost first.
        verdict: how it ended.
        outputs: what it put out.
        message: why it failed or warns.
    """

    id: str
    path: tuple[str, ...]
    verdict: Verdict
    outputs: Mapping[str, Any]
    message: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle without the names of the fields, and made without asking for them."""
        return Done, (self.id, self.path, self.verdict, self.outputs, self.message)


@dataclass(frozen=True, slots=True, repr=False)
class Outcome:
    """What the engine keeps of a task of a document.

    Args:
        verdict: how it ended.
        outputs: what it put out.
        inside: the tasks it directed, for the scope of what comes after it.
        message: why it failed or warns.
        ends: the whole run ends like this, and nothing more is begun.
        secrets: texts that nobody is shown; some stand in the outputs, or in those of `inside`.
    """

    verdict: Verdict = Verdict.SUCCESS
    outputs: Mapping[str, Any] = field(default_factory=dict)
    inside: tuple[Done, ...] = ()
    message: str | None = None
    ends: Verdict | None = None
    secrets: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """What people are shown of the result."""
        try:
            text = _SHOWN.encode(self.outputs)
        except ValueError:
            text = repr(dict(self.outputs))
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, MASKED)
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        """The same as of `Done`."""
        told = (self.verdict, self.outputs, self.inside, self.message, self.ends)
        return Outcome, (*told, self.secrets) if self.secrets else told

    def __setstate__(self, state: Sequence[Any]) -> None:
        """Runs that wait for months were begun by versions that kept a list of fewer fields."""
        for each, value in zip(fields(self), (*state, frozenset()), strict=False):
            object.__setattr__(self, each.name, value)


class TaskEnded(Exception):
    """A task of a document ended other than well.

    Attributes:
        outcome: how.
    """

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome)

    def __str__(self) -> str:
        return self.outcome.message or f"The task ended as {self.outcome.verdict}."

    def __repr__(self) -> str:
        """As the log of a retry tells it."""
        return f"TaskEnded({str(self)!r})"
