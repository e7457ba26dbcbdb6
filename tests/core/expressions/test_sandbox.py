"""Whatever is written: nothing of Python can be reached, and everything ends soon.

Bounds are proved by the errors, never by a clock.
"""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.core.expressions.catalogue import SHELVES, names
from signoff.core.expressions.grammar import OPERATORS, TAGS
from signoff.core.expressions.rendering import (
    render_text,
    render_tree,
    render_value,
)
from signoff.model.errors import ExpressionError
from tests.core.expressions.world import LOOKUPS, VARIABLES, shown, text

pytestmark = pytest.mark.rules

ESCAPES = [
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ().__class__ }}",
    "{{ [].__class__ }}",
    "{{ inputs.__class__ }}",
    "{{ inputs.__init__.__globals__ }}",
    "{{ inputs.items() }}",
    "{{ inputs.list.append(1) }}",
    "{{ inputs.name.format(inputs) }}",
    "{{ inputs.name.getClass() }}",
    "{{ inputs.name.getClass().forName('java.lang.Runtime') }}",
    "{{ execution.startDate.replace(year=1) }}",
    "{{ execution.startDate.year }}",
    "{{ now().tzinfo }}",
    "{{ inputs.constructor }}",
    "{{ inputs.constructor.constructor('return 1')() }}",
    "{{ self }}",
    "{{ self.__dict__ }}",
    "{{ loop }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ lipsum.__globals__ }}",
    "{{ _context.__class__ }}",
    "{{ import('os') }}",
    "{{ __import__('os') }}",
    "{{ eval('1') }}",
    "{{ open('/etc/passwd') }}",
    "{{ range.__class__ }}",
    "{{ now | upper }}",
    "{{ beans }}",
    "{{ 'a' | attr('__class__') }}",
    "{{ [1] | jq('.__class__') }}",
    "{{ {} | jq('env') }}",
    "{{ {} | jq('$ENV') }}",
    "{{ {} | jq('input') }}",
    "{{ yaml('!!python/object/apply:os.system [ls]') }}",
    "{{ yaml('!!python/name:os.system') }}",
    "{{ 'x' | date(timeZone='../../../etc/passwd') }}",
    "{{ now() | date(timeZone='/etc/passwd') }}",
    "{% import 'os' as os %}",
    "{% include '/etc/passwd' %}",
    "{% extends '/etc/passwd' %}",
]


@pytest.mark.parametrize("template", ESCAPES)
def test_nothing_of_python_can_be_reached(template: str) -> None:
    with pytest.raises(ExpressionError):
        text(template)


class _Telling:
    secret = "told"

    def __str__(self) -> str:
        raise AssertionError("its text was asked for")

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"its {name} was asked for")


@pytest.mark.parametrize(
    "expression",
    [
        *("thing", "thing.secret", "thing['secret']", "thing ~ ''", "[thing]", "thing | upper"),
        *("-thing", "thing < 1", "thing | toJson", "thing.size()", "thing | date"),
        *("thing contains 1", "thing..2"),
    ],
)
def test_other_objects_are_never_asked(expression: str) -> None:
    with pytest.raises(ExpressionError):
        text(f"{{{{ {expression} }}}}", {"thing": _Telling()})


DOUBLING = "{% set x = 'ab' %}{% for i in 1..60 %}{% set x = x ~ x %}{% endfor %}{{ x }}"
BOMBS = [
    (DOUBLING, "longer than 10,000,000 characters"),
    ("{% set x = [1] %}{% for i in 1..60 %}{% set x = x + x %}{% endfor %}", "steps"),
    ("{% set x = 1 %}{% for i in 1..60 %}{% set x = [x, x] %}{% endfor %}{{ x }}", "steps"),
    ("{% set x = 1 %}{% for i in 1..80 %}{% set x = [x] %}{% endfor %}{{ x }}", "nests deeper"),
    (
        "{% set x = [1] %}{% set y = [1] %}{% for i in 1..40 %}{% set x = [x, x] %}"
        "{% set y = [y, y] %}{% endfor %}{{ x == y }}",
        "steps",
    ),
    ("{% set x = 7 %}{% for i in 1..60 %}{% set x = x * x %}{% endfor %}", "too large"),
    ("{{ 1..2000000 }}", "more than 1,000,000 items"),
    ("{{ 0..9999999999999999999999 }}", "more than 1,000,000 items"),
    ("{% for a in 0..9999 %}{% for b in 0..9999 %}{% endfor %}{% endfor %}", "steps"),
    ("{{ 'a' | indent(99999999999) }}", "longer than"),
    (
        "{% set x = '\n' %}{% for i in 1..16 %}{% set x = x ~ x %}{% endfor %}"
        "{{ x | indent(9999) }}",
        "longer than",
    ),
    (
        "{% set x = 'aa' %}{% for i in 1..20 %}{% set x = x ~ x %}{% endfor %}"
        "{{ x | replace({'a': x}) | length }}",
        "longer than",
    ),
    (
        "{% set x = 'aa' %}{% for i in 1..20 %}{% set x = x ~ x %}{% endfor %}"
        "{{ [x, x, x, x, x, x] | join }}",
        "longer than",
    ),
    (
        "{% set x = 'aa' %}{% for i in 1..20 %}{% set x = x ~ x %}{% endfor %}"
        "{% for i in 1..6 %}{{ x }}{% endfor %}",
        "longer than",
    ),
    ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "more than 12 deep"),
    ("{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}", "more than 12 deep"),
    ("{% block b %}{% if flow is defined %}{{ block('b') }}{% endif %}{% endblock %}", "12 deep"),
    ("{{ 'a' | replace({'((a{1000}){1000}){1000}': 'b'}, regexp=true) }}", "too long"),
    ("{{ [1] | jq('[range(9999999)]') }}", "more than 1,000,000 items"),
    ("{{ [1] | jq('[range(1000)] | [.[] as $a | .[] as $b | .[] as $c | $a]') }}", "steps"),
    ("{{ 1 | jq('try [range(1000) as $a | range(1000) as $b | range(9)] catch 1') }}", "steps"),
    ("{{ 1 | jq('reduce range(99) as $x (\"ab\"; . + .)') }}", "longer than"),
    ("{{ yaml('a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
     "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
     "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
     "g: [*f,*f,*f,*f,*f,*f,*f,*f,*f]') }}", "steps"),
    ("{{ yaml('&a [*a]') }}", "nests deeper"),
    ("{{ '1' | numberFormat('" + "0" * 99 + "." + "0" * 99 + "') }}", "at most 100"),
    ("{{ " + "(" * 500 + "1" + ")" * 500 + " }}", "nests deeper than 60 levels"),
    ("{{ " + "[" * 500 + "]" * 500 + " }}", "nests deeper than 60 levels"),
    ("{{ " + "not " * 500 + "1 }}", "nests deeper than 60 levels"),
    ("{{ " + "-" * 500 + "1 }}", "nests deeper than 60 levels"),
    ("{{ " + " ~ ".join("1" * 500) + " }}", "longer chains"),
    ("{{ a" + ".b" * 500 + " }}", "longer chains"),
    ("{{ 'a'" + " | upper" * 500 + " }}", "longer chains"),
    ("{{ " + "true ? 1 : " * 500 + "2 }}", "nests deeper than 60 levels"),
    ("{% if true %}" * 100 + "{% endif %}" * 100, "tags nest deeper"),
    ("{{ " + "1" * 400 + " }}", "at most 300 digits"),
    ("{{ '" + "1" * 2000 + "' | number }}", "needs a number"),
    ("{{ a }}" * 200_000, "at most 1,000,000 characters"),
]  # fmt: skip


SLOW = [
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | replace({'(a+)+$': 'b'}, regexp=true)",
    "('a' ~ (1..300 | join)) | split('(.*)*(.*)*(.*)*x') | length",
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | split('(a|a)*(a|aa)*b') | length",
]


@pytest.mark.parametrize(("template", "message"), BOMBS, ids=range(len(BOMBS)))
def test_everything_ends(template: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        text(template)
    assert message in caught.value.message


@pytest.mark.parametrize("expression", SLOW)
def test_patterns_that_others_try_for_years(expression: str) -> None:
    assert shown(expression) != ""


def test_a_long_list_of_long_texts_is_paid_by_its_length() -> None:
    long = "x" * 1_000_000
    with pytest.raises(ExpressionError, match="steps"):
        text("{{ a }}", {"a": [long] * 1_000})


WORDS = st.sampled_from(
    [
        *("{{", "}}", "{%", "%}", "{#", "#}", "{{-", "-%}", "(", ")", "[", "]", "{", "}", ",", ":"),
        *("?", ".", "|", "=", "'", '"', "\\", "#{", " ", "\n", "1", "2.5", "10L", "'a'", '"b"'),
        *("true", "null", "not", "is", "in", "inputs", "inputs.list", "inputs.name", "missing"),
        *("outputs", "flow.id", "loop", "_context", "x", "ü", "\x00", "\ud800", "'yyyy'", "'.[]'"),
        *(sign for operator in OPERATORS for sign in operator.signs),
        *(word for tag in TAGS for word in (tag.name, *tag.inner)),
        *(name for kind in ("filter", "function", "test", "method") for name in names(kind)),
    ]
)
EXPRESSIONS = st.lists(WORDS, max_size=12).map(" ".join)


def _only_expression_errors(template: str) -> None:
    with suppress(ExpressionError):
        assert isinstance(render_text(template, VARIABLES, LOOKUPS), str)
        render_value(template, VARIABLES, LOOKUPS)


@given(st.lists(WORDS, max_size=25).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_text_raises_anything_else(template: str) -> None:
    _only_expression_errors(template)


@given(EXPRESSIONS)
@settings(max_examples=300, deadline=None)
def test_no_expression_raises_anything_else(expression: str) -> None:
    _only_expression_errors(f"{{{{ {expression} }}}}")


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_no_letters_raise_anything_else(letters: str) -> None:
    _only_expression_errors(f"{{{{ {letters} }}}}{{% {letters} %}}")


OFFERS = [offer for shelf in SHELVES for offer in shelf.offers]


def _values(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[object]:
    return st.recursive(
        st.none() | st.booleans() | st.integers() | numbers | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=6,
    )


VALUES = _values(st.floats())
FINITE = _values(st.floats(allow_nan=False, allow_infinity=False))


@given(st.sampled_from(OFFERS), VALUES, st.lists(VALUES, max_size=4))
@settings(max_examples=500, deadline=None)
def test_no_value_raises_anything_else(offer, value: object, arguments: list[object]) -> None:
    """Filters, functions, tests and methods with values that nobody had in mind."""
    variables = {"v": value, **{f"a{index}": each for index, each in enumerate(arguments)}}
    given_ones = ", ".join(f"a{index}" for index in range(len(arguments)))
    template = {
        "filter": f"{{{{ v | {offer.name}({given_ones}) }}}}",
        "function": f"{{{{ {offer.name}({given_ones}) }}}}",
        "test": f"{{{{ v is {offer.name}({given_ones}) }}}}",
        "method": f"{{{{ v.{offer.name}({given_ones}) }}}}",
    }[offer.kind]
    with suppress(ExpressionError):
        render_text(template, variables, LOOKUPS)


ODD = VALUES | st.decimals() | st.dates() | st.datetimes() | st.times() | st.timedeltas()
SIGNS = st.sampled_from([sign for operator in OPERATORS for sign in operator.signs])


@given(SIGNS, ODD, ODD)
@settings(max_examples=500, deadline=None)
def test_no_operands_raise_anything_else(sign: str, left: object, right: object) -> None:
    with suppress(ExpressionError):
        render_text(f"{{{{ a {sign} b }}}}{{{{ -a }}}}", {"a": left, "b": right}, LOOKUPS)


@given(FINITE)
@settings(max_examples=200, deadline=None)
def test_a_value_comes_back_from_its_json(value: object) -> None:
    assert json.loads(render_text("{{ v | toJson }}", {"v": value}, LOOKUPS)) == value


PLAIN_TREES = st.recursive(
    st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(PLAIN_TREES.filter(lambda tree: not any(sign in str(tree) for sign in ("{{", "{%", "{#"))))
@settings(max_examples=50, deadline=None)
def test_a_tree_without_expressions_stays(tree: object) -> None:
    assert render_tree(tree, {}, LOOKUPS, typed=True) == tree
