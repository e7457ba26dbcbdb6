"""The tree of an expression into its value.

Owns what operators mean and in which order operands are worked out. Filters and functions get their
arguments only as values; nothing here reaches into a Python object but by the key of a map or the
index of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from signoff.core.expressions import arithmetic, catalogue
from signoff.core.expressions.functions.values import between
from signoff.core.expressions.misuse import Misuse, NotThere
from signoff.core.expressions.places import Fault
from signoff.core.expressions.registry import Call, Offer
from signoff.core.expressions.scopes import Scope, available, inside
from signoff.core.expressions.tree import (
    Arguments,
    Asked,
    Binary,
    Called,
    Choice,
    Filtered,
    Item,
    Joined,
    ListOf,
    Literal,
    MapOf,
    Name,
    Node,
    Tested,
    Unary,
)
from signoff.core.expressions.values import kind_of, order, same, text_of, truth

Defined = Callable[[str, Sequence[object], Mapping[str, object]], object]


class Missing(Fault):
    """A variable, or something inside of it, is not there."""


class Evaluator:
    """Works out expressions with the variables that can be seen.

    Args:
        scope: the variables.
        call: what filters and functions get.
        defined: macros, and the function `block`, by name.
    """

    __slots__ = ("_call", "_defined", "scope")

    def __init__(self, scope: Scope, call: Call, defined: Mapping[str, Defined]) -> None:
        self.scope = scope
        self._call = call
        self._defined = defined

    def value(self, node: Node) -> object:
        """The value of an expression.

        Raises:
            Fault: it has none; `Missing` when something is not there.
        """
        try:
            self._call.budget.step()
            return _WORK[type(node)](self, node)
        except NotThere as error:
            raise Missing(str(error), node.at) from None
        except Misuse as error:
            raise Fault(str(error), node.at) from None

    def text(self, node: Node) -> str:
        """The value of an expression, as text."""
        value = self.value(node)
        try:
            return text_of(value, self._call.budget)
        except Misuse as error:
            raise Fault(str(error), node.at) from None

    def apply(
        self, kind: str, name: str, at: int, operand: Sequence[object], arguments: Arguments
    ) -> object:
        """What a filter, function, test or method makes of its operand and arguments."""
        offer = catalogue.find(kind, name)
        positional = [self.value(each) for each in arguments.positional]
        named = {key: self.value(each) for key, each in arguments.named}
        if operand and operand[0] is None and not offer.of_null and kind == "filter":
            return None
        try:
            return _run(offer, self._call, operand, positional, named)
        except NotThere as error:
            raise Missing(f"{kind} `{name}`: {error}", at, name) from None
        except Misuse as error:
            raise Fault(f"{kind} `{name}`: {error}", at, name) from None

    def _literal(self, node: Literal) -> object:
        return node.value

    def _name(self, node: Name) -> object:
        try:
            return self.scope.value(node.name)
        except NotThere:
            why = available(node.name, list(self.scope.seen()))
            raise Missing(_unable(node.name, why), node.at, node.name) from None

    def _item(self, node: Item) -> object:
        holder = self.value(node.holder)
        key = self.value(node.key)
        text = None if isinstance(key, dict | list | tuple) else text_of(key, self._call.budget)
        try:
            return inside(holder, key, text)
        except NotThere as error:
            path = _path(node.holder)
            why = f"in `{path}` {error}" if path else str(error)
            raise Missing(_unable(str(text), why), node.at, text) from None

    def _list(self, node: ListOf) -> object:
        return [self.value(each) for each in node.items]

    def _map(self, node: MapOf) -> object:
        return {
            text_of(self.value(key), self._call.budget): self.value(value)
            for key, value in node.entries
        }

    def _joined(self, node: Joined) -> object:
        joined = ""
        for part in node.parts:
            joined = arithmetic.join(joined, self.value(part), self._call.budget)
        return joined

    def _choice(self, node: Choice) -> object:
        return self.value(node.yes if truth(self.value(node.condition)) else node.no)

    def _unary(self, node: Unary) -> object:
        value = self.value(node.operand)
        if node.operator == "not":
            return not truth(value)
        if node.operator == "-":
            return arithmetic.negated(value, self._call.budget)
        return arithmetic.add(0, value, self._call.budget)

    def _binary(self, node: Binary) -> object:
        if node.operator in _LAZY:
            return _LAZY[node.operator](self, node)
        left, right = self.value(node.left), self.value(node.right)
        return _OPERATORS[node.operator](left, right, self._call)

    def _or_else(self, node: Binary) -> object:
        try:
            left = self.value(node.left)
        except Missing as missing:
            try:
                return self.value(node.right)
            except Missing as other:
                # `a ?? raise` is how authors ask for the error about `a`.
                raise (missing if other.name == "raise" else other) from None
        if left is None and node.operator == "??":
            return self.value(node.right)
        return left

    def _and(self, node: Binary) -> object:
        return truth(self.value(node.left)) and truth(self.value(node.right))

    def _or(self, node: Binary) -> object:
        return truth(self.value(node.left)) or truth(self.value(node.right))

    def _filtered(self, node: Filtered) -> object:
        operand = self._operand(node.operand, catalogue.find("filter", node.name))
        return self.apply("filter", node.name, node.at, (operand,), node.arguments)

    def _tested(self, node: Tested) -> object:
        operand = self._operand(node.operand, catalogue.find("test", node.name))
        passed = self.apply("test", node.name, node.at, (operand,), node.arguments)
        return bool(passed) is not node.negated

    def _operand(self, node: Node, offer: Offer) -> object:
        if not offer.of_undefined:
            return self.value(node)
        try:
            return self.value(node)
        except Missing:
            return None

    def _asked(self, node: Asked) -> object:
        operand = self.value(node.operand)
        if operand is None:
            raise Missing(f"null has no method `{node.name}`", node.at, node.name)
        return self.apply("method", node.name, node.at, (operand,), node.arguments)

    def _called(self, node: Called) -> object:
        defined = self._defined.get(node.name)
        if defined is None:
            return self.apply("function", node.name, node.at, (), node.arguments)
        positional = [self.value(each) for each in node.arguments.positional]
        named = {key: self.value(each) for key, each in node.arguments.named}
        return defined(node.name, positional, named)


def _run(
    offer: Offer,
    call: Call,
    operand: Sequence[object],
    positional: Sequence[object],
    named: Mapping[str, object],
) -> object:
    values, keywords = offer.bind(positional, named)
    return offer.run(call, *operand, *values, **keywords)


def _unable(name: str, why: str) -> str:
    return f"Unable to find `{name[:60]}` used in the expression: {why}"


def _path(node: Node) -> str:
    """How a variable is written, for messages; empty when it is more than a path."""
    if isinstance(node, Name):
        return node.name
    if isinstance(node, Item) and isinstance(node.key, Literal):
        holder = _path(node.holder)
        return f"{holder}.{node.key.value}" if holder else ""
    return ""


def _contains(holder: object, wanted: object, call: Call) -> bool:
    if isinstance(wanted, list | tuple):
        return all(_contains(holder, each, call) for each in wanted)
    if isinstance(holder, str):
        return text_of(wanted, call.budget) in holder
    if isinstance(holder, Mapping):
        return text_of(wanted, call.budget) in holder
    if isinstance(holder, list | tuple):
        return any(same(each, wanted, call.budget) for each in holder)
    if holder is None:
        return False
    raise Misuse(f"`contains` asks a list, a map or text, not {kind_of(holder)}")


_OPERATORS: dict[str, Callable[[object, object, Call], object]] = {
    "~": lambda left, right, call: arithmetic.join(left, right, call.budget),
    "+": lambda left, right, call: arithmetic.add(left, right, call.budget),
    "-": lambda left, right, call: arithmetic.subtract(left, right, call.budget),
    "*": lambda left, right, call: arithmetic.multiply(left, right, call.budget),
    "/": lambda left, right, call: arithmetic.divide(left, right, call.budget),
    "%": lambda left, right, call: arithmetic.remainder(left, right, call.budget),
    "..": lambda left, right, call: between(call, left, right),
    "==": lambda left, right, call: same(left, right, call.budget),
    "equals": lambda left, right, call: same(left, right, call.budget),
    "!=": lambda left, right, call: not same(left, right, call.budget),
    "<": lambda left, right, call: order(left, right) < 0,
    "<=": lambda left, right, call: order(left, right) <= 0,
    ">": lambda left, right, call: order(left, right) > 0,
    ">=": lambda left, right, call: order(left, right) >= 0,
    "contains": _contains,
    "not contains": lambda left, right, call: not _contains(left, right, call),
    "isIn": lambda left, right, call: _contains(right, left, call),
    "not isIn": lambda left, right, call: not _contains(right, left, call),
}

_LAZY: dict[str, Callable[[Evaluator, Binary], object]] = {
    "??": Evaluator._or_else,
    "???": Evaluator._or_else,
    "and": Evaluator._and,
    "or": Evaluator._or,
}

_WORK: dict[type[Node], Callable[[Evaluator, Any], object]] = {
    Literal: Evaluator._literal,
    Name: Evaluator._name,
    Item: Evaluator._item,
    ListOf: Evaluator._list,
    MapOf: Evaluator._map,
    Joined: Evaluator._joined,
    Choice: Evaluator._choice,
    Unary: Evaluator._unary,
    Binary: Evaluator._binary,
    Filtered: Evaluator._filtered,
    Tested: Evaluator._tested,
    Asked: Evaluator._asked,
    Called: Evaluator._called,
}
