"""Filters and functions at their edges; one table each. Their examples are tested by themselves."""

from __future__ import annotations

import pytest

from tests.core.expressions.world import value

pytestmark = pytest.mark.rules

_YAML = ["yes", "010", "12:30", "2024-07-01", "0o7", "1_0", None, 1.5, -3, True]
TABLES: dict[str, list[tuple[str, object]]] = {
    "null goes through": [
        ("null | upper", None),
        ("null | date('yyyy')", None),
        ("null | join(',')", None),
        ("null | number", None),
        ("null | length", 0),
        ("null | default(1)", 1),
        ("null | toJson", "null"),
    ],
    "upper": [("'straße' | upper", "STRASSE"), ("true | upper", "TRUE"), ("1.5 | upper", "1.5")],
    "lower": [("'ÀÉ' | lower", "àé")],
    "capitalize": [("'' | capitalize", ""), ("'aBC' | capitalize", "ABC")],
    "title": [("'o\\'neil  mc-donald' | title", "O'neil  Mc-donald")],
    "trim": [("'\\n a \\t' | trim", "a")],
    "abbreviate": [("'abcd' | abbreviate(4)", "abcd"), ("'abcde' | abbreviate(4)", "a...")],
    "slugify": [
        ("'Ünïcode — & more!' | slugify", "unicode-more"),
        ("'Straße 1' | slugify", "strasse-1"),
    ],
    "substrings": [
        ("'abc' | substringBefore('x')", "abc"),
        ("'abc' | substringAfter('x')", ""),
        ("'abc' | substringBeforeLast('x')", "abc"),
        ("'abc' | substringAfterLast('x')", ""),
        ("'a.b.c' | substringBefore('')", ""),
        ("'a.b.c' | substringAfter('')", "a.b.c"),
    ],
    "replace": [
        ("'aab' | replace({'a': 'b', 'b': 'c'})", "ccc"),
        ("'a1b22' | replace({'[0-9]+': '#'}, regexp=true)", "a#b#"),
        ("'x=1,y=2' | replace({'(\\w)=(\\d)': '$2=$1'}, regexp=true)", "1=x,2=y"),
        ("'2024' | replace({'(?<year>\\d{4})': '<${year}>'}, regexp=true)", "<2024>"),
        ("'a.b' | replace({'.': '\\\\$'})", "a\\$b"),
        ("'n' | replace({'n': 1})", "1"),
    ],
    "split": [
        ("'a,b,,' | split(',')", ["a", "b"]),
        ("'a,b,,' | split(',', -1)", ["a", "b", "", ""]),
        ("'a,b,c' | split(',', 2)", ["a", "b,c"]),
        ("'a1b22c' | split('[0-9]+')", ["a", "b", "c"]),
        ("'abc' | split('')", ["a", "b", "c"]),
        ("'a|b' | split('\\|')", ["a", "b"]),
        ("'' | split(',')", [""]),
    ],
    "escapeChar": [("'a' | escapeChar('double')", "a")],
    "indent": [("'a\\nb' | indent(1, '> ')", "a\n> b"), ("'a' | indent(0)", "a")],
    "urlencode": [
        ("'a b&c=d/é~' | urlencode", "a+b%26c%3Dd%2F%C3%A9%7E"),
        ("'a%20b+c%' | urldecode", "a b c%"),
    ],
    "base64": [("'ü' | base64encode", "w7w="), ("'w7w=' | base64decode", "ü")],
    "first and last": [
        ("[] | first", None),
        ("'' | last", ""),
        ("{'a': 1, 'b': 2} | first", 1),
        ("{'a': 1, 'b': 2} | last", 2),
    ],
    "join": [("[1, null, true, [2]] | join('-')", "1--true-[2]"), ("[] | join(',')", "")],
    "sort": [
        ("['b', 'a'] | sort", ["a", "b"]),
        ("[2, 1.5] | sort", [1.5, 2]),
        ("[] | sort", []),
        ("['b', 'a', 'c'] | rsort", ["c", "b", "a"]),
    ],
    "slice": [("'abc' | slice(1)", "bc"), ("[1, 2, 3] | slice(toIndex=1)", [1])],
    "distinct": [("[1, 1.0, true, '1', [1], [1]] | distinct", [1, True, "1", [1]])],
    "flatten": [("[[1, [2]], 3] | flatten", [1, [2], 3])],
    "merge": [("[] | merge([])", []), ("{} | merge({'a': 1})", {"a": 1})],
    "length": [("{} | length", 0), ("12345 | length", 5)],
    "abs": [("'-7' | abs", 7), ("-2.5 | abs", 2.5)],
    "number": [
        ("' 12 ' | number", 12),
        ("'1.5' | number", 1.5),
        ("'1e3' | number", 1000.0),
        ("'9223372036854775807' | number('LONG')", 9223372036854775807),
        ("'3.0' | number('INT')", 3),
        ("3 | number('FLOAT')", 3.0),
    ],
    "numberFormat": [
        ("0.5 | numberFormat('#.##')", ".5"),
        ("0 | numberFormat('#')", "0"),
        ("1.005 | numberFormat('0.00')", "1.00"),
        ("1.015 | numberFormat('0.00')", "1.01"),
        ("'1.015' | number('BIGDECIMAL') | numberFormat('0.00')", "1.02"),
        ("2.5 | numberFormat('0')", "2"),
        ("3.5 | numberFormat('0')", "4"),
        ("1234567 | numberFormat('#,##0')", "1,234,567"),
        ("1234567 | numberFormat('#,####')", "123,4567"),
        ("7 | numberFormat('000')", "007"),
        ("-7 | numberFormat('0.0')", "-7.0"),
        ("-0.001 | numberFormat('0.0')", "0.0"),
        ("-7 | numberFormat('0;(0)')", "(7)"),
        ("12.5 | numberFormat('0.00 EUR')", "12.50 EUR"),
        ("12 | numberFormat(\"'#'0\")", "#12"),
        ("0.5 | numberFormat('0‰')", "500‰"),
        ("'12' | numberFormat('0.0')", "12.0"),
    ],
    "className": [
        ("1 | className", "java.lang.Integer"),
        ("3000000000 | className", "java.lang.Long"),
        ("99999999999999999999 | className", "java.math.BigInteger"),
        ("1.5 | className", "java.lang.Double"),
        ("true | className", "java.lang.Boolean"),
        ("{} | className", "java.util.LinkedHashMap"),
        ("[] | className", "java.util.ArrayList"),
    ],
    "yaml": [
        ("{'a': [1, true, null], 'ü': 'x'} | yaml", "a:\n- 1\n- true\n- null\nü: x\n"),
        ("'2024-07-01' | yaml", "2024-07-01"),
        ("yaml('a: 1\\nb: [x]')", {"a": 1, "b": ["x"]}),
        ("yaml('')", None),
        ("yaml('[yes, 010, 12:30, 2024-07-01, 0o7, 1_0, ~, 1.5, -3, True]')", _YAML),
    ],
    "fromJson": [
        ("fromJson('[1, 2.5, null, \"a\"]')", [1, 2.5, None, "a"]),
        ("fromJson(null)", None),
        ("json('1')", 1),
        ('fromJson(\'{"a": "x\\ny"}\').a', "x\ny"),
        ('fromIon(\'{"a": 1}\\n{"a": 2}\').a', 1),
    ],
    "max and min": [
        ("max(1, 2.5, -3)", 2.5),
        ("min([3, 1, 2])", 1),
        ("max('a', 'b')", "b"),
    ],
    "kv": [
        ("kv('limit', 'other').most", 5),
        ("kv('limit', namespace='other').most", 5),
        ("kv('nope', errorOnMissing=false)", None),
        ("kv(key='greeting')", "Hello"),
    ],
    "files": [
        ("fileExists('motto.txt')", True),
        ("isFileEmpty('empty.txt')", True),
        ("fileEmpty('empty.txt')", True),
        ("read('empty.txt')", ""),
    ],
    "randomInt": [("randomInt(0, 1)", 0), ("randomInt(lower=-2, upper=2)", 0)],
    "methods": [
        ("'abc'.length()", 3),
        ("{'a': 1}.get('b')", None),
        ("[1, [2]].contains([2])", True),
        ("'a,b'.substring(2)", "b"),
        ("{'size': 7}.size", 7),
        ("[1, 2].length", 2),
        ("'abc'.size", 3),
    ],
    "calendar": [
        ("isWeekend('2024-07-07')", True),
        ("isWeekend('2024-07-08')", False),
        ("isWeekend('2024-07-07T23:00:00Z', timeZone='Asia/Tokyo')", False),
        ("isDayWeekInMonth('2024-07-29', 'monday', 'last')", True),
        ("isDayWeekInMonth('2024-07-22', 'MONDAY', 'LAST')", False),
        ("isDayWeekInMonth('2024-07-09', 'TUESDAY', 'SECOND')", True),
        ("isDayWeekInMonth('2024-07-10', 'TUESDAY', 'SECOND')", False),
        ("dayOfWeek(execution.startDate)", "TUESDAY"),
        ("hourOfDay(execution.startDate)", 6),
        ("now('yyyy')", "2024"),
    ],
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
