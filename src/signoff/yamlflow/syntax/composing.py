"""Text into nodes, within bounds.

Owns YAML's syntax and everything that is refused before a document means anything: what is no YAML,
duplicate keys, texts that are too large, too deep or that multiply by aliases. Work is bounded by
the limits below whatever the text, because the parser's events are looked at one by one. Must not
know flows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from signoff.yamlflow.problems import Mark
from signoff.yamlflow.syntax.breakage import breakage
from signoff.yamlflow.syntax.findings import Findings
from signoff.yamlflow.syntax.nodes import TAG, ListNode, MapNode, Node, Scalar

MOST_BYTES = 10_000_000
"""How long a document may be."""
MOST_NODES = 200_000
"""How many values it may hold, those that aliases repeat counted each time."""
DEEPEST = 100
"""How many lists and maps may stand in one another."""

# libyaml is many times faster than the same in Python, which serves where it is missing.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALAR_TAGS = {f"{TAG}{name}": name for name in ("str", "int", "float", "bool", "null")}
_TEXT_TAGS = ("!", f"{TAG}timestamp")
_EXPRESSION_HINT = "; a value that begins with {{ must be in quotes"


class Broken(Exception):
    """The text cannot be read any further; what is wrong is among the findings."""


def compose(text: str, file: str, findings: Findings) -> Node:
    """The tree of nodes of a text.

    Args:
        text: the whole document.
        file: its name, for marks.
        findings: receives what is wrong.

    Raises:
        Broken: it is no YAML, or exceeds a limit.
    """
    start = Mark(1, 1, file)
    try:
        size = len(text.encode())
    except UnicodeEncodeError as problem:
        line = text.count("\n", 0, problem.start) + 1
        findings.error(
            "The text contains half a character (a lone surrogate).", Mark(line, 1, file)
        )
        raise Broken from None
    if size > MOST_BYTES:
        findings.error(
            f"The document has {size:,} bytes; at most {MOST_BYTES:,} are read. Keep large texts "
            "in files.",
            start,
        )
        raise Broken
    composer = _Composer(file, findings)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            composer.take(event)
    except yaml.YAMLError as problem:
        findings.error(*breakage(problem, text, file))
        raise Broken from None
    if composer.root is None:
        findings.error("The text is empty; a flow needs `id`, `namespace` and `tasks`.", start)
        raise Broken
    return composer.root


@dataclass(slots=True)
class _Open:
    """A list or map whose end has not come yet."""

    mark: Mark
    is_map: bool
    anchor: str | None
    size_before: int
    items: list[Node] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    merged: list[MapNode] = field(default_factory=list)
    height: int = 0


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: Node
    size: int
    height: int


class _Composer:
    """Builds the tree event by event, without recursion."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file = file
        self._findings = findings
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored] = {}
        self._nodes = 0
        self._documents = 0
        self.root: Node | None = None

    def take(self, event: Any) -> None:
        """Take one event of the parser."""
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1, self._file)
        if isinstance(event, yaml.ScalarEvent):
            self._count(1, 0, mark)
            self._add(self._scalar(event, mark), event.anchor, 1, 0)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            is_map = isinstance(event, yaml.MappingStartEvent)
            self._tag(event, f"{TAG}map" if is_map else f"{TAG}seq", mark)
            if event.anchor:
                # Inside itself an anchor's name means nothing yet.
                self._anchors.pop(event.anchor, None)
            self._open.append(_Open(mark, is_map, event.anchor, self._nodes))
            self._count(1, 0, mark)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = self._open.pop()
            node = self._map(done) if done.is_map else ListNode(done.mark, tuple(done.items))
            self._add(node, done.anchor, self._nodes - done.size_before, done.height + 1)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), mark)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop("A file holds one flow; put the next document into its own file.", mark)

    def _count(self, nodes: int, height: int, mark: Mark) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            self._stop(
                f"The document has more than {MOST_NODES:,} values, those that aliases repeat "
                "included. Split it into several flows.",
                mark,
            )
        if len(self._open) + height > DEEPEST:
            self._stop(
                f"Lists and maps stand in one another more than {DEEPEST} deep. Split the flow "
                "into subflows.",
                mark,
            )

    def _alias(self, name: str, mark: Mark) -> None:
        target = self._anchors.get(name)
        if target is None:
            self._stop(f"The alias *{name} stands for nothing: no &{name} ends before it.", mark)
            return
        self._count(target.size, target.height, mark)
        self._add(target.node, None, target.size, target.height)

    def _add(self, node: Node, anchor: str | None, size: int, height: int) -> None:
        if anchor:
            self._anchors[anchor] = _Anchored(node, size, height)
        if not self._open:
            self.root = node
            return
        around = self._open[-1]
        around.height = max(around.height, height)
        around.items.append(node)

    def _map(self, done: _Open) -> MapNode:
        entries: dict[str, tuple[Scalar, Node]] = {}
        merged: list[tuple[Scalar, Node]] = []
        for key, value in _pairs(done.items):
            if not isinstance(key, Scalar):
                hint = _EXPRESSION_HINT if isinstance(key, MapNode) else ""
                self._findings.error(f"A key must be a single value{hint}.", key.mark)
            elif key.text == "<<" and not key.tag and not isinstance(value, Scalar):
                merged += self._merged(value)
            elif key.text in entries:
                first = entries[key.text][0].mark
                self._findings.error(
                    f"The key {key.text!r} is given twice; it stands in line {first.line} already.",
                    key.mark,
                )
            else:
                entries[key.text] = (key, value)
        for key, value in merged:
            entries.setdefault(key.text, (key, value))
        return MapNode(done.mark, tuple(entries.values()))

    def _merged(self, value: Node) -> Iterator[tuple[Scalar, Node]]:
        """The entries that `<<` takes over."""
        maps = value.items if isinstance(value, ListNode) else (value,)
        for each in maps:
            if isinstance(each, MapNode):
                yield from each.entries
            else:
                self._findings.error("`<<` takes over maps only.", each.mark)

    def _scalar(self, event: Any, mark: Mark) -> Scalar:
        plain = event.implicit[0]
        tag = event.tag
        if tag is None or tag in _TEXT_TAGS:
            return Scalar(mark, event.value, "" if plain and tag is None else "str")
        if tag in _SCALAR_TAGS:
            return Scalar(mark, event.value, _SCALAR_TAGS[tag])
        self._tag(event, "", mark)
        return Scalar(mark, event.value, "str")

    def _tag(self, event: Any, allowed: str, mark: Mark) -> None:
        if event.tag not in (None, "!", allowed):
            name = event.tag.removeprefix(TAG)
            self._findings.error(f"The tag {name!r} means nothing in a flow; leave it out.", mark)

    def _stop(self, message: str, mark: Mark) -> None:
        self._findings.error(message, mark)
        raise Broken


def _pairs(items: list[Node]) -> Iterator[tuple[Node, Node]]:
    return zip(items[::2], items[1::2], strict=True)
