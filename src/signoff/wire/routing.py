"""Which endpoint a request line means.

Owns the look-up: a tree of path parts, so that its cost does not grow with the table. Must not
know frameworks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from urllib.parse import unquote

from signoff.model.values import dataclass
from signoff.wire.endpoints import ENDPOINTS, Endpoint


@dataclass(frozen=True, slots=True)
class Match:
    """What a request line means.

    Args:
        endpoint: the operation.
        values: the parts of the path that are values, decoded, in the order of the path.
    """

    endpoint: Endpoint
    values: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    parts: dict[str, _Node] = field(default_factory=dict)
    any: _Node | None = None
    methods: dict[str, Endpoint] = field(default_factory=dict)


class Routes:
    """Finds endpoints by path. A fixed part is preferred to a value; a final slash is ignored."""

    def __init__(self, endpoints: Iterable[Endpoint] = ENDPOINTS) -> None:
        self._root = _Node()
        for endpoint in endpoints:
            node = self._root
            for part in endpoint.parts:
                if part.startswith("{"):
                    node.any = node.any or _Node()
                    node = node.any
                else:
                    node = node.parts.setdefault(part, _Node())
            node.methods[endpoint.method] = endpoint

    def find(self, method: str, raw_path: str) -> Match | None:
        """The endpoint of a method and a path below the prefix, percent-encoded as it travelled."""
        return _find(self._root, method, _parts(raw_path), 0, ())

    def methods(self, raw_path: str) -> tuple[str, ...]:
        """The methods a path can be asked with; empty when there is no such path."""
        known = ("GET", "POST", "PATCH", "DELETE", "PUT")
        return tuple(method for method in known if self.find(method, raw_path) is not None)


def _parts(raw_path: str) -> Sequence[str]:
    return raw_path.strip("/").split("/")


def _find(
    node: _Node, method: str, parts: Sequence[str], at: int, values: tuple[str, ...]
) -> Match | None:
    if at == len(parts):
        endpoint = node.methods.get(method)
        return Match(endpoint, values) if endpoint is not None else None
    part = parts[at]
    below = node.parts.get(part)
    if below is not None:
        found = _find(below, method, parts, at + 1, values)
        if found is not None:
            return found
    if node.any is None:
        return None
    value = unquote(part) if "%" in part else part
    return _find(node.any, method, parts, at + 1, (*values, value))
