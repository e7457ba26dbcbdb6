"""What operators do, in which order, and what literals are; one table each."""

from __future__ import annotations

import pytest

from tests.core.expressions.world import shown, value

pytestmark = pytest.mark.rules

LITERALS = [
    ("100", 100),
    ("10L", 10),
    ("10l * 2", 20),
    ("2.5", 2.5),
    ("-3", -3),
    ("true", True),
    ("false", False),
    ("null", None),
    ("none", None),
    ("'it\\'s'", "it's"),
    ('"a \\"b\\""', 'a "b"'),
    ("'a\\nb\\t\\u0041\\\\'", "a\nb\tA\\"),
    ("'\\d+'", "\\d+"),
    ('"Hello #{inputs.name}!"', "Hello Rick!"),
    ("'Hello #{inputs.name}'", "Hello #{inputs.name}"),
    ('"no \\#{insert}"', "no #{insert}"),
    ("[1, 'a', [true], ]", [1, "a", [True]]),
    ("{'a': 1, \"b\": {'c': [2]}, }", {"a": 1, "b": {"c": [2]}}),
    ("{inputs.name: 1}", {"Rick": 1}),
    ("[]", []),
    ("{}", {}),
    ("'}}' ~ '%}'", "}}%}"),
]
FALLBACKS = [
    ("missing ?? 'x'", "x"),
    ("inputs.missing ?? 'x'", "x"),
    ("missing.a.b[0].c ?? 'x'", "x"),
    ("inputs.none ?? 'x'", "x"),
    ("inputs.none.deep.er ?? 'x'", "x"),
    ("inputs.list[9] ?? 'x'", "x"),
    ("inputs.name.part ?? 'x'", "x"),
    ("a ?? b ?? c ?? 'x'", "x"),
    ("inputs.no ?? 'x'", False),
    ("'' ?? 'x'", ""),
    ("inputs.none ??? 'x'", None),
    ("missing ??? 'x'", "x"),
    ("kv('nothing') ?? 'x'", "x"),
    ("secret('NOTHING') ?? 'x'", "x"),
    ("missing | default('x')", "x"),
    ("inputs.none | default('x')", "x"),
    ("'' | default('x')", "x"),
    ("0 | default('x')", 0),
    ("missing.deep | upper | default('x')", "x"),
    ("(missing | default(null)) ?? 'x'", "x"),
]
CHOICES = [
    ("true ? 1 : 2", 1),
    ("'' ? 1 : 2", 2),
    ("null ? 1 : 2", 2),
    ("0 ? 1 : 2", 2),
    ("[] ? 1 : 2", 2),
    ("'false' ? 1 : 2", 1),
    ("true ? missing ?? 'a' : 2", "a"),
    ("true ? 1 : missing", 1),
    ("false ? 1 : true ? 2 : 3", 2),
    ("true ? false ? 1 : 2 : 3", 2),
    ("inputs.count > 2 ? 'many' : 'few'", "many"),
    ("{'a': true ? 1 : 2}", {"a": 1}),
]
JOINING = [
    ("'a' ~ 1 ~ null ~ true ~ [1]", "a1true[1]"),
    ("1 + 'a'", "1a"),
    ("'a' + 1 + 2", "a12"),
    ("1 + 2 + 'a'", "3a"),
    ("'a' + null", "a"),
    ("[1] + [2, 3]", [1, 2, 3]),
    ("[1] + 2", [1, 2]),
    ("[1, 2, 1] - 1", [2]),
    ("[1, 2, 3] - [1, 3]", [2]),
]
NUMBERS = [
    ("1 + 2", 3),
    ("3 - 5", -2),
    ("2 * 2.5", 5.0),
    ("1 / 2", 0.5),
    ("4 / 2", 2.0),
    ("11 % 7", 4),
    ("-11 % 7", -4),
    ("5.5 % 2", 1.5),
    ("2 + 2 / ( 10 % 3 ) * (8 - 1)", 16.0),
    ("--3", 3),
    ("+3", 3),
    ("9223372036854775807 + 1", 9223372036854775808),
    ("'1.10' | number('BIGDECIMAL') + 1 == 2.1", True),
]
COMPARISONS = [
    ("1 == 1.0", True),
    ("'1' == 1", False),
    ("true == 1", False),
    ("null == null", True),
    ("null == ''", False),
    ("'a' equals 'a'", True),
    ("[1, {'a': [2]}] == [1.0, {'a': [2]}]", True),
    ("[true] == [1]", False),
    ("1 != 2", True),
    ("1 < 1.5", True),
    ("'a' < 'b'", True),
    ("2 >= 2", True),
    ("2 <= 1", False),
    ("2 > 1", True),
    ("execution.startDate < now()", False),
    ("execution.startDate == now()", True),
]
CONTAINMENT = [
    ("['a', 'b'] contains 'a'", True),
    ("['a', 'b'] contains ['a', 'b']", True),
    ("['a', 'b'] contains ['a', 'c']", False),
    ("{'apple': 'red'} contains 'apple'", True),
    ("'main' contains 'ai'", True),
    ("'main' contains 'x'", False),
    ("null contains 'x'", False),
    ("[1] contains true", False),
    ("['a'] not contains 'a'", False),
    ("'a' isIn ['a']", True),
    ("'b' not isIn ['a']", True),
]
RANGES = [
    ("0..3", [0, 1, 2, 3]),
    ("'a'..'d'", ["a", "b", "c", "d"]),
    ("3..0", []),
    ("range(3, 0, -1)", [3, 2, 1, 0]),
    ("(0..inputs.count) | length", 4),
]
LOGIC = [
    ("true and false", False),
    ("true or missing", True),
    ("false and missing", False),
    ("not true", False),
    ("not null", True),
    ("'' or 'a'", True),
    ("1 and [0]", True),
]
PRECEDENCE = [
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("10 - 2 - 3", 5),
    ("1 + 1 == 2", True),
    ("2 is even and 3 is odd", True),
    ("3 is not even", True),
    ("not 3 is even", True),
    ("not false and false", False),
    ("not false or true", True),
    ("not inputs.list contains 'z'", True),
    ("not 1 == 2", True),
    ("false and false or true", True),
    ("true or false and false", True),
    ("1 < 2 and 2 < 3", True),
    ("-7 | abs", 7),
    ("1 + -7 | abs", 8),
    ("'a' ~ 'b' | upper", "AB"),
    ("'a' + 'b' | upper", "aB"),
    ("missing ?? 'x' | upper", "X"),
    ("missing | default('x') ?? 'y' | upper", "X"),
    ("'a' ~ missing ?? 'x'", "ax"),
    ("inputs.list | length > 2", True),
    ("inputs.list | length + 1", 4),
    ("missing ?? 1 == 1 ? 'one' : 'other'", "one"),
    ("inputs.none is null ? 1 : 2", 1),
]
PATHS = [
    ("inputs.name", "Rick"),
    ("inputs['name']", "Rick"),
    ("outputs['my-task'].value", "hyphen"),
    ("inputs.list[1]", "b"),
    ("inputs.list['1']", "b"),
    ("inputs.list.1", "b"),
    ("outputs.make[taskrun.value].value", "made b"),
    ("outputs.make['a'].value", "made a"),
    ("{'1': 'x'}[1]", "x"),
    ('fromJson(\'{"a": [{"b": 7}]}\').a[0].b', 7),
    ("[[1, 2]][0][1]", 2),
]
TESTS = [
    ("missing is defined", False),
    ("missing.deep is not defined", True),
    ("inputs.name is defined", True),
    ("inputs.none is defined", False),
    ("inputs.none is null", True),
    ("'' is empty", True),
    ("'  ' is empty", True),
    ("{} is empty", True),
    ("null is empty", True),
    ("0 is empty", False),
    ("'a' is not empty", True),
    ("4 is even", True),
    ("-3 is odd", True),
    ("[1] is iterable", True),
    ("{'a': 1} is map", True),
    ("'[1]' is json", True),
    ("'{' is json", False),
    ("1 is json", False),
]
TABLES = {
    "literal": LITERALS,
    "fallback": FALLBACKS,
    "choice": CHOICES,
    "joining": JOINING,
    "number": NUMBERS,
    "comparison": COMPARISONS,
    "containment": CONTAINMENT,
    "range": RANGES,
    "logic": LOGIC,
    "precedence": PRECEDENCE,
    "path": PATHS,
    "test": TESTS,
}


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        pytest.param(expression, result, id=f"{table}: {expression}")
        for table, rows in TABLES.items()
        for expression, result in rows
    ],
)
def test_value(expression: str, result: object) -> None:
    found = value(expression)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("null", ""),
        ("true", "true"),
        ("1.50", "1.5"),
        ("[1, 'ü', null, true, {'a': 0.1}]", '[1,"ü",null,true,{"a":0.1}]'),
        ("inputs.request", '{"name":"Rick Astley","start_date":"2024-07-01"}'),
        ("execution.startDate", "2024-07-09T06:17:01.171193Z"),
        ("[execution.startDate]", '["2024-07-09T06:17:01.171193Z"]'),
        ("'1.10' | number('BIGDECIMAL')", "1.10"),
    ],
)
def test_text(expression: str, result: str) -> None:
    assert shown(expression) == result
