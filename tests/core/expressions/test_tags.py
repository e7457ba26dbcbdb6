"""What tags, comments and white space control do; one table each."""

from __future__ import annotations

import pytest

from tests.core.expressions.world import text

pytestmark = pytest.mark.rules

IF = [
    ("{% if inputs.count > 2 %}many{% endif %}", "many"),
    ("{% if inputs.no %}a{% else %}b{% endif %}", "b"),
    ("{% if inputs.none %}a{% elseif inputs.name == 'Rick' %}b{% else %}c{% endif %}", "b"),
    ("{% if 0 %}a{% elseif '' %}b{% elseif [] %}c{% endif %}", ""),
    ("{% if true %}{% if false %}a{% else %}b{% endif %}c{% endif %}", "bc"),
    ("{% if true %}a{% else %}{{ missing }}{% endif %}", "a"),
]
FOR = [
    ("{% for x in inputs.list %}{{ loop.index }}{{ x }}{% endfor %}", "0a1b2c"),
    (
        "{% for x in inputs.list %}{{ loop.revindex }}/{{ loop.length }} {% endfor %}",
        "2/3 1/3 0/3 ",
    ),
    (
        "{% for x in 0..2 %}{% if loop.first %}<{% endif %}{{ x }}"
        "{% if loop.last %}>{% endif %}{% endfor %}",
        "<012>",
    ),
    ("{% for e in {'a': 1, 'b': 2} %}{{ e.key }}{{ e.value }}{% endfor %}", "a1b2"),
    ("{% for x in [] %}x{% else %}none{% endfor %}", "none"),
    ("{% for x in null %}x{% else %}none{% endfor %}", "none"),
    ("{% for x in inputs.list | reverse %}{{ x }}{% endfor %}", "cba"),
    (
        "{% for x in [[1, 2], [3]] %}{% for y in x %}{{ loop.index }}{{ y }} "
        "{% endfor %}{% endfor %}",
        "01 12 03 ",
    ),
    ("{% for x in [1] %}{% endfor %}{{ x ?? 'gone' }}", "gone"),
]
SET = [
    ("{% set x = inputs.count + 1 %}{{ x }}", "4"),
    ("{% set n = 0 %}{% for x in 1..4 %}{% set n = n + x %}{% endfor %}{{ n }}", "10"),
    ("{% for x in [1] %}{% set inner = 1 %}{% endfor %}{{ inner ?? 'gone' }}", "gone"),
    ("{% set inputs = {'name': 'other'} %}{{ inputs.name }}", "other"),
    ("{% if true %}{% set a = 1 %}{% endif %}{{ a }}", "1"),
]
FILTER = [
    ("{% filter upper %}hello {{ inputs.name }}{% endfilter %}", "HELLO RICK"),
    ("{% filter lower | title %}HELLO WORLD{% endfilter %}", "Hello World"),
    ("{% filter replace({'a': 'b'}) %}aa{% endfilter %}", "bb"),
]
MACRO = [
    ("{% macro m(a, b='B') %}{{ a }}{{ b }}{% endmacro %}{{ m('x') }}{{ m('x', 'y') }}", "xBxy"),
    (
        "{% macro m(type='text', name, value) %}{{ type }}/{{ name }}/{{ value }}{% endmacro %}"
        "{{ m(name='n') }}",
        "text/n/",
    ),
    ("{{ m() }}{% macro m() %}before{% endmacro %}", "before"),
    ("{% macro m() %}{{ inputs ?? 'hidden' }}{% endmacro %}{{ m() }}", "hidden"),
    (
        "{% set foo = 'bar' %}{{ m(_context) }}"
        "{% macro m(_context) %}{{ _context.foo }}{% endmacro %}",
        "bar",
    ),
    (
        "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro m %}{{ m(3) }}",
        "3210",
    ),
    ("{% macro m() %}x{% endmacro %}{{ m() | upper }}", "X"),
]
BLOCK = [
    ('{% block "post" %} content {% endblock %}{{ block("post") }}', " content  content "),
    ("{% block head %}h{% endblock head %}{{ block('head') ~ '!' }}", "hh!"),
]
RAW = [
    ("{% raw %}{{ user.name }}{% if %}{% endraw %}", "{{ user.name }}{% if %}"),
    ("{% verbatim %}{{ x }}{% endverbatim %}!", "{{ x }}!"),
    ("a {%- raw -%} {{ x }} {%- endraw -%} b", "a{{ x }}b"),
]
COMMENTS = [
    ("a{# nothing {{ here }} #}b", "ab"),
    ("{# one #}{# two\nlines #}", ""),
    ("a {#- trimmed -#} b", "ab"),
]
SPACE = [
    ("a  {{- ' b ' -}}  c", "a b c"),
    ("a\n{%- if true -%}\n b \n{%- endif -%}\nc", "abc"),
    ("{{ 1 }}\n{{ 2 }}\n", "1\n2\n"),
    ("{% if true %}\na\n{% endif %}\n", "\na\n\n"),
    ("{{ -7 }}", "-7"),
]
PLAIN = [
    ("", ""),
    ("no expressions } }} %} #}", "no expressions } }} %} #}"),
    ('{"a":{"b":1}}', '{"a":{"b":1}}'),
    ('{"a": {{ inputs.count }}}', '{"a": 3}'),
    ("{{ {'a': {'b': {}}} }}", '{"a":{"b":{}}}'),
    ("ü {{ 'ö' }} 日本", "ü ö 日本"),
    ("{{\n  inputs\n  .name\n}}", "Rick"),
]
TABLES = {
    "if": IF,
    "for": FOR,
    "set": SET,
    "filter": FILTER,
    "macro": MACRO,
    "block": BLOCK,
    "raw": RAW,
    "comment": COMMENTS,
    "space": SPACE,
    "plain": PLAIN,
}


@pytest.mark.parametrize(
    ("template", "result"),
    [
        pytest.param(template, result, id=f"{table}: {template}")
        for table, rows in TABLES.items()
        for template, result in rows
    ],
)
def test_rendered(template: str, result: str) -> None:
    assert text(template) == result


def test_variables_are_never_changed() -> None:
    variables = {"list": [1], "map": {"a": 1}}
    template = "{% set list = list + 2 %}{% set map = map | merge({'b': 2}) %}{{ list }}{{ map }}"
    assert text(template, variables) == '[1,2]{"a":1,"b":2}'
    assert variables == {"list": [1], "map": {"a": 1}}
