"""The tree of an expression, and of a template.

Owns the nodes and nothing of what they mean. Each knows where in the text it begins (`at`), so that
an error can say where.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a template.

    Args:
        at: where it begins, in characters from the start of the text.
    """

    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value as it is written."""

    value: object


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Item(Node):
    """Something inside a map or list: `holder.key`, `holder[key]`."""

    holder: Node
    key: Node


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapOf(Node):
    """`{a: b}`."""

    entries: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class Joined(Node):
    """A text with expressions in it: `"Hello #{name}"`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """An operator before its only operand."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """An operator between its operands."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a filter, function, test, method or macro is called with."""

    positional: tuple[Node, ...] = ()
    named: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Filtered(Node):
    """`operand | name(arguments)`."""

    operand: Node
    name: str
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Called(Node):
    """`name(arguments)`: a function or a macro."""

    name: str
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Asked(Node):
    """`operand.name(arguments)`: one of the few methods that texts, lists and maps have."""

    operand: Node
    name: str
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Tested(Node):
    """`operand is name`, `operand is not name`."""

    operand: Node
    name: str
    arguments: Arguments
    negated: bool


@dataclass(frozen=True, slots=True)
class Text(Node):
    """What is between the expressions."""

    text: str


@dataclass(frozen=True, slots=True)
class Print(Node):
    """`{{ expression }}`."""

    expression: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    """`{% if %} … {% elseif %} … {% else %} … {% endif %}`: conditions with what follows them."""

    branches: tuple[tuple[Node, tuple[Node, ...]], ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class For(Node):
    """`{% for name in items %} … {% else %} … {% endfor %}`."""

    name: str
    items: Node
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Set(Node):
    """`{% set name = expression %}`."""

    name: str
    expression: Node


@dataclass(frozen=True, slots=True)
class FilterBlock(Node):
    """`{% filter a | b %} … {% endfilter %}`: the filters are applied to `Block text`."""

    filters: tuple[tuple[int, str, Arguments], ...]
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Block(Node):
    """`{% block name %} … {% endblock %}`."""

    name: str
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Macro(Node):
    """`{% macro name(parameter=default) %} … {% endmacro %}`."""

    name: str
    parameters: tuple[tuple[str, Node | None], ...]
    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A text that was read.

    Args:
        text: as written.
        body: its parts.
        macros, blocks: those it defines.
        lone: the expression, when the text is nothing but one.
    """

    text: str
    body: tuple[Node, ...]
    macros: tuple[Macro, ...] = ()
    blocks: tuple[Block, ...] = ()
    lone: Node | None = None


def children(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in the order of the text."""
    for each in fields(node):
        yield from _nodes(getattr(node, each.name))


def walk(roots: tuple[Node, ...]) -> Iterator[tuple[Node, int]]:
    """Every node below some roots, themselves included, with how deep it lies."""
    waiting = [(root, 1) for root in reversed(roots)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(child, depth + 1) for child in reversed(list(children(node)))]


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _nodes(each)
    elif isinstance(value, Arguments):
        yield from value.positional
        for _, each in value.named:
            yield each
