"""The part of jq that is understood; the results are those of jq itself."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.core.expressions import jq
from signoff.core.expressions.limits import Budget
from signoff.core.expressions.misuse import Misuse

pytestmark = pytest.mark.rules

PEOPLE = [{"name": "b", "age": 3}, {"name": "a", "age": 2}, {"name": "c", "age": 3}]
ROWS: list[tuple[str, object, list[object]]] = [
    (".", {"a": 1}, [{"a": 1}]),
    (".a", {"a": 1}, [1]),
    (".a.b", {"a": {"b": 2}}, [2]),
    (".a.b", {"a": None}, [None]),
    (".missing", {}, [None]),
    ('."a-b"', {"a-b": 1}, [1]),
    ('.["a-b"]', {"a-b": 1}, [1]),
    ('.a["b"].c', {"a": {"b": {"c": 3}}}, [3]),
    (".[0]", [1, 2], [1]),
    (".[-1]", [1, 2], [2]),
    (".[9]", [1, 2], [None]),
    (".[1:]", [1, 2, 3], [[2, 3]]),
    (".[:1]", [1, 2, 3], [[1]]),
    (".[1:2]", "abc", ["b"]),
    (".[]", [1, 2], [1, 2]),
    (".[]", {"a": 1, "b": 2}, [1, 2]),
    (".[].name", PEOPLE, ["b", "a", "c"]),
    (".a[]?", {"a": 1}, []),
    (".a?", [1], []),
    ("try .a catch \"no\"", [1], ["no"]),
    (".[] | .age + 1", PEOPLE, [4, 3, 4]),
    (".a, .b", {"a": 1, "b": 2}, [1, 2]),
    ("[.[] | .age]", PEOPLE, [[3, 2, 3]]),
    ("{name: .a, b}", {"a": 1, "b": 2}, [{"name": 1, "b": 2}]),
    ('{"x": 1, (.k): 2}', {"k": "y"}, [{"x": 1, "y": 2}]),
    ("{a: (1, 2)}", None, [{"a": 1}, {"a": 2}]),
    ("1 + 2 * 3 - 4 / 2", None, [5]),
    ("7 % 3", None, [1]),
    ("1 / 2", None, [0.5]),
    ("-(1 + 2)", None, [-3]),
    ('"a" + "b"', None, ["ab"]),
    ("null + 1", None, [1]),
    ("[1, 2] - [2]", None, [[1]]),
    ('{"a": {"b": 1}} * {"a": {"c": 2}}', None, [{"a": {"b": 1, "c": 2}}]),
    ('"a,b" / ","', None, [["a", "b"]]),
    ("1 == 1.0, 1 != 2, 1 < 2, [1] < {}", None, [True, True, True, True]),
    ("true and false, true or false, (null | not)", None, [False, True, True]),
    (".a // \"x\"", {"a": None}, ["x"]),
    (".a // .b // 3", {"b": False}, [3]),
    ("(.[] | .x) // 1", [{}], [1]),
    ("if . > 1 then \"big\" elif . == 1 then \"one\" else \"small\" end", 1, ["one"]),
    ("if . then 1 end", False, [False]),
    ("reduce .[] as $x (0; . + $x)", [1, 2, 3], [6]),
    (".a as $x | .b | . + $x", {"a": 1, "b": 2}, [3]),
    ('"\\(.a) and \\(.b + 1)"', {"a": "x", "b": 1}, ["x and 2"]),
    ("length", [1, 2], [2]),
    ("length", None, [0]),
    ("keys", {"b": 1, "a": 2}, [["a", "b"]]),
    ("keys_unsorted", {"b": 1, "a": 2}, [["b", "a"]]),
    ("map(. * 2)", [1, 2], [[2, 4]]),
    ("map(select(.age == 3) | .name)", PEOPLE, [["b", "c"]]),
    ("map_values(. + 1)", {"a": 1}, [{"a": 2}]),
    ("sort_by(.name) | map(.name)", PEOPLE, [["a", "b", "c"]]),
    ("sort_by(.age, .name) | .[0].name", PEOPLE, ["a"]),
    ("group_by(.age) | map(length)", PEOPLE, [[1, 2]]),
    ("unique_by(.age) | length", PEOPLE, [2]),
    ("min_by(.age).name, max_by(.age).name", PEOPLE, ["a", "c"]),
    ("sort, unique, reverse", [3, 1, 3], [[1, 3, 3], [1, 3], [3, 1, 3]]),
    ("sort", [None, True, False, "a", 1, [], {}], [[None, False, True, 1, "a", [], {}]]),
    ("min, max, add", [3, 1, 2], [1, 3, 6]),
    ("add", [], [None]),
    ("any, all", [True, False], [True, False]),
    ("any(. > 1), all(. > 1)", [1, 2], [True, False]),
    ("first, last", [1, 2], [1, 2]),
    ("first(.[] | select(. > 1))", [1, 2, 3], [2]),
    ("flatten", [1, [2, [3]]], [[1, 2, 3]]),
    ("to_entries", {"a": 1}, [[{"key": "a", "value": 1}]]),
    ("from_entries", [{"key": "a", "value": 1}, {"k": "b", "v": 2}], [{"a": 1, "b": 2}]),
    ("has(\"a\"), has(\"b\")", {"a": 1}, [True, False]),
    ("contains({a: [1]})", {"a": [1, 2]}, [True]),
    ('contains("ea")', "team", [True]),
    ('join(", ")', ["a", 1, None], ["a, 1, "]),
    ('split(",")', "a,b", [["a", "b"]]),
    ("[range(3)], [range(1; 3)]", None, [[0, 1, 2], [1, 2]]),
    ('startswith("a"), endswith("a")', "ab", [True, False]),
    ('ltrimstr("a"), rtrimstr("b")', "ab", ["b", "a"]),
    ("tostring, tojson", {"a": 1}, ['{"a":1}', '{"a":1}']),
    ("tonumber", "1.5", [1.5]),
    ("floor, ceil, round", 1.5, [1, 2, 2]),
    ("abs", -2, [2]),
    ("with_entries({key: .key, value: (.value + 1)})", {"a": 1}, [{"a": 2}]),
    ("[..]", [1, [2]], [[[1, [2]], 1, [2], 2]]),
    ("[.. | numbers]", {"a": [1, {"b": 2}], "c": "x"}, [[1, 2]]),
    ("[limit(2; .[])]", [1, 2, 3], [[1, 2]]),
    ("[.[] | values]", [1, None, False], [[1, False]]),
    ("map(select(test(\"^a+$\")))", ["aa", "b"], [["aa"]]),
    ("flatten(1)", [1, [2, [3]]], [[1, 2, [3]]]),
    ("fromjson", "[1]", [[1]]),
    ('index("b")', "abc", [1]),
    ('index("x")', "abc", [None]),
    ("ascii_downcase, ascii_upcase", "aB", ["ab", "AB"]),
    ("type", [], ["array"]),
    ("empty", 1, []),
    (".value * 2  # doubled", {"value": 2}, [4]),
]  # fmt: skip


@pytest.mark.parametrize(("program", "value", "results"), ROWS, ids=[row[0] for row in ROWS])
def test_program(program: str, value: object, results: list[object]) -> None:
    found = jq.run(program, value, Budget())
    assert found == results
    assert [type(each) for each in found] == [type(each) for each in results]


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("", "a value must come here"),
        (".a |", "a value must come here"),
        (".a .", "a key must follow `.`"),
        ("[1", "`]` must follow the items"),
        ("{a", "`,` must follow an entry"),
        ("if . then 1", "`end` must follow `if`"),
        (".a = 1", "`=` is not supported"),
        (".a |= 1", "`|=` is not supported"),
        ("def f: 1; f", "`def` is not supported"),
        (
            "@base64",
            "the function `@base64` with 0 arguments is not supported; there are: abs, add",
        ),
        ("map", "the function `map` with 0 arguments is not supported"),
        ("$x", "has no variable $x"),
        ('"\\(1"', "`\\(` is not closed"),
        ("1 as x | 2", "a variable must follow `as`"),
        ("{} + 1", "cannot add object and number"),
        ("{(1): 2}", "needs text as a key, not number"),
        ("(" * 60 + "1" + ")" * 60, "nests deeper than 40 levels"),
        ("1" + "+1" * 100, "more than 60 parts in a row"),
    ],
)
def test_refused(program: str, why: str) -> None:
    with pytest.raises(Misuse) as caught:
        jq.run(program, {}, Budget())
    assert why in str(caught.value)


PIECES = st.sampled_from(
    [
        *'.|,:;()[]{}+-*/%<>?" ',
        *("==", "//", "and", "or", "as", "$x", "if", "then", "else", "end", "reduce", "try"),
        *("catch", ".a", ".[0]", "1", '"s"', "\\(", "map(", "select(", "length", "keys", "add"),
        *("not", "empty", "range(3)", "sort", "null", "true"),
    ]
)


@given(st.lists(PIECES, max_size=14).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_program_raises_anything_else(program: str) -> None:
    with suppress(Misuse):
        jq.run(program, {"a": [1, "x", None, {"b": True}]}, Budget())
