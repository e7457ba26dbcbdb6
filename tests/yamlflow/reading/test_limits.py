"""Documents that are too much: refused with bounded work, counted, not timed."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import yaml

from signoff.yamlflow.catalog import registry
from signoff.yamlflow.reading import load_document
from signoff.yamlflow.syntax import composing, findings
from signoff.yamlflow.syntax.composing import DEEPEST, MOST_BYTES, MOST_NODES
from tests.yamlflow.documents import document, errors, flow


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many events of the parser are looked at."""
    counts: Counter[str] = Counter()
    parse = yaml.parse

    def counting(text: str, Loader: Any) -> Any:  # noqa: N803
        for event in parse(text, Loader=Loader):
            counts["events"] += 1
            yield event

    monkeypatch.setattr(composing.yaml, "parse", counting)
    return counts


def bomb(levels: int) -> str:
    """Lists of ten aliases each: 10 ** levels values in a few lines."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        items = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{items}]")
    return flow("variables:\n" + "\n".join(f"  {line}" for line in lines))


def test_a_billion_laughs_stop_at_the_limit(work: Counter[str]) -> None:
    (told,) = errors(bomb(9))
    assert f"more than {MOST_NODES:,} values" in told
    assert work["events"] < 200


def test_few_aliases_are_fine() -> None:
    assert document(bomb(3)).variables["a2"][9][9] == ["x"] * 10


def test_a_list_that_contains_itself_is_refused() -> None:
    (told,) = errors(flow("variables:\n  a: &a [*a]"))
    assert told.startswith("flow:4:10: error: The alias *a stands for nothing")


def test_values_beyond_the_limit_are_not_looked_at(work: Counter[str]) -> None:
    (told,) = errors(flow("variables:\n" + "  - x\n" * (MOST_NODES * 2)))
    assert f"more than {MOST_NODES:,} values" in told
    assert work["events"] < MOST_NODES + 20


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
@pytest.mark.parametrize("depth", [DEEPEST + 1, 5_000, 100_000])
def test_deep_nesting_is_refused(opening: str, depth: int, work: Counter[str]) -> None:
    found = errors("x:\n  " + opening * depth)
    assert len(found) == 1
    assert work["events"] < 3 * DEEPEST


def test_aliases_do_not_nest_past_the_limit() -> None:
    half = DEEPEST // 2 + 1
    deep = "[" * half + "]" * half
    text = flow(f"variables:\n  a: &a {deep}\n  b: {'[' * half}*a{']' * half}")
    (told,) = errors(text)
    assert "in one another more than" in told


def test_what_is_as_deep_as_allowed_is_read() -> None:
    depth = DEEPEST - 2
    assert document(flow(f"variables:\n  a: {'[' * depth}{']' * depth}")).variables


def test_a_text_of_the_greatest_size_is_read() -> None:
    text = flow(f"description: {'x' * 9_000_000}")
    assert len(document(text).description or "") == 9_000_000


def test_a_larger_text_is_not_even_parsed(work: Counter[str]) -> None:
    (told,) = errors(flow(f"description: {'é' * (MOST_BYTES // 2)}"))
    assert "at most 10,000,000 are read" in told
    assert work["events"] == 0


def test_no_more_than_a_hundred_problems_are_told() -> None:
    text = flow("\n".join(f"key{number}: x" for number in range(5_000)))
    found = load_document(text).problems
    assert len(found) == 101
    assert found[-1].message == "There are 4900 more of these; mend the first ones."


def test_warnings_do_not_hide_errors() -> None:
    inputs = "\n".join(f"  - name: i{number}\n    type: INT" for number in range(150))
    loaded = load_document(flow(f"inputs:\n{inputs}\nnonsense: 1"))
    assert loaded.document is None
    assert any("nonsense" in str(each) for each in loaded.problems)


def test_long_chains_of_inputs_are_judged_step_by_step() -> None:
    chain = "\n".join(
        f"  - {{id: i{number}, type: INT, dependsOn: {{inputs: [i{number + 1}]}}}}"
        for number in range(900)
    )
    text = flow(f"inputs:\n{chain}\n  - {{id: i900, type: INT}}")
    assert len(document(text).inputs) == 901


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the nearest of some names is looked for, which is slow."""
    counts: Counter[str] = Counter()
    for module in (findings, registry):
        look = module.get_close_matches

        def counting(word: str, names: Any, *rest: Any, look: Any = look, **more: Any) -> Any:
            counts["looks"] += 1
            counts["names"] += len(names)
            return look(word, names, *rest, **more)

        monkeypatch.setattr(module, "get_close_matches", counting)
    return counts


@pytest.mark.parametrize(
    "keys",
    [
        "type: io.kestra.plugin.core.flow.Lox%d",
        "type: io.kestra.plugin.core.log.Log, mesage: x, masage%d: y",
        "type: io.kestra.plugin.core.log.Log, message: '{{ outputs.u%d }}'",
    ],
)
def test_only_what_is_told_is_compared_with_names(keys: str, comparisons: Counter[str]) -> None:
    lines = (f"  - {{id: t%d, {keys}}}".replace("%d", str(number)) for number in range(1_500))
    text = "id: a\nnamespace: b\ntasks:\n" + "\n".join(lines)
    loaded = load_document(text)
    assert len(loaded.problems) == 101
    assert comparisons["looks"] <= 400
    assert comparisons["names"] <= 400 * 500


def test_a_form_has_a_greatest_size() -> None:
    inputs = "\n".join(f"  - {{id: i{number}, type: INT}}" for number in range(1_001))
    (told,) = errors(flow(f"inputs:\n{inputs}"))
    assert "inputs.1000: A form has at most 1,000 inputs" in told
