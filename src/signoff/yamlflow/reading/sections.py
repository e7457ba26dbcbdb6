"""A map of the language, read key by key.

Owns what holds for every such map: names old and new, keys that are unknown or have no effect, keys
that are required.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from signoff.yamlflow.problems import Mark
from signoff.yamlflow.reading.judging import Judge, Schema
from signoff.yamlflow.syntax.findings import Findings, Path
from signoff.yamlflow.syntax.nodes import ListNode, MapNode, Node, Scalar, kind_of


@dataclass(frozen=True, slots=True)
class Names:
    """Which keys a map may have.

    Args:
        known: names that mean something.
        renamed: old name -> newest name; use is reported.
        equal: other name -> newest name; not reported.
        ignored: names without effect here -> why; use is reported.
        outdated: names that work, but whose use is reported -> what to do instead.
        refused: names of the reference that are not supported -> what to use; false asks for
            nothing.
    """

    known: Iterable[str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    equal: Mapping[str, str] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
    outdated: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A map whose keys have been looked at.

    Args:
        mark: where it begins.
        path: the same place as keys.
        judge: judges values.
        entries: key and value by newest name.
    """

    mark: Mark
    path: Path
    judge: Judge
    entries: Mapping[str, tuple[Scalar, Node]]

    @property
    def findings(self) -> Findings:
        """Where problems go."""
        return self.judge.findings

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def node(self, name: str) -> Node | None:
        """What stands under a name; None when the key is absent."""
        entry = self.entries.get(name)
        return entry[1] if entry else None

    def place(self, name: str) -> Path:
        """The path of a key, as the author wrote it."""
        entry = self.entries.get(name)
        return (*self.path, entry[0].text if entry else name)

    def value(self, name: str, schema: Schema, *, dynamic: bool = True) -> Any:
        """The value under a name; the schema's default, else None, when it is absent or empty."""
        node = self.node(name)
        if node is None or (isinstance(node, Scalar) and node.is_null):
            return schema.get("default")
        return self.judge.read(node, schema, self.place(name), dynamic=dynamic)

    def items(self, name: str) -> tuple[tuple[Node, Path], ...]:
        """The items of the list under a name, each with its path; none when it is absent."""
        node = self.node(name)
        if node is None or (isinstance(node, Scalar) and node.is_null):
            return ()
        place = self.place(name)
        if not isinstance(node, ListNode):
            told = f"must be a list (each item begins with `- `), got {kind_of(node)}."
            self.findings.error(told, node.mark, place)
            return ()
        return tuple((item, (*place, index)) for index, item in enumerate(node.items))

    def require(self, names: Iterable[str], may_be_empty: Container[str] = ()) -> None:
        """Report each of the names that is absent, null, or an empty list that is not allowed."""
        for name in names:
            node = self.node(name)
            if node is None:
                self.findings.error(f"`{name}` is required.", self.mark, self.path)
            elif (isinstance(node, Scalar) and node.is_null) or (
                isinstance(node, ListNode) and not node.items and name not in may_be_empty
            ):
                self.findings.error("must not be empty.", node.mark, self.place(name))


def canonical(
    node: MapNode, names: Names, path: Path, findings: Findings
) -> dict[str, tuple[Scalar, Node]]:
    """Keys and values by newest name; keys that are not known are reported and left out."""
    entries: dict[str, tuple[Scalar, Node]] = {}
    known = list(names.known)
    for key, value in node.entries:
        written, here = key.text, (*path, key.text)
        name = names.renamed.get(written) or names.equal.get(written) or written
        if written in names.renamed:
            findings.warning(f"is the old name of `{name}`.", key.mark, here)
        if name in names.outdated:
            findings.warning(f"is deprecated; {names.outdated[name]}.", key.mark, here)
        if name in entries:
            told = f"says the same as `{entries[name][0].text}`, which is given too; keep one."
            findings.error(told, key.mark, here)
        elif name in known:
            entries[name] = (key, value)
        elif name in names.ignored:
            findings.warning(f"has no effect: {names.ignored[name]}.", key.mark, here)
        elif name in names.refused and isinstance(value, Scalar) and value.value is False:
            continue
        elif name in names.refused:
            findings.error(f"is not supported; {names.refused[name]}.", key.mark, here)
        else:
            findings.unknown("property", written, known, key.mark, here)
    return entries


def open_section(node: Node, names: Names, path: Path, judge: Judge) -> Section | None:
    """The map with its keys looked at; None, and a finding, when it is no map."""
    if not isinstance(node, MapNode):
        judge.findings.error(f"must be a map, got {kind_of(node)}.", node.mark, path)
        return None
    return Section(node.mark, path, judge, canonical(node, names, path, judge.findings))
