"""Documents that are refused: what is told, and where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.yamlflow.problems import InvalidDocument
from signoff.yamlflow.reading import load_document, require_document

CASES = Path(__file__).with_name("problems.txt").read_text()
"""Documents, each followed by its errors: place, path and how the words begin."""


def cases() -> Iterator[tuple[str, list[str]]]:
    for block in CASES.strip("\n").split("\n\n"):
        text, *told = block.split("\n=> ")
        yield text + "\n", told


@pytest.mark.parametrize(("text", "told"), list(cases()))
def test_everything_wrong_is_told_at_once_with_its_place(text: str, told: list[str]) -> None:
    loaded = load_document(text)
    assert loaded.document is None
    found = [str(each) for each in loaded.problems]
    unexpected = [each for each in found if ": error:" in each and not _begins(each, told)]
    missing = [each for each in told if not any(line.startswith(each) for line in found)]
    assert not unexpected
    assert not missing


def _begins(line: str, told: list[str]) -> bool:
    return any(line.startswith(each) for each in told)


@pytest.mark.parametrize("text", ["", "   \n", "# only a comment\n", "---\n"])
def test_an_empty_text_says_what_a_flow_needs(text: str) -> None:
    (problem,) = load_document(text).problems[:1]
    assert "`id`" in problem.message or "must be a map" in problem.message


def test_the_error_names_the_file_and_carries_one_entry_for_each_problem() -> None:
    with pytest.raises(InvalidDocument) as caught:
        require_document("id: a\nnamespace: b\ntasks: 3\nnonsense: 4\n", file="flows/a.yaml")
    assert str(caught.value).splitlines() == [
        "flows/a.yaml:3:8: error: tasks: must be a list (each item begins with `- `), "
        "got a number.",
        "flows/a.yaml:4:1: error: nonsense: There is no property 'nonsense'; there are: "
        "id, namespace, description, labels, variables, disabled, retry, concurrency, outputs, "
        "pluginDefaults, tasks, errors, finally, afterExecution, inputs, triggers.",
    ]
    (first, second) = caught.value.problems
    assert (first.dotted, first.mark.line) == ("tasks", 3)
    assert (second.dotted, second.mark.column) == ("nonsense", 1)


def test_what_may_be_secret_is_not_repeated() -> None:
    text = """\
id: a
namespace: b
tasks:
  - id: x
    type: io.kestra.plugin.core.http.Request
    uri: http://localhost
    options:
      auth: {type: hunter2, password: [hunter2]}
      basicAuthPassword: [hunter2]
"""
    loaded = load_document(text)
    assert loaded.document is None
    problems = [each for each in loaded.problems if "hunter2" in str(each)]
    assert [each.dotted for each in problems] == ["tasks.0.options.auth.type"]
    assert all(each.value != "hunter2" for each in loaded.problems)
