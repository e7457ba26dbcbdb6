"""A document as a tree of nodes with places.

Owns the nodes, and the values they stand for where no schema says otherwise: those of YAML 1.2's
core schema that cannot be mistaken. Dates, times, `yes`, `on`, `0o17`, `1_000` and `007` are the
text the author wrote. Must not know flows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from signoff.yamlflow.problems import Mark

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_MOST_DIGITS = 300
TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value.

    Args:
        mark: where it stands.
        text: the text as written, without quotes.
        tag: how the text is meant: `str`, `int`, `float`, `bool`, `null`, or "" for what its look
            says.
    """

    mark: Mark
    text: str
    tag: str = ""

    @property
    def value(self) -> Any:
        """Text, number, boolean or None."""
        return self.text if self.tag == "str" else look(self.text)

    @property
    def is_null(self) -> bool:
        """Whether nothing stands there."""
        return self.tag in ("", "null") and self.text in _WORDS and _WORDS[self.text] is None


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list.

    Args:
        mark: where it begins.
        items: its items.
    """

    mark: Mark
    items: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class MapNode:
    """A map.

    Args:
        mark: where it begins.
        entries: keys and values in the author's order; each key once.
    """

    mark: Mark
    entries: tuple[tuple[Scalar, Node], ...] = ()

    def get(self, name: str) -> Node | None:
        """The value of a key; None when the key is absent."""
        return next((value for key, value in self.entries if key.text == name), None)

    def with_entries(self, entries: tuple[tuple[Scalar, Node], ...]) -> MapNode:
        """The same map with other entries."""
        return replace(self, entries=entries)


Node = Scalar | ListNode | MapNode


def look(text: str) -> Any:
    """What an unquoted text stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or len(text) > _MOST_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return text if number in (float("inf"), float("-inf")) else number
    return text


def value_of(node: Node) -> Any:
    """The value a node stands for: lists and maps with text keys."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, ListNode):
        return [value_of(item) for item in node.items]
    return {key.text: value_of(value) for key, value in node.entries}


def kind_of(node: Node) -> str:
    """What a node is, in words: "a list", "a map", "text"."""
    if isinstance(node, ListNode):
        return "a list"
    if isinstance(node, MapNode):
        return "a map"
    words = {bool: "true or false", int: "a number", float: "a number", type(None): "nothing"}
    return words.get(type(node.value), "text")
