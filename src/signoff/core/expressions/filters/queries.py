"""The filter `jq`."""

from __future__ import annotations

import importlib

from signoff.core.expressions import coercing
from signoff.core.expressions.registry import Call, Shelf

QUERIES = Shelf("filter", "Queries")


@QUERIES.add(
    "jq",
    "What a program in a part of the language jq makes of the value: always a list. It knows paths,"
    " `[]`, slices, `|`, `,`, operators, `//`, `if`, `reduce`, `as $x`, texts with `\\(…)`, lists,"
    " maps, `?`, `..`, and functions such as `map`, `select`, `keys`, `sort_by`, `to_entries`.",
    ("{'task1': {'value': 1}} | jq('.task1.value') | first", "1"),
    ("[{'slug': 'a'}, {'slug': 'b'}] | jq('.[].slug')", '["a","b"]'),
    ("[72, 88] | jq('reduce .[] as $num (0; .+$num)') | first", "160"),
    ("[1, 2, 3] | jq('map(select(. > 1))')", "[[2,3]]"),
    takes="expression",
    of_null=True,
)
def _jq(call: Call, value: object, expression: object) -> object:
    program = coercing.string(call, expression, "expression")
    jq = importlib.import_module("signoff.core.expressions.jq")
    return jq.run(program, value, call.budget)
