"""Writes `docs/reference/expressions.md` from what expressions offer.

Run it after changing a filter, function, test, method, operator, tag, date letter or limit; a test
fails when the page differs. The examples on the page are run by `tests/core/expressions`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from signoff.core.expressions.catalogue import INSTEAD, SHELVES
from signoff.core.expressions.dates.patterns import LETTERS, NAMED
from signoff.core.expressions.grammar import OPERATORS, REFUSED_TAGS, TAGS
from signoff.core.expressions.limits import LIMITS
from signoff.core.expressions.registry import Offer, Shelf

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "expressions.md"

HEAD = """\
# Expressions

<!-- Made by tools/expressions_doc.py from src/signoff/core/expressions: change it there. -->

In a YAML flow, `{{ … }}` stands for the value of an expression, `{% … %}` is a tag, and `{# … #}` a
comment. The language is that of Pebble templates, as flows of others use it. What is on this page
is all there is: expressions cannot reach into Python, and each rendering has an end.

```
message: "Hello {{ inputs.name | default('you') }}, due {{ execution.startDate | date('dd.MM.') }}"
```

## Values

| written | is |
|---|---|
| `'text'`, `"text"` | a text; `\\\\`, `\\'`, `\\"`, `\\n`, `\\t`, `\\r`, `\\uXXXX` are escapes |
| `"Hello #{inputs.name}"` | a text in double quotes with an expression inside |
| `12`, `12L`, `2.5` | numbers; whole ones are exact |
| `true`, `false`, `null` | also `none` |
| `['a', 1]`, `{'key': 1}` | a list, a map; the keys of a map are expressions too |
| `inputs.name`, `list[0]` | what lies inside of a map or list |
| `outputs['my-task'].value` | names with a hyphen stand in brackets |

- **In a text** null is nothing, lists and maps are compact JSON, moments ISO 8601.
- **A property that is nothing but one expression** keeps the type of its value, where a typed value
  is wanted.
- **As a condition** inside of an expression null, false, 0 and anything empty count as false,
  everything else as true.
- **What is not there** is an error that says where, and what is there instead. `??`, `default` and
  `is defined` ask first.
- **Values are not rendered again**: a text with `{{ … }}` in a variable stays as it is;
  `render(vars.x)` renders it.
- **A backslash** that escapes nothing stays, so `'\\d+'` needs no second one.
- **White space** stays as written; `{{-` and `-}}` (and `{%-`, `-%}`, `{#-`, `-#}`) take away what
  is before and behind.

## Operators

The upper bind tighter than the lower; those of one strength go from left to right. `.` and `[ ]`
bind tightest, then the sign before a number.

"""
REST = """\

Between `~` and `*` stand filters, so `a ?? b | upper` filters whatever `??` gives, and
`1 + list | length` adds to a length. `value is test` and `value is not test` come after the
comparisons, `not` before `and`, and `condition ? yes : no` last of all.

"""
DATES = """\
### Patterns of dates

Text stands in `'quotes'`; what is in `[brackets]` may be missing when a date is read. Names of
months and days are English.

"""
REGEXES = """\

## Regular expressions

`split`, `replace(…, regexp=true)` and the `validator` of an input take Java's regular expressions,
and work in time that grows with the text and the pattern only; looking ahead (`(?=…)`, `(?!…)`)
pays for what it looks at. What rules that out is refused: looking behind, references back,
and possessive quantifiers. There are characters and classes (`[a-z]`, `\\d`,
`\\w`, `\\s` and their opposites), `.`, `^`, `$`, `\\b`, groups (also `(?:…)` and `(?<name>…)`),
`|`, all quantifiers (greedy or not), and `(?i)`, `(?s)`, `(?m)` at the beginning. A replacement may
have `$1` and `${name}`.

## Not supported

"""
LIMITS_TEXT = f"""\

## Limits

Whatever is written ends: a rendering that does more is an error.

| what | at most |
|---|---|
| characters of one text with expressions | {LIMITS.template:,} |
| depth of expressions, values | {LIMITS.nesting} |
| steps of one rendering (about one for each part worked out) | {LIMITS.steps:,} |
| characters of the result, and of each text on the way | {LIMITS.output:,} |
| items of a list on the way | {LIMITS.items:,} |
| bits of a whole number | {LIMITS.bits:,} |
| times that `render()` renders what it rendered | {LIMITS.renders} |
| depth of macros and blocks calling each other | {LIMITS.calls} |
"""
_HEADINGS = {"filter": "Filters", "function": "Functions", "test": "Tests", "method": "Methods"}
_INTROS = {
    "filter": "`value | filter(arguments)`. Arguments are given in their order or by name; those\n"
    "with `?` may be left out. Null goes through most filters unchanged.",
    "function": "`function(arguments)`.",
    "test": "`value is test`, `value is not test`.",
    "method": "`value.method(arguments)`: the few that texts, lists and maps have, for flows that\n"
    "were written for Java.",
}


def page() -> str:
    """The text of the page."""
    return "".join(
        (HEAD, _operators(), REST, _tags(), *_offers(), REGEXES, _refused(), LIMITS_TEXT)
    )


def _operators() -> str:
    rows = [
        (", ".join(map(_code, each.signs)), each.says, _examples(each.examples))
        for each in sorted(OPERATORS, key=lambda each: -each.strength)
    ]
    return _table(("operator", "what it does", "examples"), rows)


def _tags() -> str:
    rows = [(_code(each.name), each.says, _examples(each.examples, whole=True)) for each in TAGS]
    return "## Tags\n\n" + _table(("tag", "what it does", "examples"), rows)


def _offers() -> Iterable[str]:
    kind = ""
    for shelf in SHELVES:
        if shelf.kind != kind:
            kind = shelf.kind
            yield f"\n## {_HEADINGS[kind]}\n\n{_INTROS[kind]}\n\n"
        if kind in ("filter", "function"):
            yield f"### {shelf.title}\n\n"
        yield _shelf(shelf)
        yield "\n"
        if shelf.title == "Dates" and kind == "filter":
            yield _dates()


def _shelf(shelf: Shelf) -> str:
    rows = [(_signature(each), each.says, _examples(each.examples)) for each in shelf.offers]
    return _table((shelf.kind, "what it gives", "examples"), rows)


def _signature(offer: Offer) -> str:
    older = f", older: {', '.join(map(_code, offer.aliases))}" if offer.aliases else ""
    return f"{_code(offer.signature)}{older}"


def _dates() -> str:
    letters = _table(("letter", "stands for"), [(_code(a), says) for a, says in LETTERS.items()])
    named = _table(("name", "pattern"), [(_code(a), _code(b)) for a, b in NAMED.items()])
    return f"{DATES}{letters}\n{named}\n"


def _refused() -> str:
    rows = [
        (_code(f"{name}()" if kind == "function" else name), says)
        for kind, known in INSTEAD.items()
        for name, says in known.items()
    ]
    rows += [(_code(f"{{% {name} %}}"), says) for name, says in REFUSED_TAGS.items()]
    return _table(("what", "why, or what to do instead"), rows)


def _examples(examples: Iterable[tuple[str, str]], *, whole: bool = False) -> str:
    return "<br>".join(
        f"{_code(written)} → {_code(result) if result else 'nothing'}"
        for written, result in examples
    )


def _code(text: str) -> str:
    """Text as code in a table, where a line break would end the row."""
    shown = text.replace("\n", "⏎")
    return f"`{shown}`" if "`" not in shown else f"`` {shown} ``"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
