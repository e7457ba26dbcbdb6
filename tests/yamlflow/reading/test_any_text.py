"""No text at all raises anything but `InvalidDocument`, and what is valid reads the same again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signoff.yamlflow.catalog import BUILT_IN
from signoff.yamlflow.document import Document, TaskNode
from signoff.yamlflow.problems import InvalidDocument
from signoff.yamlflow.reading import load_document, require_document
from tests.yamlflow.documents import EXAMPLES, LOG

pytestmark = pytest.mark.rules

TOKENS = [
    *("id: ", "namespace: ", "tasks:", "type: ", "inputs:", "triggers:", "cases: ", "dependsOn: "),
    *(
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "  - ",
        "? ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "&a ",
        "*a",
        "<<: ",
    ),
    *("'", '"', "|\n", ">\n", "#", "---", "...", "!!str ", "!x ", "%YAML 1.1\n", "\t", "\ufeff"),
    *(
        "{{ x }}",
        "{%",
        "~",
        "null",
        "true",
        "12",
        "1e9",
        "PT1H",
        "é",
        "😀",
        "\x00",
        "\ud800",
        "\x85",
    ),
    *(LOG, "io.kestra.plugin.core.flow.Dag", "io.kestra.plugin.core.flow.Switch", "SELECT", "INT"),
    *(
        "retry: ",
        "pluginDefaults: ",
        "values: ",
        "onResume:",
        "conditions: ",
        "defaults: ",
        "a",
        "b",
    ),
]
texts = st.one_of(
    st.text(),
    st.text(st.characters()),
    st.lists(st.sampled_from(TOKENS)).map("".join),
)

KEYS = [
    *("id", "namespace", "tasks", "type", "inputs", "triggers", "errors", "cases", "value", "then"),
    *(
        "task",
        "dependsOn",
        "onResume",
        "onPause",
        "retry",
        "timeout",
        "conditions",
        "states",
        "when",
    ),
    *(
        "pluginDefaults",
        "values",
        "defaults",
        "outputs",
        "labels",
        "concurrency",
        "options",
        "auth",
    ),
    *(
        "preconditions",
        "flows",
        "where",
        "filters",
        "expression",
        "interval",
        "message",
        "condition",
    ),
]
SCALARS = [
    *("a", "b.c", "", "{{ x }}", "PT1S", "INT", "SELECT", "constant", "RUNNING", "0 9 * * *"),
    *(each.name for each in BUILT_IN),
    *(each.declaration.name for each in BUILT_IN.triggers()),
    "io.kestra.plugin.core.condition.Or",
    "io.kestra.plugin.core.condition.DateTimeBetween",
]
trees: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.sampled_from(SCALARS), st.integers(), st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=40,
)


def judged(text: str) -> Document | None:
    """The document, if it is one; whatever else is raised fails the test."""
    try:
        return require_document(text)
    except InvalidDocument as refused:
        told = str(refused)
    assert told
    return None


@given(texts)
def test_any_text_is_judged(text: str) -> None:
    judged(text)


@given(trees)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_tree_of_the_language_is_judged(tree: Any) -> None:
    judged(yaml.safe_dump(tree))


@given(trees, st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_tree_at_any_place_of_a_flow_is_judged(tree: Any, data: st.DataObject) -> None:
    flow = yaml.load(
        (EXAMPLES / "vacation_approval_process.yaml").read_text(), Loader=yaml.BaseLoader
    )
    place = data.draw(st.sampled_from(list(places(flow))))
    put(flow, place, tree)
    judged(yaml.safe_dump(flow))


@given(st.sampled_from(sorted(EXAMPLES.glob("*.yaml"))), st.data())
def test_a_document_cut_short_is_judged(path: Any, data: st.DataObject) -> None:
    text = path.read_text()
    judged(text[: data.draw(st.integers(0, len(text)))])


names = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=10,
)


@given(st.dictionaries(names, values, max_size=4), st.lists(names, unique=True, min_size=1))
def test_what_is_written_is_what_is_read(variables: dict[str, Any], ids: list[str]) -> None:
    tasks = [{"id": each, "type": LOG, "message": each} for each in ids]
    flow = {"id": "a", "namespace": "b", "variables": variables, "tasks": tasks}
    document = judged(dump(flow))
    assert document is not None
    assert document.variables == variables
    again = judged(document.source)
    assert again == document
    assert [each.id for each in document.walk()] == ids
    assert all(isinstance(each, TaskNode) for each in document.walk())


def dump(value: Any) -> str:
    """YAML in which texts are quoted and floats spelled as YAML 1.2 has them."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    """Quotes every text."""


_Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)
_Dumper.add_representer(
    float, lambda dumper, number: dumper.represent_scalar("tag:yaml.org,2002:float", repr(number))
)


def places(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a tree but its root."""
    steps = node.items() if isinstance(node, dict) else enumerate(node)
    for step, inner in steps:
        yield (*above, step)
        if isinstance(inner, (dict, list)):
            yield from places(inner, (*above, step))


def put(node: Any, place: tuple[Any, ...], value: Any) -> None:
    """Put a value where another stands."""
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value


def test_loading_never_raises() -> None:
    assert load_document("\ud800").document is None
