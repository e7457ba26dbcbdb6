"""The text of a jq program into its tree."""

from __future__ import annotations

import re
from functools import lru_cache

from signoff.core.expressions.jq.tree import (
    Attempt,
    Bind,
    Comma,
    Condition,
    Constant,
    Each,
    Function,
    Identity,
    Interpolated,
    Key,
    MakeList,
    MakeMap,
    Negative,
    Operation,
    Pipe,
    Query,
    Reduce,
    Slice,
    Variable,
)
from signoff.core.expressions.literals import unescaped
from signoff.core.expressions.misuse import Misuse

_LONGEST = 10_000
_DEEPEST = 40
_LONGEST_CHAIN = 60
_TOKEN = re.compile(
    r"""\s*(?:\#[^\n]*\s*)*(?:
    (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<variable>\$[A-Za-z_]\w*)
    |(?P<field>\.[A-Za-z_]\w*)
    |(?P<name>[A-Za-z_]\w*|@\w+)
    |(?P<sign>\?//|[|+*/%-]=|//=|//|==|!=|<=|>=|\.\.|[-|,.:;()\[\]{}+*/%<>=?])
    |(?P<end>$))""",
    re.VERBOSE | re.DOTALL,
)
_STRENGTHS = {
    "//": 2, "or": 3, "and": 4, "==": 5, "!=": 5, "<": 5, "<=": 5, ">": 5, ">=": 5,
    "+": 6, "-": 6, "*": 7, "/": 7, "%": 7,
}  # fmt: skip
_REFUSED = frozenset({"=", "|=", "+=", "-=", "*=", "/=", "%=", "//=", "?//"})
_REFUSED_WORDS = frozenset({"def", "foreach", "label", "import", "include", "input", "inputs"})
_WORDS: dict[str, object] = {"null": None, "true": True, "false": False}
_KEYWORDS = frozenset(
    {"if", "then", "elif", "else", "end", "as", "reduce", "try", "catch", "and", "or"}
)


@lru_cache(maxsize=256)
def read(program: str) -> Query:
    """The tree of a program.

    Raises:
        Misuse: it cannot be read, or uses what is not supported.
    """
    if len(program) > _LONGEST:
        raise Misuse(f"reads programs of at most {_LONGEST:,} characters")
    reader = _Reader(program, 0)
    query = reader.pipe()
    reader.need("", "the program")
    return query


class _Reader:
    def __init__(self, program: str, depth: int) -> None:
        self._program = program
        self._position = 0
        self._depth = depth
        self._advance()

    def _advance(self) -> None:
        match = _TOKEN.match(self._program, self._position)
        if match is None:
            raise self._wrong(f"`{self._program[self._position :].strip()[:10]}` cannot stand here")
        self._kind = str(match.lastgroup)
        self._word = match[self._kind]
        self._position = match.end()
        if self._word in (_REFUSED if self._kind == "sign" else _REFUSED_WORDS):
            raise self._wrong(f"`{self._word}` is not supported")

    def _wrong(self, why: str) -> Misuse:
        return Misuse(f"cannot read the program {self._program[:80]!r}: {why}")

    def sees(self, word: str) -> bool:
        return self._word == word and self._kind in ("sign", "name", "end")

    def skip(self, word: str) -> bool:
        found = self.sees(word)
        if found:
            self._advance()
        return found

    def need(self, word: str, after: str) -> None:
        if not self.sees(word):
            wanted = f"`{word}`" if word else "nothing"
            raise self._wrong(f"{wanted} must follow {after}, not `{self._word}`")
        if word:
            self._advance()

    def pipe(self) -> Query:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong(f"it nests deeper than {_DEEPEST} levels")
        left = self._comma()
        if self.skip("as"):
            if self._kind != "variable":
                raise self._wrong("a variable must follow `as`")
            name = self._word
            self._advance()
            self.need("|", "the variable")
            left = Bind(left, name, self.pipe())
        elif self.skip("|"):
            left = Pipe(left, self.pipe())
        self._depth -= 1
        return left

    def _comma(self) -> Query:
        left = self._operations(0)
        chain = 0
        while self.skip(","):
            chain = self._longer(chain)
            left = Comma(left, self._operations(0))
        return left

    def _longer(self, chain: int) -> int:
        if chain >= _LONGEST_CHAIN:
            raise self._wrong(f"it has more than {_LONGEST_CHAIN} parts in a row")
        return chain + 1

    def _operations(self, least: int) -> Query:
        left = self._postfix()
        chain = 0
        while self._kind in ("sign", "name") and _STRENGTHS.get(self._word, 0) > least:
            sign, strength = self._word, _STRENGTHS[self._word]
            chain = self._longer(chain)
            self._advance()
            # `//` takes all that follows as its other side.
            right = self._operations(strength - 1 if sign == "//" else strength)
            left = Operation(sign, left, right)
        return left

    def _postfix(self) -> Query:
        query = self._term()
        chain = 0
        while True:
            chain = self._longer(chain)
            if self._kind == "field":
                query = Key(query, Constant(self._word[1:]))
                self._advance()
            elif self.skip("."):
                query = self._after_dot(query)
            elif self.skip("["):
                query = self._brackets(query)
            elif self.skip("?"):
                query = Attempt(query)
            else:
                return query

    def _after_dot(self, query: Query) -> Query:
        if self._kind == "string":
            return Key(query, self._string())
        if self.skip("["):
            return self._brackets(query)
        raise self._wrong("a key must follow `.`")

    def _brackets(self, query: Query) -> Query:
        if self.skip("]"):
            return Each(query)
        if self.skip(":"):
            end = self.pipe()
            self.need("]", "the end")
            return Slice(query, None, end)
        key = self.pipe()
        if self.skip(":"):
            slice_end = None if self.sees("]") else self.pipe()
            self.need("]", "the end")
            return Slice(query, key, slice_end)
        self.need("]", "the key")
        return Key(query, key)

    def _term(self) -> Query:
        kind, word = self._kind, self._word
        if kind == "string":
            return self._string()
        if kind == "field":
            self._advance()
            return Key(Identity(), Constant(word[1:]))
        if kind == "end" or word in _KEYWORDS - {"if", "reduce", "try"}:
            raise self._wrong(f"a value must come here, not `{word}`")
        self._advance()
        match kind:
            case "number":
                return Constant(float(word) if set(word) & set(".eE") else int(word[:400]))
            case "variable":
                return Variable(word)
            case "name":
                return self._named(word)
        match word:
            case ".":
                return (
                    self._after_dot(Identity())
                    if self._kind == "string" or self.sees("[")
                    else Identity()
                )
            case "..":
                return Function("recurse", ())
            case "-":
                return Negative(self._postfix())
            case "(":
                inner = self.pipe()
                self.need(")", "the query in brackets")
                return inner
            case "[":
                if self.skip("]"):
                    return MakeList(None)
                inner = self.pipe()
                self.need("]", "the items")
                return MakeList(inner)
            case "{":
                return self._map()
        raise self._wrong(f"a value must come here, not `{word}`")

    def _named(self, word: str) -> Query:
        if word in _WORDS:
            return Constant(_WORDS[word])
        if word == "if":
            return self._if()
        if word == "reduce":
            return self._reduce()
        if word == "try":
            attempt = self._postfix()
            return Attempt(attempt, self._postfix() if self.skip("catch") else None)
        arguments: list[Query] = []
        if self.skip("("):
            arguments.append(self.pipe())
            while self.skip(";"):
                arguments.append(self.pipe())
            self.need(")", "the arguments")
        return Function(word, tuple(arguments))

    def _if(self) -> Query:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong(f"it nests deeper than {_DEEPEST} levels")
        condition = self.pipe()
        self.need("then", "the condition")
        yes = self.pipe()
        no: Query = Identity()
        if self.skip("elif"):
            no = self._if()
        else:
            if self.skip("else"):
                no = self.pipe()
            self.need("end", "`if`")
        self._depth -= 1
        return Condition(condition, yes, no)

    def _reduce(self) -> Query:
        source = self._postfix()
        self.need("as", "what is reduced")
        name = self._word
        if self._kind != "variable":
            raise self._wrong("a variable must follow `as`")
        self._advance()
        self.need("(", "the variable")
        start = self.pipe()
        self.need(";", "the first value")
        update = self.pipe()
        self.need(")", "the next value")
        return Reduce(source, name, start, update)

    def _map(self) -> Query:
        entries: list[tuple[Query, Query]] = []
        while not self.skip("}"):
            entries.append(self._entry())
            if not self.sees("}"):
                self.need(",", "an entry")
        return MakeMap(tuple(entries))

    def _entry(self) -> tuple[Query, Query]:
        kind, word = self._kind, self._word
        key: Query
        if kind == "variable":
            self._advance()
            return Constant(word[1:]), Variable(word)
        if kind == "string":
            key = self._string()
        elif kind == "name":
            self._advance()
            key = Constant(word)
        elif self.skip("("):
            key = self.pipe()
            self.need(")", "the key")
            self.need(":", "the key")
            return key, self._operations(1)
        else:
            raise self._wrong(f"a key must come here, not `{word}`")
        if self.skip(":"):
            return key, self._operations(1)
        return key, Key(Identity(), key)

    def _string(self) -> Query:
        raw = self._word[1:-1]
        parts: list[Query] = []
        position = 0
        while (start := _interpolation(raw, position)) >= 0:
            end = _closing(raw, start + 2)
            if end < 0:
                raise self._wrong("`\\(` is not closed")
            parts.append(Constant(unescaped(raw[position:start])))
            inner = _Reader(raw[start + 2 : end], self._depth + 1)
            parts.append(inner.pipe())
            inner.need("", "the query in a text")
            position = end + 1
        self._advance()
        rest = Constant(unescaped(raw[position:]))
        return Interpolated((*parts, rest)) if parts else rest


def _interpolation(raw: str, position: int) -> int:
    while 0 <= (at := raw.find("\\", position)) < len(raw) - 1:
        if raw[at + 1] == "(":
            return at
        position = at + 2
    return -1


def _closing(raw: str, position: int) -> int:
    depth = 0
    for at in range(position, len(raw)):
        if raw[at] == ")" and depth == 0:
            return at
        depth += (raw[at] == "(") - (raw[at] == ")")
    return -1
