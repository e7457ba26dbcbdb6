"""Every error says what is wrong, where, and what to do next."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from signoff.core.expressions.rendering import parse_template, render_text
from signoff.model.errors import ExpressionError
from tests.core.expressions.world import LOOKUPS, text

pytestmark = pytest.mark.rules

UNREADABLE = [
    ("{{ inputs.name", 1, 1, "`{{` is not closed by `}}`"),
    ("a\n {{ 1 + }}", 2, 9, "a value must come here, not the end of the expression"),
    ("{{ }}", 1, 4, "the expression is empty"),
    ("{{ 'abc }}", 1, 4, "the text that begins with ' is not closed"),
    ("{{ a b }}", 1, 6, "`b` cannot follow here"),
    ("{{ a && b }}", 1, 6, "`&&` is written `and`"),
    ("{{ 1 in [1] }}", 1, 6, "`a in b` is written `b contains a`"),
    ("{{ 'a' if true else 'b' }}", 1, 8, "`a if c else b` is written `c ? a : b`"),
    ("{% if a = 1 %}{% endif %}", 1, 9, "`==` compares"),
    ("{% if a %}{% elif b %}{% endif %}", 1, 11, "`elif` is written `elseif`"),
    ("{% if a %}{% elsif b %}{% endif %}", 1, 11, "did you mean `elseif`"),
    ("{{ !a }}", 1, 4, "`!` is written `not`"),
    ("{{ [1, 2 }}", 1, 1, "`{{` is not closed by `}}`"),
    ("{{ (1] }}", 1, 6, "`)` must follow the expression in brackets, not `]`"),
    ("{{ a | uper }}", 1, 8, "there is no filter `uper`; did you mean `upper`"),
    ("{{ nwo() }}", 1, 4, "there is no function `nwo`; did you mean `now`?"),
    ("{{ a is evn }}", 1, 9, "there is no test `evn`; did you mean `even`?"),
    ("{{ a.getClass() }}", 1, 6, "there is no method `getClass`"),
    ("{{ a | slice(1, 2, 3) }}", 1, 8, "takes at most 2 arguments: slice(fromIndex?, toIndex?)"),
    ("{{ a | upper(1) }}", 1, 8, "takes no arguments: upper"),
    ("{{ a | abbreviate }}", 1, 8, "needs the argument `length`: abbreviate(length)"),
    ("{{ a | date(pattern='yyyy') }}", 1, 8, "has no argument `pattern`: date(format?"),
    ("{{ a | date('yyyy', format='yyyy') }}", 1, 8, "gets its argument `format` twice"),
    ("{{ a | date(format='yyyy', 'UTC') }}", 1, 28, "an argument without a name cannot follow"),
    ("{{ http(uri='x') }}", 1, 4, "the function `http` is not supported: call it in a task"),
    ("{% if a %}b", 1, 1, "the tag `if` is not closed by `{% endif %}`"),
    ("{% endif %}", 1, 1, "`endif` has no tag that it could belong to"),
    ("{% fro x in y %}", 1, 1, "there is no tag `fro`; did you mean `for`?"),
    ("{% extends 'a' %}", 1, 1, "the tag `extends` is not supported"),
    ("{% for x of y %}{% endfor %}", 1, 10, "`in` must follow the name of each item, not `of`"),
    ("{% set x 1 %}", 1, 10, "`=` must follow the name, not `1`"),
    ("{% raw %}{{ a }}", 1, 1, "the tag `raw` is not closed by `{% endraw %}`"),
    ("{# never closed", 1, 1, "the comment is not closed"),
    ("{% macro a() %}{% endmacro %}{% macro a() %}{% endmacro %}", 1, 30, "two macros named `a`"),
    ('{{ "a #{1 + } b" }}', 1, 13, "a value must come here"),
]
FAILING = [
    ("{{ inpts.name }}", 1, 4, "inpts", "Unable to find `inpts` used in the expression"),
    ("{{ inpts.name }}", 1, 4, "inpts", "did you mean `inputs`?"),
    ("x\n{{ inputs.nmae }}", 2, 11, "nmae", "in `inputs` there is `name`, `count`"),
    ("{{ inputs.nmae }}", 1, 11, "nmae", "did you mean `name`"),
    ("{{ inputs.none.x }}", 1, 16, "x", "in `inputs.none` it is null"),
    ("{{ inputs.list[3] }}", 1, 15, "3", "it is a list of 3, counted from 0"),
    ("{{ inputs.list[-1] }}", 1, 15, "-1", "it is a list of 3"),
    ("{{ inputs.name.x }}", 1, 16, "x", "it is text; if it holds JSON, use fromJson(…)"),
    ("{{ inputs.missing ?? inputs.gone }}", 1, 29, "gone", "Unable to find `gone`"),
    ("{{ inputs.missing ?? raise }}", 1, 11, "missing", "Unable to find `missing`"),
    ("{{ missing is empty }}", 1, 4, "missing", "Unable to find `missing`"),
    ("{{ secret('NOPE') }}", 1, 4, "secret", "there is no secret `NOPE`"),
    ("{{ kv('nope', 'other') }}", 1, 4, "kv", "there is no key `nope` in the namespace `other`"),
    ("{{ read('nope.txt') }}", 1, 4, "read", "there is no file `nope.txt`"),
    ("{{ 1 + inputs.yes }}", 1, 6, None, "`+` needs numbers, not a number and a truth value"),
    ("{{ '2' * 3 }}", 1, 8, None, "the filter `number` reads a number from a text"),
    ("{{ {} + {} }}", 1, 7, None, "the filter `merge`"),
    ("{{ now() + 1 }}", 1, 10, None, "the filter `dateAdd` moves a date"),
    ("{{ 1 / 0 }}", 1, 6, None, "`/` by zero"),
    ("{{ 1 < 'a' }}", 1, 6, None, "a number and text cannot be put in an order"),
    ("{{ ['a', 1] | sort }}", 1, 15, "sort", "filter `sort`: a number and text cannot be put"),
    ("{{ 'x' | number }}", 1, 10, "number", "needs a number as its value, not the text 'x'"),
    ("{{ 'x' | abbreviate('y') }}", 1, 10, "abbreviate", "needs a number as its length"),
    ("{{ '!' | base64decode }}", 1, 10, "base64decode", "needs Base64, not the text '!'"),
    ("{{ 'x' | join(',') | first | chunk(2) }}", 1, 30, "chunk", "needs a list as its value"),
    ("{{ fromJson('{') }}", 1, 4, "fromJson", "cannot read '{' as JSON"),
    ("{{ now() | date('jjjj') }}", 1, 12, "date", "knows no letter `j` in the date pattern"),
    ("{{ now() | date(timeZone='Mars') }}", 1, 12, "date", "knows no time zone 'Mars'"),
    ("{{ now() | date('MMMM', locale='fr') }}", 1, 12, "date", "in English only, not in 'fr'"),
    ("{{ 'soon' | date }}", 1, 13, "date", "cannot read the date 'soon' as ISO 8601"),
    ("{{ now() | dateAdd(1, 'MOONS') }}", 1, 12, "dateAdd", "knows the units NANOS"),
    ("{% for x in 'abc' %}{% endfor %}", 1, 1, None, "`for` goes through lists and maps, not text"),
    ("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", 1, 34, None, "takes 1 arguments at most"),
    ("{{ render(vars.bad) }}", 1, 4, "render", "Unable to find `gone`"),
    ("{{ [1] | jq('.a') }}", 1, 10, "jq", "cannot index array with string 'a'"),
    ("{{ [1] | jq('def f: 1; f') }}", 1, 10, "jq", "`def` is not supported"),
    ("{{ {} | jq('nothing') }}", 1, 9, "jq", "the function `nothing` with 0 arguments is not"),
]


@pytest.mark.parametrize(("template", "line", "column", "message"), UNREADABLE)
def test_unreadable(template: str, line: int, column: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_template(template)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize(("template", "line", "column", "name", "message"), FAILING)
def test_failing(template: str, line: int, column: int, name: str | None, message: str) -> None:
    variables = {
        "inputs": {"name": "Rick", "count": 3, "yes": True, "none": None, "list": [1, 2, 3]},
        "vars": {"bad": "{{ gone }}"},
    }
    with pytest.raises(ExpressionError) as caught:
        text(template, variables)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.name == name


def test_the_text_says_the_place_and_the_expression() -> None:
    with pytest.raises(ExpressionError) as caught:
        text("Dear {{ inputs.name }},\n  {{ inputs.start }}", {"inputs": {"name": "Rick"}})
    assert str(caught.value) == (
        "Unable to find `start` used in the expression: in `inputs` there is `name`"
        " (line 2, column 13 of `{{ inputs.start }}`)"
    )
    assert caught.value.source == "{{ inputs.start }}"
    assert isinstance(caught.value, ValueError)


def test_an_error_survives_pickling() -> None:
    with pytest.raises(ExpressionError) as caught:
        text("{{ missing }}")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.name, copy.column) == (str(caught.value), "missing", 4)


@pytest.mark.parametrize(
    "expression",
    [
        "secret('API_KEY').part",
        "secret('API_KEY') | number",
        "secret('API_KEY') | base64decode",
        "fromJson(secret('API_KEY'))",
        "secret('API_KEY') | date",
        "now() | date(secret('API_KEY') ~ '[')",
        "inputs[secret('API_KEY')]",
        "secret('API_KEY') | upper | number",
        "render('{{ secret(\\'API_KEY\\') | number }}')",
        "{} | jq(secret('API_KEY'))",
    ],
)
def test_values_of_secrets_are_in_no_message(expression: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        text(f"{{{{ {expression} }}}}")
    assert "hunter2" not in str(caught.value).lower()
    assert "hunter2" not in str(caught.value.name).lower()


def test_long_secrets_are_hidden_where_messages_cut_them() -> None:
    long = "k3y-" * 50
    lookups = replace(LOOKUPS, secret=lambda key: long)
    with pytest.raises(ExpressionError) as caught:
        render_text("{{ secret('API_KEY') | number }}", {}, lookups)
    assert "k3y-" not in str(caught.value)
