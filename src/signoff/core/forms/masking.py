"""Where an answer holds secrets.

Owns finding and hiding them. It follows the schema, not the tree of fields, because a recursive
form has secrets deeper than its tree. Where a value may or may not be a secret (one arm of a union
is), it counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from signoff.core.forms.schemas import Node, SchemaReader, as_node, is_secret
from signoff.model.forms import Form, Json, Path

MASK = "********"
"""What is shown in place of a secret."""


def secret_paths(form: Form, answer: Mapping[str, Json]) -> list[Path]:
    """The places of an answer that hold a secret, outermost first; `null` is none."""
    reader = SchemaReader(form.schema)
    return sorted(set(_find(reader, form.schema, answer, (), frozenset())), key=_sortable)


def mask_secrets(form: Form, answer: Mapping[str, Json]) -> dict[str, Json]:
    """The answer with `MASK` in place of every secret; the given answer is left as it is."""
    masked: Any = dict(answer)
    for path in secret_paths(form, answer):
        masked = _with_mask(masked, path)
    return dict(masked)


def _find(
    reader: SchemaReader, node: Json, value: Json, path: Path, above: frozenset[str]
) -> Iterator[Path]:
    """Paths of secrets below one value.

    Args:
        above: references followed for this very value, so that a union naming itself comes to an
            end.
    """
    resolved, followed = reader.resolve(node)
    if value is None or followed & above:
        return
    if is_secret(resolved) or _packs_secret(reader, resolved):
        yield path
        return
    for part in _parts(resolved):
        yield from _find(reader, part, value, path, above | followed)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            for child in _for_property(resolved, str(name)):
                yield from _find(reader, child, inner, (*path, name), frozenset())
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _find(
                reader, _for_position(resolved, index), inner, (*path, index), frozenset()
            )


def _packs_secret(reader: SchemaReader, node: Node) -> bool:
    """Whether the node is text with JSON inside that may hold a secret: then all of it is one."""
    pending = [node.get("contentSchema")]
    seen: set[str] = set()
    while pending:
        part = pending.pop()
        if isinstance(part, Mapping):
            if is_secret(part):
                return True
            reference = part.get("$ref")
            if isinstance(reference, str) and reference not in seen:
                seen.add(reference)
                pending.append(reader.find(reference))
            pending.extend(part.values())
        elif isinstance(part, list):
            pending.extend(part)
    return False


def _parts(node: Node) -> Iterator[Json]:
    for keyword in ("anyOf", "oneOf", "allOf"):
        yield from node.get(keyword, ())
    yield from node.get("dependentSchemas", {}).values()
    for keyword in ("if", "then", "else"):
        if keyword in node:
            yield node[keyword]


def _for_property(node: Node, name: str) -> Iterator[Json]:
    properties = node.get("properties", {})
    if name in properties:
        yield properties[name]
    matched = False
    for pattern, child in node.get("patternProperties", {}).items():
        if _matches(pattern, name):
            matched = True
            yield child
    if name not in properties and not matched:
        yield as_node(node.get("additionalProperties", node.get("unevaluatedProperties", {})))


def _for_position(node: Node, index: int) -> Json:
    positions = node.get("prefixItems", ())
    return positions[index] if index < len(positions) else as_node(node.get("items", {}))


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return True


def _with_mask(value: Any, path: Path) -> Any:
    if not path:
        return MASK
    step, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        return {**value, step: _with_mask(value[str(step)], rest)}
    return [_with_mask(each, rest) if index == step else each for index, each in enumerate(value)]


def _sortable(path: Path) -> tuple[str, ...]:
    return tuple(f"{step:09d}" if isinstance(step, int) else step for step in path)
