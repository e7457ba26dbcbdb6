"""What a template uses, found without rendering it.

Owns the answer to which variables it reads, for edges of a graph and for checks before a run, and
which older names it still calls.
"""

from __future__ import annotations

from collections.abc import Iterator

from signoff.core.expressions import catalogue
from signoff.core.expressions.tree import (
    Asked,
    Called,
    Filtered,
    For,
    Item,
    Literal,
    Macro,
    Name,
    Node,
    Set,
    Template,
    Tested,
    children,
    walk,
)

_KINDS = {Called: "function", Filtered: "filter", Tested: "test", Asked: "method"}


def paths(template: Template) -> frozenset[tuple[str, ...]]:
    """The paths of variables that a template reads, as far as they are known without values.

    `outputs['a-b'].value` is `("outputs", "a-b", "value")`; `outputs.x[taskrun.value].y` is
    `("outputs", "x")` and `("taskrun", "value")`. What the template names itself is left out.
    """
    own = frozenset(_own_names(template))
    return frozenset(
        path for node in (*template.body, *template.macros) for path in _paths(node, own)
    )


def references(template: Template) -> set[str]:
    """The first two names of each path that a template reads: `outputs.x`, `labels`."""
    return {".".join(path[:2]) for path in paths(template)}


def deprecated(template: Template) -> dict[str, str]:
    """Older names that a template calls, each with the name to use instead."""
    found = {}
    for node, _ in walk((*template.body, *template.macros)):
        kind = _KINDS.get(type(node))
        name = getattr(node, "name", "")
        if kind and name in catalogue.names(kind):
            offer = catalogue.find(kind, name)
            if name in offer.aliases:
                found[name] = offer.name
    return found


def _own_names(template: Template) -> Iterator[str]:
    for node, _ in walk((*template.body, *template.macros)):
        if isinstance(node, Set | For):
            yield node.name
        elif isinstance(node, Macro):
            yield from (name for name, _ in node.parameters)
    yield from ("loop", "_context", "raise")


def _paths(node: Node, own: frozenset[str]) -> Iterator[tuple[str, ...]]:
    known = _path(node)
    if known is None:
        for child in children(node):
            yield from _paths(child, own)
        return
    path, keys = known
    if path[0] not in own:
        yield path
    for key in keys:
        yield from _paths(key, own)


def _path(node: Node) -> tuple[tuple[str, ...], list[Node]] | None:
    """The known beginning of a path, and the keys in it that are expressions themselves."""
    steps: list[Node] = []
    while isinstance(node, Item):
        steps.append(node.key)
        node = node.holder
    if not isinstance(node, Name):
        return None
    path: list[str] = [node.name]
    dynamic: list[Node] = []
    for key in reversed(steps):
        if isinstance(key, Literal):
            if not dynamic:
                path.append(str(key.value))
        else:
            dynamic.append(key)
    return tuple(path), dynamic
