"""Arguments of tasks and flows: dependencies in them, and mapping over them.

Owns finding futures and states (also nested in collections), what takes their place, and the
documented rules of `map`.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.authoring.annotations import BaseAnnotation, allow_failure, opaque, quote, unmapped
from signoff.authoring.futures import SignoffFuture, SignoffFutureList
from signoff.authoring.nesting import parts_of, rebuilt
from signoff.engine.promises import Ending, Promise
from signoff.engine.states import is_state
from signoff.model.errors import MappingLengthMismatch, MappingMissingIterable, UpstreamTaskError
from signoff.model.journal import TaskInput
from signoff.model.values import dataclass

if TYPE_CHECKING:
    from signoff.authoring.callables import Signature
    from signoff.model.states import State

__all__ = ["dependencies", "mapped", "unmapped"]

_PLAIN = (str, bytes, int, float, bool, type(None))

Upstream = list[tuple[Promise, bool]]
Runs = list[tuple[UUID, str]]
"""Runs by their id and type."""


MOST_INPUTS = 1_000
"""Runs that are told of as what one call was given."""


def dependencies(
    parameters: Mapping[str, Any], wait_for: Iterable[Any] | None
) -> tuple[Upstream, Callable[[], dict[str, Any]] | None, Sequence[TaskInput]]:
    """The promises a call depends on, what gives its parameters once they are kept, and the runs
    that people are told its arguments came from.

    The second value is None when the parameters can be used as they are.
    """
    upstream: Upstream = []
    seen: set[int] = set()
    runs: Runs = []
    inputs: list[TaskInput] = []
    found = False
    for name, value in parameters.items():
        if type(value) not in _PLAIN:
            found = _collect(value, upstream, False, seen, runs) or found
            if runs:
                inputs += _inputs(name, runs)
                runs.clear()
    if wait_for is not None:
        # One future is accepted in the place of a list, as documented.
        one = isinstance(wait_for, SignoffFuture)
        _collect(wait_for if one else list(wait_for), upstream, False, seen, runs)
        inputs += _inputs("wait_for", runs)
    if not found:
        return upstream, None, inputs[:MOST_INPUTS]
    return (
        upstream,
        lambda: {name: _resolved(value, False, ()) for name, value in parameters.items()},
        inputs[:MOST_INPUTS],
    )


def _inputs(name: str, runs: Runs) -> list[TaskInput]:
    return [TaskInput(name, id, type) for id, type in dict.fromkeys(runs)]


def _collect(
    value: Any, upstream: Upstream, failure_allowed: bool, seen: set[int], runs: Runs
) -> bool:
    """Add the promises in `value`, and the runs it stands for; whether it holds anything that has
    to be replaced."""
    if type(value) in _PLAIN:
        return False
    if isinstance(value, SignoffFuture):
        upstream.append((value.promise, failure_allowed))
        runs.append((value.promise.task_run_id, "task_run"))
        return True
    if isinstance(value, BaseAnnotation):
        if not isinstance(value, (quote, opaque)):
            allowed = failure_allowed or isinstance(value, allow_failure)
            _collect(value.value, upstream, allowed, seen, runs)
        return True
    if is_state(value):
        _add_state(value, runs)
        if not value.is_completed():
            upstream.append((_promise_of(value), failure_allowed))
        return True
    # A collection may contain itself.
    parts = parts_of(value) if id(value) not in seen else None
    if not parts:
        return False
    seen.add(id(value))
    found = [_collect(part, upstream, failure_allowed, seen, runs) for part in parts]
    return any(found)


def _add_state(state: State[Any], runs: Runs) -> None:
    """Add the run that a state is of; one that was made by hand is of none."""
    details = state.state_details
    if details.task_run_id is not None:
        runs.append((details.task_run_id, "task_run"))
    elif details.flow_run_id is not None:
        runs.append((details.flow_run_id, "flow_run"))


def _promise_of(state: State[Any]) -> Promise:
    """A state that is no result stands for a task that ended like that."""
    details = state.state_details
    promise = Promise(details.task_run_id or details.flow_run_id or state.id)
    promise.keep(Ending(state.type, name=state.name or "", message=state.message))
    return promise


def _resolved(value: Any, failure_allowed: bool, around: tuple[int, ...]) -> Any:
    """What a task gets: results in the place of futures and states, and no marks.

    `around` are the collections the value is in, one of which it may be itself.
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, SignoffFuture) or is_state(value):
        return value.result(raise_on_failure=not failure_allowed)
    if isinstance(value, (quote, opaque)):
        return value.unwrap()
    if isinstance(value, BaseAnnotation):
        allowed = failure_allowed or isinstance(value, allow_failure)
        return _resolved(value.unwrap(), allowed, around)
    if isinstance(value, SignoffFutureList):
        # Of results it is a list like any other.
        value = list(value)
    parts = parts_of(value) if id(value) not in around else None
    if not parts:
        return value
    found = [_resolved(part, failure_allowed, (*around, id(value))) for part in parts]
    same = all(new is old for new, old in zip(found, parts, strict=True))
    return value if same else rebuilt(value, found)


# Mapping -----------------------------------------------------------------------------------

_Place = tuple[str, str | int | None]
"""A parameter, or one of the arguments that `*args` or `**kwargs` took."""


@dataclass(frozen=True, slots=True)
class _Series:
    """An argument that `map` goes through.

    Args:
        items: one for each task run.
        mark: puts the mark of the whole on an item.
        runs: the run whose result it is.
    """

    items: list[Any]
    mark: Callable[[Any], Any]
    runs: Runs


def mapped(
    name: str, signature: Signature, parameters: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any], list[TaskInput]]]:
    """The parameters of each task run of a mapped call, and the runs they are part of results of.

    Raises:
        MappingMissingIterable: no argument can be iterated over.
        MappingLengthMismatch: arguments of different lengths.
        UpstreamTaskError: an argument is a future whose task did not complete.
    """
    series: dict[_Place, _Series] = {}
    static: dict[_Place, Any] = {}
    for place, value in _places(signature, parameters):
        default = signature.parameters[place[0]].default
        found = None if value is default else _series(value)
        if found is None:
            static[place] = value.unwrap() if isinstance(value, unmapped) else value
        else:
            series[place] = found
    if not series:
        raise MappingMissingIterable(
            f"No iterable parameters were received by the map of task {name!r}. Parameters for "
            f"map must include at least one iterable. Parameters: {dict(parameters)}"
        )
    lengths = {place: len(found.items) for place, found in series.items()}
    if len(set(lengths.values())) > 1:
        shown = {_shown(place): length for place, length in lengths.items()}
        raise MappingLengthMismatch(
            f"Received iterable parameters with different lengths by the map of task {name!r}. "
            f"Parameters for map must all be the same length. Got lengths: {shown}. Mark what is "
            "the same for every task run with unmapped()."
        )
    inputs = [each for place, one in series.items() for each in _inputs(place[0], one.runs)]
    for index in range(next(iter(lengths.values()))):
        row = static | {place: each.mark(each.items[index]) for place, each in series.items()}
        yield _gathered(signature, parameters, row), inputs


def _places(signature: Signature, parameters: Mapping[str, Any]) -> Iterator[tuple[_Place, Any]]:
    for name, value in parameters.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            yield from (((name, index), item) for index, item in enumerate(value))
        elif kind is inspect.Parameter.VAR_KEYWORD:
            yield from (((name, key), item) for key, item in value.items())
        else:
            yield (name, None), value


def _gathered(
    signature: Signature, parameters: Mapping[str, Any], row: Mapping[_Place, Any]
) -> dict[str, Any]:
    gathered: dict[str, Any] = {}
    for name, value in parameters.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            gathered[name] = tuple(row[name, index] for index in range(len(value)))
        elif kind is inspect.Parameter.VAR_KEYWORD:
            gathered[name] = {key: row[name, key] for key in value}
        else:
            gathered[name] = row[name, None]
    return gathered


def _shown(place: _Place) -> str:
    name, part = place
    if part is None:
        return name
    return part if isinstance(part, str) else f"{name}[{part}]"


def _series(value: Any) -> _Series | None:
    """What `map` goes through; None for what every task run gets as it is."""
    marks: list[BaseAnnotation[Any]] = []
    while isinstance(value, (allow_failure, quote)):
        marks.append(value)
        value = value.unwrap()
    if isinstance(value, BaseAnnotation):
        return None
    runs: Runs = []
    if isinstance(value, SignoffFuture) or is_state(value):
        _collect(value, [], False, set(), runs)
        value = _mapped_result(value, any(isinstance(mark, allow_failure) for mark in marks))
    if isinstance(value, (str, bytes, io.IOBase, type)) or not isinstance(value, Iterable):
        return None

    def mark(item: Any) -> Any:
        for each in reversed(marks):
            item = each.rewrap(item)
        return item

    return _Series(list(value), mark, runs)


def _mapped_result(value: Any, failure_allowed: bool) -> Any:
    """The collection that a future or state stands for."""
    if failure_allowed:
        return value.result(raise_on_failure=False)
    state = value if is_state(value) else None
    if state is None:
        value.wait()
        state = value.state
    if not state.is_completed():
        details = state.state_details
        id = details.task_run_id or details.flow_run_id or state.id
        text = f"Upstream task run '{id}' did not reach a 'COMPLETED' state."
        raise UpstreamTaskError(text) from state.result(raise_on_failure=False)
    return state.result()
