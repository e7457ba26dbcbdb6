"""A text into a template: what stands between expressions, and the tags.

Owns the grammar of tags. Templates are read once and kept, for the same text is rendered again and
again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from signoff.core.expressions.catalogue import nearest
from signoff.core.expressions.grammar import REFUSED_TAGS, TAGS
from signoff.core.expressions.limits import LIMITS
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.parsing import Parser, check_call
from signoff.core.expressions.places import Fault, error_at
from signoff.core.expressions.tokens import Kind, Piece, split
from signoff.core.expressions.tree import (
    Block,
    Called,
    FilterBlock,
    For,
    If,
    Macro,
    Node,
    Print,
    Set,
    Template,
    Text,
    walk,
)

_INNER = frozenset(word for tag in TAGS for word in tag.inner)
_MOST_DEPTH = 150
"""Of the tree: chains such as `a ~ b ~ c` make it as deep as they are long."""
_KEPT_LENGTH = 20_000


def parse_template(text: str) -> Template:
    """The template that a text is.

    Args:
        text: any text; without `{{`, `{%` and `{#` it stands for itself.

    Raises:
        ExpressionError: it cannot be read; says where and why.
    """
    # Long texts are not kept: a thousand of them would fill the memory of a server.
    return _kept(text) if len(text) <= _KEPT_LENGTH else _read(text)


def _read(text: str) -> Template:
    if len(text) > LIMITS.template:
        message = (
            f"a text with expressions has at most {LIMITS.template:,} characters, not {len(text):,}"
        )
        raise error_at(text[:100], 0, message)
    try:
        reader = _Reader(list(split(text)))
        body = reader.body(())
        return _finished(text, body, reader)
    except Fault as fault:
        raise error_at(text, fault.at, fault.message, fault.name) from None
    except Misuse as error:
        raise error_at(text, 0, str(error)) from None
    except RecursionError:
        raise error_at(text, 0, "it nests too deep") from None


_kept = lru_cache(maxsize=1024)(_read)


def _finished(text: str, body: tuple[Node, ...], reader: _Reader) -> Template:
    macros = {macro.name for macro in reader.macros}
    for node, depth in walk((*body, *reader.macros)):
        if depth > _MOST_DEPTH:
            raise Fault(f"it is deeper, or has longer chains, than {_MOST_DEPTH} levels", node.at)
        if isinstance(node, Called) and node.name not in macros and node.name != "block":
            check_call(node)
    shown = [node for node in body if not (isinstance(node, Text) and not node.text.strip())]
    lone = shown[0].expression if len(shown) == 1 and isinstance(shown[0], Print) else None
    return Template(text, body, tuple(reader.macros), tuple(reader.blocks), lone)


class _Reader:
    """Reads the pieces of one text, one after the other."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._position = 0
        self._depth = 0
        self.macros: list[Macro] = []
        self.blocks: list[Block] = []

    def body(self, until: tuple[str, ...], opened: Piece | None = None) -> tuple[Node, ...]:
        """Everything up to a tag that ends it, which is not taken; up to the end without any."""
        nodes: list[Node] = []
        while self._position < len(self._pieces):
            piece = self._pieces[self._position]
            if piece.opening == "{%":
                word = _word(piece)
                if word in until:
                    return tuple(nodes)
                self._position += 1
                nodes += self._tag(word, piece)
            else:
                self._position += 1
                if piece.opening == "{{":
                    nodes.append(Print(piece.at, Parser(piece.tokens).whole()))
                elif piece.text:
                    nodes.append(Text(piece.at, piece.text))
        if opened is not None:
            raise Fault(
                f"the tag `{_word(opened)}` is not closed by `{{% {until[-1]} %}}`", opened.at
            )
        return tuple(nodes)

    def _tag(self, word: str, piece: Piece) -> list[Node]:
        self._depth += 1
        if self._depth > LIMITS.nesting // 3:
            raise Fault(f"tags nest deeper than {LIMITS.nesting // 3} levels", piece.at)
        parser = Parser(piece.tokens)
        parser.take()
        try:
            match word:
                case "if":
                    return [self._if(piece, parser)]
                case "for":
                    return [self._for(piece, parser)]
                case "set":
                    return [_set(piece, parser)]
                case "filter":
                    return [self._filter(piece, parser)]
                case "macro":
                    self._macro(piece, parser)
                    return []
                case "block":
                    return [self._block(piece, parser)]
        finally:
            self._depth -= 1
        raise Fault(_unknown(word), piece.at, word)

    def _close(self, piece: Piece, until: tuple[str, ...]) -> tuple[tuple[Node, ...], str, Parser]:
        """A body, the word of the tag that ends it, and the rest of that tag."""
        nodes = self.body(until, piece)
        ending = self._pieces[self._position]
        self._position += 1
        parser = Parser(ending.tokens)
        parser.take()
        return nodes, _word(ending), parser

    def _if(self, piece: Piece, parser: Parser) -> Node:
        branches: list[tuple[Node, tuple[Node, ...]]] = []
        condition = parser.whole()
        while True:
            nodes, word, rest = self._close(piece, ("elseif", "else", "endif"))
            branches.append((condition, nodes))
            if word == "elseif":
                condition = rest.whole()
                continue
            rest.end()
            otherwise: tuple[Node, ...] = ()
            if word == "else":
                otherwise, _, rest = self._close(piece, ("endif",))
                rest.end()
            return If(piece.at, tuple(branches), otherwise)

    def _for(self, piece: Piece, parser: Parser) -> Node:
        name = parser.name("the name of each item").text
        parser.need("in", "the name of each item")
        items = parser.whole()
        body, word, rest = self._close(piece, ("else", "endfor"))
        rest.end()
        otherwise: tuple[Node, ...] = ()
        if word == "else":
            otherwise, _, rest = self._close(piece, ("endfor",))
            rest.end()
        return For(piece.at, name, items, body, otherwise)

    def _filter(self, piece: Piece, parser: Parser) -> Node:
        filters = [parser.filter()]
        while parser.skip("|"):
            filters.append(parser.filter())
        parser.end()
        body, _, rest = self._close(piece, ("endfilter",))
        rest.end()
        return FilterBlock(piece.at, tuple(filters), body)

    def _macro(self, piece: Piece, parser: Parser) -> None:
        name = parser.name("the name of the macro").text
        if any(macro.name == name for macro in self.macros):
            raise Fault(f"there are two macros named `{name}`", piece.at, name)
        parser.need("(", "the name of the macro")
        parameters: list[tuple[str, Node | None]] = []
        while not parser.skip(")"):
            parameter = parser.name("the name of an argument").text
            parameters.append((parameter, parser.expression() if parser.skip("=") else None))
            if not parser.sees(")"):
                parser.need(",", "an argument")
        parser.end()
        body, _, rest = self._close(piece, ("endmacro",))
        _end(rest, name)
        self.macros.append(Macro(piece.at, name, tuple(parameters), body))

    def _block(self, piece: Piece, parser: Parser) -> Node:
        if parser.token.kind is not Kind.STRING:
            name = parser.name("the name of the block").text
        else:
            name = parser.take().text
        parser.end()
        if any(block.name == name for block in self.blocks):
            raise Fault(f"there are two blocks named `{name}`", piece.at, name)
        body, _, rest = self._close(piece, ("endblock",))
        _end(rest, name)
        block = Block(piece.at, name, body)
        self.blocks.append(block)
        return block


def _set(piece: Piece, parser: Parser) -> Node:
    name = parser.name("the name to set").text
    parser.need("=", "the name")
    return Set(piece.at, name, parser.whole())


def _end(rest: Parser, name: str) -> None:
    """The tag that ends a macro or block may repeat its name."""
    if rest.token.text == name:
        rest.take()
    rest.end()


def _word(piece: Piece) -> str:
    first = piece.tokens[0]
    if first.kind is not Kind.NAME:
        raise Fault("a tag begins with its name, such as `if`", piece.at)
    return first.text


def _unknown(word: str) -> str:
    if word in _INNER:
        return f"`{word}` has no tag that it could belong to"
    if word in REFUSED_TAGS:
        return f"the tag `{word}` is not supported: {REFUSED_TAGS[word]}"
    if word == "elif":
        return "`elif` is written `elseif`"
    return f"there is no tag `{word}`{nearest(word, [*(tag.name for tag in TAGS), *_INNER])}"
