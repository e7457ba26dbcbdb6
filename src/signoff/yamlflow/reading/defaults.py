"""Values that a document gives all tasks of a type (`pluginDefaults`).

Owns which of them a task gets, and how they are merged with what it says itself. They are merged as
nodes, before anything is judged, so that a wrong one is reported where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from signoff.yamlflow.catalog.registry import Catalog
from signoff.yamlflow.catalog.types import TaskType
from signoff.yamlflow.reading.judging import Judge
from signoff.yamlflow.reading.sections import Names, canonical, open_section
from signoff.yamlflow.syntax.findings import Findings, Path
from signoff.yamlflow.syntax.nodes import MapNode, Node, Scalar

Entries = dict[str, tuple[Scalar, Node]]


@dataclass(frozen=True, slots=True)
class TypeDefault:
    """One entry of the list.

    Args:
        type: a type, or the beginning of its name.
        values: the properties.
        forced: they win over what a task says.
    """

    type: str
    values: MapNode
    forced: bool

    def covers(self, declaration: TaskType) -> bool:
        """Whether tasks of a type get these values."""
        names = (declaration.name, *declaration.aliases)
        beginning = self.type.rstrip(".") + "."
        return self.type in names or any(name.startswith(beginning) for name in names)

    def is_exact(self, declaration: TaskType) -> bool:
        """Whether it names the type, not only its beginning."""
        return self.type in (declaration.name, *declaration.aliases)


def read_defaults(
    items: Iterable[tuple[Node, Path]], judge: Judge, catalog: Catalog
) -> tuple[TypeDefault, ...]:
    """The entries of the list; what is wrong is reported and left out."""
    found = []
    declarations = [*catalog, *(each.declaration for each in catalog.triggers())]
    for node, path in items:
        section = open_section(node, Names(("type", "values", "forced")), path, judge)
        if section is None:
            continue
        section.require(("type",))
        name = section.value("type", {"type": "string"}, dynamic=False)
        forced = section.value("forced", {"type": "boolean"}, dynamic=False)
        values = section.node("values")
        if not isinstance(values, MapNode):
            judge.findings.error("`values` must be a map of properties.", section.mark, path)
        elif isinstance(name, str):
            default = TypeDefault(name, values, forced is True)
            found.append(default)
            if not any(default.covers(each) for each in declarations):
                told = f"has no effect: no type is named {name!r} or begins with it."
                judge.findings.warning(told, section.mark, path, name)
    return tuple(found)


def merge_defaults(
    entries: Entries,
    defaults: Iterable[TypeDefault],
    declaration: TaskType,
    names: Names,
    findings: Findings,
) -> Entries:
    """A task's entries with the values it gets.

    A value the task gives wins, unless the default is forced; maps are merged key by key. Of
    several defaults the later wins. A default for the beginning of a name gives a type only the
    properties it has.
    """
    weak: Entries = {}
    strong: Entries = {}
    for default in defaults:
        if default.covers(declaration):
            values = default.values
            if not default.is_exact(declaration):
                values = _only(values, names)
            given = canonical(values, names, ("pluginDefaults",), findings)
            target = strong if default.forced else weak
            target.update(_over(given, target))
    return _over(strong, _over(entries, weak))


def _only(values: MapNode, names: Names) -> MapNode:
    """The entries that a type has."""
    known = {*names.known, *names.renamed, *names.equal, *names.refused}
    return values.with_entries(
        tuple((key, value) for key, value in values.entries if key.text in known)
    )


def _over(upper: Mapping[str, tuple[Scalar, Node]], lower: Entries) -> Entries:
    """The entries of both, the upper ones where both have one."""
    merged = dict(lower)
    for name, (key, value) in upper.items():
        below = lower.get(name)
        if below and isinstance(value, MapNode) and isinstance(below[1], MapNode):
            inner = _over(_entries(value), _entries(below[1]))
            value = value.with_entries(tuple(inner.values()))
        merged[name] = (key, value)
    return merged


def _entries(node: MapNode) -> Entries:
    return {key.text: (key, value) for key, value in node.entries}
