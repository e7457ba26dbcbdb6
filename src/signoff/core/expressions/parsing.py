"""Tokens into the tree of an expression.

Owns the grammar of expressions: a precedence parser over the table in `grammar`. Names of filters,
functions, tests and methods, and their arguments, are checked here, so that a mistake shows when a
flow is saved and not when it runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from signoff.core.expressions import catalogue
from signoff.core.expressions.grammar import FILTER, NOT, STRENGTHS, TEST, UNARY_SIGN, WORDS
from signoff.core.expressions.limits import LIMITS
from signoff.core.expressions.literals import number_of, parts_of
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.places import Fault
from signoff.core.expressions.tokens import Kind, Token, inside
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

_ELSEWHERE = {
    "in": "`a in b` is written `b contains a`, or `a isIn b`",
    "if": "`a if c else b` is written `c ? a : b`",
    "=": "`==` compares; a value gets its name by the tag `set`",
}
"""What other template languages write, with how it is written here."""
_WORD_VALUES: dict[str, object] = {"true": True, "false": False, "null": None, "none": None}


class Parser:
    """Reads one expression, or one tag, from its tokens.

    Args:
        tokens: they end with a token of kind END.
        depth: how deep the expression itself lies.
    """

    def __init__(self, tokens: Sequence[Token], depth: int = 0) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = depth

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self._position]

    def take(self) -> Token:
        """The next token, which is left behind."""
        token = self.token
        if token.kind is not Kind.END:
            self._position += 1
        return token

    def sees(self, *words: str) -> bool:
        """Whether the next token is one of these signs or words."""
        return self.token.kind in (Kind.SIGN, Kind.NAME) and self.token.text in words

    def skip(self, word: str) -> bool:
        """Leave a sign or word behind, when it comes next."""
        found = self.sees(word)
        if found:
            self._position += 1
        return found

    def need(self, word: str, after: str) -> Token:
        """Leave a sign or word behind.

        Raises:
            Fault: something else comes next.
        """
        if not self.sees(word):
            raise Fault(f"`{word}` must follow {after}, not {_shown(self.token)}", self.token.at)
        return self.take()

    def name(self, what: str) -> Token:
        """A name.

        Raises:
            Fault: something else comes next.
        """
        if self.token.kind is not Kind.NAME:
            raise Fault(f"{what} must come here, not {_shown(self.token)}", self.token.at)
        return self.take()

    def end(self) -> None:
        """Nothing may follow.

        Raises:
            Fault: something does.
        """
        if self.token.kind is not Kind.END:
            hint = _ELSEWHERE.get(self.token.text) if not self.token.quote else None
            raise Fault(hint or f"{_shown(self.token)} cannot follow here", self.token.at)

    def whole(self) -> Node:
        """An expression with nothing behind it."""
        if self.token.kind is Kind.END:
            raise Fault("the expression is empty", self.token.at)
        node = self.expression()
        self.end()
        return node

    def expression(self) -> Node:
        """An expression: what binds least is a choice `a ? b : c`."""
        self._depth += 1
        if self._depth > LIMITS.nesting:
            raise Fault(f"it nests deeper than {LIMITS.nesting} levels", self.token.at)
        condition = self._binary(0)
        if self.skip("?"):
            yes = self.expression()
            self.need(":", "the first value of `? :`")
            condition = Choice(condition.at, condition, yes, self.expression())
        self._depth -= 1
        return condition

    def _binary(self, least: int) -> Node:
        left = self._unary()
        while True:
            sign, strength = self._operator()
            if strength <= least:
                return left
            at = self.token.at
            self._position += 2 if sign.startswith("not ") else 1
            if sign == "|":
                left = self.filtered(left)
            elif sign == "is":
                left = self._tested(left, at)
            else:
                left = Binary(at, sign, left, self._binary(strength))

    def _operator(self) -> tuple[str, int]:
        token = self.token
        if token.kind not in (Kind.SIGN, Kind.NAME):
            return "", 0
        word = token.text
        if word == "not":
            following = self._tokens[self._position + 1]
            word = f"not {following.text}" if following.kind is Kind.NAME else word
        if word == "|":
            return word, FILTER
        if word == "is":
            return word, TEST
        return word, STRENGTHS.get(word, 0)

    def _unary(self) -> Node:
        token = self.token
        if self.sees("not", "-", "+"):
            self._depth += 1
            if self._depth > LIMITS.nesting:
                raise Fault(f"it nests deeper than {LIMITS.nesting} levels", token.at)
            self.take()
            operand = self._binary(NOT if token.text == "not" else UNARY_SIGN)
            self._depth -= 1
            return Unary(token.at, token.text, operand)
        return self._postfix(self._primary())

    def filtered(self, operand: Node) -> Node:
        """The filter behind a `|`, applied to an operand."""
        at, name, arguments = self.filter()
        return Filtered(at, operand, name, arguments)

    def filter(self) -> tuple[int, str, Arguments]:
        """A filter with its arguments."""
        token = self.name("the name of a filter")
        arguments = self._arguments() if self.sees("(") else Arguments()
        _check("filter", token, arguments)
        return token.at, token.text, arguments

    def _tested(self, operand: Node, at: int) -> Node:
        negated = self.skip("not")
        token = self.name("the name of a test")
        arguments = self._arguments() if self.sees("(") else Arguments()
        _check("test", token, arguments)
        return Tested(at, operand, token.text, arguments, negated)

    def _postfix(self, node: Node) -> Node:
        while True:
            if self.skip("."):
                token = self.token
                if token.kind is Kind.NUMBER and token.text.isdigit():
                    self.take()
                    node = Item(token.at, node, Literal(token.at, int(token.text)))
                    continue
                token = self.name("a name after `.`")
                if self.sees("("):
                    arguments = self._arguments()
                    _check("method", token, arguments)
                    node = Asked(token.at, node, token.text, arguments)
                else:
                    node = Item(token.at, node, Literal(token.at, token.text))
            elif self.sees("["):
                at = self.take().at
                key = self.expression()
                self.need("]", "the key")
                node = Item(at, node, key)
            else:
                return node

    def _primary(self) -> Node:
        token = self.take()
        if token.kind is Kind.NUMBER:
            return Literal(token.at, number_of(token))
        if token.kind is Kind.STRING:
            return self._string(token)
        if token.kind is Kind.NAME and token.text not in WORDS:
            if token.text in _WORD_VALUES:
                return Literal(token.at, _WORD_VALUES[token.text])
            if self.sees("("):
                # Whether there is such a function is known only when all macros are.
                return Called(token.at, token.text, self._arguments())
            return Name(token.at, token.text)
        if token.kind is Kind.SIGN and token.text == "(":
            node = self.expression()
            self.need(")", "the expression in brackets")
            return node
        if token.kind is Kind.SIGN and token.text == "[":
            return self._list(token.at)
        if token.kind is Kind.SIGN and token.text == "{":
            return self._map(token.at)
        raise Fault(f"a value must come here, not {_shown(token)}", token.at)

    def _string(self, token: Token) -> Node:
        parts: list[Node] = []
        for at, text, is_expression in parts_of(token):
            if is_expression:
                parts.append(Parser(inside(text, at), self._depth + 1).whole())
            else:
                parts.append(Literal(at, text))
        if all(isinstance(part, Literal) for part in parts):
            return parts[0] if parts else Literal(token.at, "")
        return Joined(token.at, tuple(parts))

    def _list(self, at: int) -> Node:
        items: list[Node] = []
        while not self.skip("]"):
            items.append(self.expression())
            if not self.sees("]"):
                self.need(",", "an item of the list")
        return ListOf(at, tuple(items))

    def _map(self, at: int) -> Node:
        entries: list[tuple[Node, Node]] = []
        while not self.skip("}"):
            key = self._binary(0)
            self.need(":", "a key of the map")
            entries.append((key, self.expression()))
            if not self.sees("}"):
                self.need(",", "an entry of the map")
        return MapOf(at, tuple(entries))

    def _arguments(self) -> Arguments:
        self.need("(", "the name")
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self.skip(")"):
            following = self._tokens[min(self._position + 1, len(self._tokens) - 1)]
            if (
                self.token.kind is Kind.NAME
                and following.text == "="
                and following.kind is Kind.SIGN
            ):
                name = self.take().text
                self.take()
                named.append((name, self.expression()))
            elif named:
                raise Fault(
                    "an argument without a name cannot follow one with a name", self.token.at
                )
            else:
                positional.append(self.expression())
            if not self.sees(")"):
                self.need(",", "an argument")
        return Arguments(tuple(positional), tuple(named))


def check_call(node: Called) -> None:
    """Refuse a function that is not there, or arguments it does not take.

    Raises:
        Fault: so it is.
    """
    _check("function", Token(Kind.NAME, node.name, node.at), node.arguments)


def _check(kind: str, token: Token, arguments: Arguments) -> None:
    try:
        offer = catalogue.find(kind, token.text)
    except Misuse as error:
        raise Fault(str(error), token.at, token.text) from None
    try:
        offer.check(len(arguments.positional), [name for name, _ in arguments.named])
    except Misuse as error:
        raise Fault(f"the {kind} `{token.text}` {error}", token.at, token.text) from None


def _shown(token: Token) -> str:
    if token.kind is Kind.END:
        return "the end of the expression"
    return f"`{token.quote}{token.text[:40]}{token.quote}`"
