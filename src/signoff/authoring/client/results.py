"""Results of runs that are fetched when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from signoff.core.ports import Gateway
from signoff.engine.results import decode
from signoff.gateway.connect import get_gateway
from signoff.model.commands import Request
from signoff.model.journal import Result, ResultKind
from signoff.model.lookups import ReadResult
from signoff.model.queries import ReadTaskResult
from signoff.model.views import FlowRun, TaskRun

R = TypeVar("R", FlowRun, TaskRun)


@dataclass(frozen=True, slots=True)
class StoredResult:
    """The kept result of an ended run: what `State.data` holds in what the client returns.

    Args:
        gateway: the way to the service.
        request: asks for the result.
        completed: the run completed; other runs need not have left anything.
    """

    gateway: Gateway
    request: Request[Result]
    completed: bool

    def load(self) -> Any:
        """The value, or the exception of a run that did not complete (None when it left none).

        Raises:
            MissingResult: the run completed and its result was not kept.
        """
        result = self.gateway.send(self.request)
        if result.kind is ResultKind.MISSING and not self.completed:
            return None
        return decode(result)

    def __reduce__(self) -> tuple[Any, ...]:
        # A connection stays in its process; the request is good in any.
        return _anew, (self.request, self.completed)

    def __repr__(self) -> str:
        return f"<stored result of {self.request}>"


def _anew(request: Request[Result], completed: bool) -> StoredResult:
    return StoredResult(get_gateway(), request, completed)


def with_result(run: R, gateway: Gateway) -> R:
    """The run, its final state able to give its result."""
    state = run.state
    if state is not None and state.is_final() and state.data is None:
        state.data = StoredResult(gateway, _request(run, run.id), state.is_completed())
    return run


def with_results(runs: Iterable[R], gateway: Gateway) -> list[R]:
    """Runs, their final states able to give their results."""
    return [with_result(run, gateway) for run in runs]


def _request(run: FlowRun | TaskRun, id: UUID) -> Request[Result]:
    return ReadResult(id) if isinstance(run, FlowRun) else ReadTaskResult(id)
