"""Arguments of tasks: dependencies in them, and mapping over them.

Owns finding futures and states (also inside lists, tuples, sets and dicts), what takes their
place, and the documented rules of `map`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from signoff.authoring.annotations import allow_failure, quote, unmapped
from signoff.authoring.futures import SignoffFuture
from signoff.engine.promises import Promise
from signoff.engine.states import is_state
from signoff.model.errors import MappingLengthMismatch, MappingMissingIterable

if TYPE_CHECKING:
    from signoff.authoring.callables import Signature

__all__ = ["dependencies", "mapped", "unmapped"]

_PLAIN = (str, bytes, int, float, bool, type(None))

Upstream = list[tuple[Promise, bool]]


def dependencies(
    parameters: Mapping[str, Any], wait_for: Iterable[Any] | None
) -> tuple[Upstream, Callable[[], dict[str, Any]] | None]:
    """The promises a call depends on, and what gives its parameters once they are kept.

    The second value is None when the parameters can be used as they are.
    """
    upstream: Upstream = []
    found = False
    for value in parameters.values():
        if type(value) not in _PLAIN:
            found = _collect(value, upstream, False, 0) or found
    for value in wait_for or ():
        _collect(value, upstream, False, 0)
    if not found:
        return upstream, None
    return upstream, lambda: {name: _resolved(value, 0) for name, value in parameters.items()}


def _collect(value: Any, upstream: Upstream, failure_allowed: bool, depth: int) -> bool:
    """Add the promises in `value`; whether it holds anything that has to be replaced."""
    if isinstance(value, SignoffFuture):
        upstream.append((value.promise, failure_allowed))
        return True
    if is_state(value) or isinstance(value, (quote, unmapped)):
        if isinstance(value, unmapped):
            _collect(value.value, upstream, failure_allowed, depth)
        return True
    if isinstance(value, allow_failure):
        _collect(value.value, upstream, True, depth)
        return True
    if depth > 8:
        return False
    # Lists and not generators: every part is visited, also after the first find.
    if type(value) in (list, tuple, set):
        parts = [_collect(item, upstream, failure_allowed, depth + 1) for item in value]
        return any(parts)
    if type(value) is dict:
        return _collect(list(value.values()), upstream, failure_allowed, depth)
    return False


def _resolved(value: Any, depth: int, failure_allowed: bool = False) -> Any:
    if isinstance(value, SignoffFuture):
        return value.result(raise_on_failure=not failure_allowed)
    if is_state(value):
        return value.result(raise_on_failure=not failure_allowed)
    if isinstance(value, quote):
        return value.unquote()
    if isinstance(value, unmapped):
        return _resolved(value.unwrap(), depth, failure_allowed)
    if isinstance(value, allow_failure):
        return _resolved(value.unwrap(), depth, failure_allowed=True)
    kind = type(value)
    if depth <= 8 and kind in (list, tuple, set):
        return kind(_resolved(item, depth + 1, failure_allowed) for item in value)
    if depth <= 8 and kind is dict:
        return {key: _resolved(item, depth + 1, failure_allowed) for key, item in value.items()}
    return value


def mapped(
    name: str, signature: Signature, parameters: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """The parameters of each task run of a mapped call.

    Raises:
        MappingMissingIterable: no argument can be iterated over.
        MappingLengthMismatch: arguments of different lengths.
    """
    series: dict[str, Sequence[Any]] = {}
    static: dict[str, Any] = {}
    defaults = signature.parameters
    for key, value in parameters.items():
        if isinstance(value, SignoffFuture) or is_state(value):
            value = value.result()
        if isinstance(value, unmapped):
            static[key] = value.unwrap()
        elif _is_series(value) and value is not defaults[key].default:
            series[key] = _items(value)
        else:
            static[key] = value
    if not series:
        raise MappingMissingIterable(
            f"No iterable parameters were received by the map of task {name!r}. Parameters for "
            f"map must include at least one iterable. Parameters: {dict(parameters)}"
        )
    lengths = {len(items) for items in series.values()}
    if len(lengths) > 1:
        shown = {key: len(items) for key, items in series.items()}
        raise MappingLengthMismatch(
            f"Received iterable parameters with different lengths by the map of task {name!r}. "
            f"Parameters for map must all be the same length. Got lengths: {shown}"
        )
    for index in range(lengths.pop()):
        yield {key: series[key][index] if key in series else static[key] for key in parameters}


def _is_series(value: Any) -> bool:
    if isinstance(value, allow_failure):
        value = value.value
    if isinstance(value, (str, bytes, Mapping, quote)):
        return False
    return hasattr(value, "__iter__") and not isinstance(value, type)


def _items(value: Any) -> list[Any]:
    if isinstance(value, allow_failure):
        return [allow_failure(item) for item in value.value]
    return list(value)
