"""The JSON Schema of the language agrees with what reading a document says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from signoff.yamlflow.catalog import BUILT_IN, Catalog, TaskType
from signoff.yamlflow.reading import load_document
from signoff.yamlflow.schema import language_schema
from signoff.yamlflow.syntax.plain import read_plain
from tests.yamlflow.documents import EXAMPLES, FLOW, LOG, TRIGGER, flow

SCHEMA = language_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def accepts(text: str) -> bool:
    return VALIDATOR.is_valid(read_plain(text))


def test_it_is_a_schema_and_plain_json() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert '"x-' not in json.dumps(SCHEMA)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.name)
def test_the_examples_are_valid(path: Any) -> None:
    assert accepts(path.read_text())


DOCS = Path(__file__).resolve().parents[2] / "docs"
WRITTEN = [
    (f"{page.name}:{number}", block)
    for page in (*sorted(DOCS.rglob("*.md")), DOCS.parent / "README.md")
    for number, block in enumerate(
        re.findall(r"^```yaml\n(id: .*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    )
]


def test_there_are_documents_in_the_pages() -> None:
    assert len(WRITTEN) >= 8


@pytest.mark.parametrize("text", [each for _, each in WRITTEN], ids=[name for name, _ in WRITTEN])
def test_the_documents_of_the_pages_are_valid(text: str) -> None:
    assert load_document(text).document is not None
    found = [error.message for error in VALIDATOR.iter_errors(read_plain(text))]
    assert found == []


HTTP = "io.kestra.plugin.core.http"
VALID = [
    flow("labels: [{key: a, value: b}]"),
    flow("taskDefaults: [{type: io.kestra, values: {a: b}}]\nrevision: 3"),
    flow("retry: {type: constant, interval: PT1S, maxAttempt: 3}"),
    flow("inputs: [{name: a, type: ENUM, values: [b]}, {id: c, type: INT, min: 1, defaults: 2}]"),
    flow(f"triggers: [{{id: a, type: {TRIGGER}.Schedule, cron: '@daily'}}]"),
    flow(
        "triggers: [{id: a, type: io.kestra.core.models.triggers.types.Flow, "
        "conditions: [{type: io.kestra.plugin.core.condition.Expression, expression: x}]}]"
    ),
    flow(tasks=f"- {{id: a, type: {FLOW}.Pause, delay: PT1H}}\n"),
    flow(
        f"pluginDefaults: [{{type: {LOG}, values: {{message: x}}}}]",
        tasks=f"- {{id: a, type: {FLOW}.Sequential, tasks: [{{id: b, type: {LOG}}}]}}\n",
    ),
    flow(f"""
        taskDefaults: [{{type: {TRIGGER}.Schedule, values: {{cron: "@daily"}}}}]
        triggers: [{{id: a, type: {TRIGGER}.Schedule}}]
        """),
    flow(tasks=f"- {{id: a, type: {LOG}, message: [a, 1], level: '{{{{ x }}}}'}}\n"),
    flow(tasks=f"- {{id: a, type: {LOG}, message: a, runIf: x, logToFile: true}}\n"),
    flow(tasks=f"- {{id: a, type: {HTTP}.Request, uri: x, encryptBody: false}}\n"),
    flow(
        tasks=f"""\
        - id: a
          type: {FLOW}.Switch
          value: x
          cases: {{b: [{{id: c, type: {LOG}, message: x}}]}}
        - id: d
          type: {FLOW}.Dag
          concurrent: "{{{{ inputs.n }}}}"
          tasks: [{{task: {{id: e, type: {LOG}, message: x}}, dependsOn: []}}]
        """
    ),
]


@pytest.mark.parametrize("text", VALID)
def test_what_can_be_read_is_valid(text: str) -> None:
    assert load_document(text).document is not None
    found = [error.message for error in VALIDATOR.iter_errors(read_plain(text))]
    assert found == []


BROKEN = [
    "id: a\nnamespace: b\n",
    "id: a\nnamespace: b\ntasks: []\n",
    flow("nonsense: 1"),
    flow("id2: x"),
    flow("retry: {type: constant}"),
    flow("retry: {type: often, interval: PT1S}"),
    flow("concurrency: {limit: 0}"),
    flow("inputs: [{id: a, type: INTEGER}]"),
    flow("inputs: [{id: a, type: INT, validator: x}]"),
    flow("inputs: [{id: a, type: ARRAY}]"),
    flow(f"triggers: [{{id: a, type: {TRIGGER}.Schedule}}]"),
    flow(f"triggers: [{{id: a, type: {LOG}}}]"),
    flow(tasks=f"- {{id: a, type: {LOG}}}\n"),
    flow(tasks=f"- {{id: a, type: {LOG}, mesage: x}}\n"),
    flow(tasks=f"- {{id: a, type: {HTTP}.Request, uri: x, encryptBody: true}}\n"),
    flow(tasks=f"- {{id: a, type: {LOG}, message: x, level: LOUD}}\n"),
    flow(tasks="- {id: a, type: io.kestra.plugin.core.log.Lgo, message: x}\n"),
    flow(tasks=f"- {{type: {LOG}, message: x}}\n"),
    flow(tasks=f"- {{id: a, type: {FLOW}.Sequential}}\n"),
    flow(tasks=f"- {{id: a, type: {FLOW}.Sequential, tasks: [{{id: b, type: {LOG}}}]}}\n"),
    flow(tasks=f"- {{id: a, type: {FLOW}.Parallel, concurrent: two, tasks: []}}\n"),
    flow(f"errors: [{{id: a, type: {LOG}}}]"),
    flow(tasks=f"- {{id: a, type: {FLOW}.Pause, onPause: {{id: b, type: {LOG}}}}}\n"),
    flow(tasks=f"- {{id: a, type: {FLOW}.Switch, value: x, cases: {{y: [{{type: {LOG}}}]}}}}\n"),
    flow(tasks=f"- {{id: a, type: {FLOW}.Dag, tasks: [{{task: {{id: b, type: {LOG}}}}}]}}\n"),
]


@pytest.mark.parametrize("text", BROKEN)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    assert load_document(text).document is None
    assert not accepts(text)


@pytest.mark.parametrize("each", [*BUILT_IN], ids=lambda each: each.name)
def test_every_type_is_known_under_all_its_names(each: TaskType) -> None:
    needed = ("value", "defaults") if each.name == f"{FLOW}.Switch" else each.required
    task = {"id": "a", **{name: example(each, name) for name in needed}}
    for name in (each.name, *each.aliases):
        document = {"id": "a", "namespace": "b", "tasks": [{**task, "type": name}]}
        found = [error.message for error in VALIDATOR.iter_errors(document)]
        assert found == []
        assert load_document(yaml.safe_dump(document)).document is not None


def example(declaration: TaskType, name: str) -> Any:
    """A value for a property that must be given."""
    kind = declaration.branches.get(name)
    inner = {"id": "inner", "type": LOG, "message": "x"}
    if kind is not None:
        return [{"task": inner}] if kind == "dag" else [inner]
    schema = declaration.properties[name]
    if schema.get("format") == "duration":
        return "PT1S"
    shapes: dict[str, Any] = {"array": ["x"], "object": {"x": "y"}}
    return shapes.get(schema.get("type", ""), "x")


def test_types_of_plugins_are_in_it() -> None:
    mine = TaskType(name="com.example.Mine", title="Mine.", properties={"a": {"type": "integer"}})
    validator = Draft202012Validator(language_schema(Catalog([mine])))
    document = {"id": "a", "namespace": "b", "tasks": [{"id": "c", "type": mine.name, "a": 1}]}
    assert validator.is_valid(document)
    document["tasks"] = [{"id": "c", "type": mine.name, "a": "one"}]
    assert not validator.is_valid(document)
