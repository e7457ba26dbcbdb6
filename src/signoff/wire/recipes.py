"""What documented operations are made of that differ from a request of the model.

Owns the shape of a recipe. Must not know any operation.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from signoff.core.ports import NewId
from signoff.model.commands import ProposedState, Request
from signoff.model.forms import Json
from signoff.model.states import State
from signoff.model.values import dataclass

Reply = TypeVar("Reply")
Steps = Generator[Request[Any], Any, Reply]
Recipe = Callable[[Any, NewId], Steps[Any]]
"""Yields requests of the model, is sent their replies, and returns the reply to give."""


@dataclass(frozen=True, slots=True)
class Known:
    """The reply to a request that found what it was to make (answered with 200, not 201)."""

    reply: Any


@dataclass(frozen=True, slots=True)
class OrchestrationResult:
    """The documented outcome of a request for a state.

    Args:
        state: the state the run is in now.
        status: `ACCEPT`, `REJECT` or `ABORT`.
        details: `type`, and `reason` where the request was not accepted.
    """

    state: State[Any] | None
    status: str
    details: Mapping[str, Json]


def microseconds(moment: datetime) -> int:
    """A moment as the model counts it; one without a time zone is UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def proposed(state: State[Any]) -> ProposedState:
    """A documented state as a proposal of the model."""
    when = state.state_details.scheduled_time
    scheduled = microseconds(when) if when is not None else None
    return ProposedState(state.type, state.name, state.message, scheduled)
