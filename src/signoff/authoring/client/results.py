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
from signoff.model.journal import Result
from signoff.model.lookups import ReadResult
from signoff.model.queries import ReadTaskResult
from signoff.model.views import FlowRun, TaskRun

R = TypeVar("R", FlowRun, TaskRun)


@dataclass(frozen=True, slots=True)
class StoredResult:
    """The kept result of an ended run: what `State.data` holds in what the client returns."""

    gateway: Gateway
    request: Request[Result]

    def load(self) -> Any:
        """The value or the exception. Raises `MissingResult`."""
        return decode(self.gateway.send(self.request))

    def __reduce__(self) -> tuple[Any, ...]:
        # A connection stays in its process; the request is good in any.
        return _anew, (self.request,)

    def __repr__(self) -> str:
        return f"<stored result of {self.request}>"


def _anew(request: Request[Result]) -> StoredResult:
    return StoredResult(get_gateway(), request)


def with_result(run: R, gateway: Gateway) -> R:
    """The run, its final state able to give its result."""
    state = run.state
    if state is not None and state.is_final() and state.data is None:
        state.data = StoredResult(gateway, _request(run, run.id))
    return run


def with_results(runs: Iterable[R], gateway: Gateway) -> list[R]:
    """Runs, their final states able to give their results."""
    return [with_result(run, gateway) for run in runs]


def _request(run: FlowRun | TaskRun, id: UUID) -> Request[Result]:
    return ReadResult(id) if isinstance(run, FlowRun) else ReadTaskResult(id)
