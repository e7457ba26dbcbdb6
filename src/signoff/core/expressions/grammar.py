"""Operators and tags: which there are, and how tightly operators bind.

Owns the table the parser goes by and the reference shows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator between two operands.

    Args:
        signs: how it is written.
        strength: how tightly it binds; the greater goes first, equals from left to right.
        says: one line about it.
        examples: expressions with what they render to.
    """

    signs: tuple[str, ...]
    strength: int
    says: str
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag.

    Args:
        name: its first word.
        says: one line about it.
        examples: templates with what they render to.
        inner: the words that may stand inside, and end it.
    """

    name: str
    says: str
    examples: tuple[tuple[str, str], ...]
    inner: tuple[str, ...] = ()


UNARY_SIGN = 130
COALESCE = 120
FILTER = 100
TEST = 20
NOT = 18

OPERATORS = (
    Operator(
        ("??",),
        COALESCE,
        "The second where the first is null, or not there, at any depth.",
        (("missing.a.b ?? 'x'", "x"), ("null ?? 1 ?? 2", "1")),
    ),
    Operator(
        ("???",),
        COALESCE,
        "The second where the first is not there; null stays.",
        (("missing ??? 'x'", "x"), ("(null ??? 'x') is null", "true")),
    ),
    Operator(("~",), 110, "Both as one text.", (("'a' ~ 1 ~ true", "a1true"),)),
    Operator(
        ("..",),
        110,
        "The whole numbers, or letters, from one to the other.",
        (("0..3", "[0,1,2,3]"),),
    ),
    Operator(("*",), 60, "The product.", (("2 * 3", "6"), ("2 + 2 * 3", "8"))),
    Operator(("/",), 60, "The quotient, with its fraction.", (("1 / 2", "0.5"),)),
    Operator(("%",), 60, "What is left of a division.", (("11 % 7", "4"),)),
    Operator(
        ("+",),
        40,
        "The sum; both as one text when one of them is text; a longer list.",
        (("1 + 2", "3"), ("1 + 'a'", "1a"), ("[1] + 2", "[1,2]")),
    ),
    Operator(
        ("-",),
        40,
        "The difference; a list without an item.",
        (("3 - 2", "1"), ("[1, 2] - 1", "[2]")),
    ),
    Operator(
        ("==", "equals"),
        30,
        "They are equal; a number and a text never are.",
        (("1 == 1.0", "true"), ("'1' equals 1", "false")),
    ),
    Operator(("!=",), 30, "They are not equal.", (("1 != 2", "true"),)),
    Operator(("<",), 30, "Less than: of numbers, dates, or texts.", (("1 < 2", "true"),)),
    Operator(("<=",), 30, "Less than, or equal.", (("2 <= 2", "true"),)),
    Operator((">",), 30, "Greater than.", (("1 > 2", "false"),)),
    Operator((">=",), 30, "Greater than, or equal.", (("2 >= 3", "false"),)),
    Operator(
        ("contains", "not contains"),
        30,
        "A list has an item, or all of a list; a map has a key; a text has a part.",
        (
            ("['a', 'b', 'c'] contains ['a', 'c']", "true"),
            ("{'apple': 'red'} contains 'pear'", "false"),
            ("'team' not contains 'ea'", "false"),
        ),
    ),
    Operator(
        ("isIn", "not isIn"),
        30,
        "`contains` the other way round.",
        (("'SUCCESS' isIn ['SUCCESS', 'KILLED']", "true"),),
    ),
    Operator(
        ("and",), 15, "Both count as true.", (("true and not false", "true"), ("'' and 1", "false"))
    ),
    Operator(("or",), 10, "One of them counts as true.", (("false or 1", "true"),)),
)

STRENGTHS = {sign: each.strength for each in OPERATORS for sign in each.signs}
WORDS = frozenset({"and", "or", "not", "is", "contains", "equals", "isIn"})
"""Words that are operators, and so no names."""

TAGS = (
    Tag(
        "if",
        "One branch, by conditions.",
        (
            (
                "{% if 1 > 2 %}a{% elseif null %}b{% else %}c{% endif %}",
                "c",
            ),
        ),
        ("elseif", "else", "endif"),
    ),
    Tag(
        "for",
        "Once for each item of a list, or each `entry.key` and `entry.value` of a map, with"
        " `loop.index` (from 0), `loop.length`, `loop.first`, `loop.last` and `loop.revindex`;"
        " `else` when there are none.",
        (
            ("{% for x in ['a', 'b'] %}{{ loop.index }}{{ x }} {% endfor %}", "0a 1b "),
            ("{% for e in {'k': 1} %}{{ e.key }}={{ e.value }}{% endfor %}", "k=1"),
            ("{% for x in [] %}{{ x }}{% else %}none{% endfor %}", "none"),
        ),
        ("else", "endfor"),
    ),
    Tag("set", "Gives a name to a value.", (("{% set x = 1 + 2 %}{{ x }}", "3"),)),
    Tag(
        "filter",
        "Filters what stands inside.",
        (("{% filter lower | title %}HELLO WORLD{% endfilter %}", "Hello World"),),
        ("endfilter",),
    ),
    Tag(
        "macro",
        "A piece with arguments, called like a function; it sees nothing but them.",
        (
            (
                "{% macro hi(name, greeting='Hello') %}{{ greeting }} {{ name }}{% endmacro %}"
                "{{ hi('Rick') }}",
                "Hello Rick",
            ),
        ),
        ("endmacro",),
    ),
    Tag(
        "block",
        "A piece that `block(name)` renders again.",
        (("{% block post %}x{% endblock %}{{ block('post') }}", "xx"),),
        ("endblock",),
    ),
    Tag(
        "raw",
        "What stands inside is left as it is; also `verbatim`.",
        (("{% raw %}{{ user.name }}{% endraw %}", "{{ user.name }}"),),
    ),
)

REFUSED_TAGS = {
    "extends": "there is no inheritance of templates",
    "include": "there are no templates beside this one; use read('file')",
    "import": "there are no templates beside this one; define the macro here",
    "embed": "there are no templates beside this one",
    "from": "there are no templates beside this one; define the macro here",
    "autoescape": "nothing is escaped; use a filter such as toJson or urlencode",
    "cache": "nothing is cached",
    "parallel": "nothing is rendered in parallel",
    "flush": "the result is rendered as a whole",
    "do": "expressions change nothing; use set",
}
"""Tags of Pebble's that are left out, with why and what to do."""
