"""Whatever is given for inputs, there are values or an error for each field, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signoff.core.forms import with_defaults
from signoff.core.forms.checking import check
from signoff.model.errors import InvalidAnswer
from signoff.yamlflow.catalog.inputs import INPUT_TYPES
from signoff.yamlflow.document import Input
from signoff.yamlflow.inputs import form_of, resolve
from tests.yamlflow.documents import document, flow
from tests.yamlflow.inputs.asked import never

pytestmark = pytest.mark.rules

EXTRA = {"SELECT": "values: [a, b]", "MULTISELECT": "values: [a, b]", "ARRAY": "itemType: INT"}
KINDS = [each.name for each in INPUT_TYPES]


def _all(required: str) -> tuple[Input, ...]:
    """One input of each kind, half of them below a dot."""
    items = [
        f"  - {{id: {'in.' if number % 2 else ''}{name.lower()}, type: {name}, "
        f"required: {required}{', ' + EXTRA[name] if name in EXTRA else ''}}}"
        for number, name in enumerate(KINDS)
    ]
    return document(flow("inputs:\n" + "\n".join(items))).inputs


NEEDED, OPTIONAL = _all("true"), _all("false")
NAMES = [each.id for each in NEEDED] + ["in", "other"]
TEXTS = ["a", "3", "1.5", "true", "2024-07-01", "10:00", "PT1H", "{", "[1]", "a: [", "http://a", ""]
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.sampled_from(TEXTS), st.integers(), st.floats(), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["date", "int", "x"]), inner, max_size=2),
    ),
    max_leaves=5,
)
answers = st.dictionaries(st.sampled_from(NAMES), values, max_size=8)


@given(answers, st.booleans(), st.sampled_from([NEEDED, OPTIONAL]))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_answer_is_judged(answer: Any, texts: bool, inputs: tuple[Input, ...]) -> None:
    try:
        found = resolve(inputs, answer, render=never, texts=texts)
    except InvalidAnswer as refused:
        errors = refused.errors
    else:
        assert set(found) == {each.id.partition(".")[0] for each in inputs}
        # What was accepted is accepted again, and stays the same; YAML has become what it meant.
        again = {**found, "in": {key: each for key, each in found["in"].items() if key != "yaml"}}
        again = {key: each for key, each in again.items() if key != "yaml"}
        kept = [each for each in inputs if not each.id.endswith("yaml")]
        assert resolve(kept, again, render=never) == again
        return
    assert errors
    assert len({error.path for error in errors}) == len(errors)


@given(answers)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_the_form_accepts_is_a_value(answer: Any) -> None:
    form = form_of(OPTIONAL)
    filled = with_defaults(form, answer)
    if check(form, filled):
        return
    try:
        resolve(OPTIONAL, filled, render=never)
    except InvalidAnswer as refused:
        # That text is YAML is not for the schema to say.
        assert {error.dotted.rpartition(".")[2] for error in refused.errors} == {"yaml"}  # noqa: PT017
