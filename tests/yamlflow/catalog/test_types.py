"""Names of types, and what their declarations promise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from signoff.model.errors import InvalidRequest
from signoff.yamlflow.catalog import (
    BUILT_IN,
    Catalog,
    TaskType,
    decode_type,
    encode_type,
    installed_types,
)
from signoff.yamlflow.catalog.foreign import instead

NAMES = """
io.kestra.plugin.core.flow.Pause              io.kestra.core.tasks.flows.Pause
io.kestra.plugin.core.flow.Approval
io.kestra.plugin.core.flow.Sequential         io.kestra.core.tasks.flows.Sequential
io.kestra.plugin.core.flow.Parallel           io.kestra.core.tasks.flows.Parallel
io.kestra.plugin.core.flow.If                 io.kestra.core.tasks.flows.If
io.kestra.plugin.core.flow.Switch             io.kestra.core.tasks.flows.Switch
io.kestra.plugin.core.flow.ForEach
io.kestra.plugin.core.flow.EachSequential     io.kestra.core.tasks.flows.EachSequential
io.kestra.plugin.core.flow.EachParallel       io.kestra.core.tasks.flows.EachParallel
io.kestra.plugin.core.flow.Loop
io.kestra.plugin.core.flow.Subflow            io.kestra.core.tasks.flows.Subflow
io.kestra.plugin.core.flow.Dag                io.kestra.core.tasks.flows.Dag
io.kestra.plugin.core.flow.AllowFailure       io.kestra.core.tasks.flows.AllowFailure
io.kestra.plugin.core.flow.LoopUntil
io.kestra.plugin.core.flow.WaitFor            io.kestra.core.tasks.flows.WaitFor
io.kestra.plugin.core.flow.WorkingDirectory   io.kestra.core.tasks.flows.WorkingDirectory
io.kestra.plugin.core.log.Log                 io.kestra.core.tasks.log.Log
io.kestra.plugin.core.debug.Return            io.kestra.core.tasks.debugs.Return
io.kestra.plugin.core.debug.Echo              io.kestra.core.tasks.debugs.Echo
io.kestra.plugin.core.output.OutputValues
io.kestra.plugin.core.http.Request            io.kestra.plugin.fs.http.Request
io.kestra.plugin.core.http.Download           io.kestra.plugin.fs.http.Download
io.kestra.plugin.core.execution.Fail          io.kestra.core.tasks.executions.Fail
io.kestra.plugin.core.execution.Exit
io.kestra.plugin.core.execution.Assert
io.kestra.plugin.core.execution.Labels        io.kestra.core.tasks.executions.Labels
io.kestra.plugin.core.execution.Resume        io.kestra.core.tasks.executions.Resume
io.kestra.plugin.core.flow.Sleep
io.kestra.plugin.core.kv.Set
io.kestra.plugin.core.kv.Get
io.kestra.plugin.core.kv.Delete
io.kestra.plugin.core.kv.GetKeys
io.kestra.plugin.scripts.python.Script
io.kestra.plugin.scripts.python.Commands
io.kestra.plugin.scripts.shell.Script
io.kestra.plugin.scripts.shell.Commands
io.kestra.plugin.scripts.node.Script
io.kestra.plugin.scripts.node.Commands
io.kestra.plugin.scripts.r.Script
io.kestra.plugin.scripts.r.Commands
notify
python
"""
EQUAL_NAMES = """
io.kestra.plugin.slack.notifications.SlackIncomingWebhook io.kestra.plugin.notifications.slack.SlackIncomingWebhook
io.kestra.plugin.slack.notifications.SlackIncomingWebhook io.kestra.plugin.slack.SlackIncomingWebhook
io.kestra.plugin.slack.notifications.SlackExecution io.kestra.plugin.notifications.slack.SlackExecution
io.kestra.plugin.slack.notifications.SlackExecution io.kestra.plugin.slack.SlackExecution
io.kestra.plugin.core.execution.Resume io.kestra.plugin.kestra.executions.Resume
"""  # noqa: E501

ALL = [*BUILT_IN]


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


@pytest.mark.parametrize("names", rows(NAMES), ids=lambda names: names[0])
def test_a_type_is_found_by_its_names_and_the_old_one_is_reported(names: list[str]) -> None:
    found = BUILT_IN.find(names[0])
    assert found is not None
    assert found.name == names[0]
    for old in names[1:]:
        assert BUILT_IN.find(old) is found
        assert old in found.deprecated


@pytest.mark.parametrize(("newest", "other"), rows(EQUAL_NAMES))
def test_names_that_moved_lately_are_equal(newest: str, other: str) -> None:
    found = BUILT_IN.find(other)
    assert found is not None
    assert found.name == newest
    assert other not in found.deprecated


def test_every_type_is_in_the_table() -> None:
    listed = {names[0] for names in [*rows(NAMES), *rows(EQUAL_NAMES)]}
    assert {each.name for each in ALL} == listed


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_a_declaration_is_sound(each: TaskType) -> None:
    for schema in (*each.properties.values(), *each.outputs.values()):
        Draft202012Validator.check_schema(dict(schema))
    parts = {*each.properties, *each.branches, *([each.inputs] if each.inputs else [])}
    assert set(each.required) <= parts
    assert set(each.renamed.values()) <= parts
    assert not parts & {*each.renamed, *each.ignored}
    assert each.title.endswith(".")
    assert set(each.branches.values()) <= {"list", "task", "cases", "dag"}
    assert not each.branches or each.flowable
    assert each.deprecated <= {each.name, *each.aliases}


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_defaults_are_values_of_their_properties(each: TaskType) -> None:
    for schema in each.properties.values():
        if "default" in schema:
            # Defaults are taken as they are, so none of them may be an expression.
            assert "{{" not in str(schema["default"])
            assert Draft202012Validator(dict(schema)).is_valid(schema["default"])


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.name)
def test_a_declaration_travels_as_json(each: TaskType) -> None:
    assert decode_type(json.loads(json.dumps(encode_type(each)))) == each


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"title": "No name."}, "'name'"),
        ({"name": 3, "title": "A number."}, "'name'"),
        ({"name": "a", "title": "A.", "colour": "red"}, "'colour'"),
        ({"name": "a", "title": "A.", "aliases": "b"}, "'aliases'"),
        ({"name": "a", "title": "A.", "required": [1]}, "'required'"),
        ({"name": "a", "title": "A.", "properties": []}, "'properties'"),
    ],
)
def test_what_is_no_declaration_is_refused(data: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidRequest, match=named):
        decode_type(data)


def test_a_catalog_takes_further_types_but_keeps_its_own() -> None:
    mine = TaskType(name="com.example.Mine", title="Mine.", aliases=("mine",))
    impostor = TaskType(name="io.kestra.plugin.core.log.Log", title="Not the log.")
    catalog = Catalog([mine, impostor])
    assert catalog.find("mine") is mine
    assert catalog.find(impostor.name) is BUILT_IN.find(impostor.name)
    assert BUILT_IN.find("mine") is None


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("io.kestra.plugin.core.log.Lug", "io.kestra.plugin.core.log.Log"),
        ("io.kestra.plugin.core.flow.Puase", "io.kestra.plugin.core.flow.Pause"),
        ("Pause", "io.kestra.plugin.core.flow.Pause"),
        ("io.kestra.core.tasks.flow.Switch", "io.kestra.plugin.core.flow.Switch"),
        ("pyhton", "python"),
        ("xyz", None),
        ("x" * 100_000, None),
    ],
)
def test_the_nearest_name(slip: str, meant: str | None) -> None:
    assert BUILT_IN.nearest(slip) == meant


def test_the_nearest_trigger() -> None:
    name = "io.kestra.plugin.core.trigger.Schedul"
    assert BUILT_IN.nearest(name, trigger=True) == "io.kestra.plugin.core.trigger.Schedule"
    old = BUILT_IN.trigger("io.kestra.core.models.triggers.types.Webhook")
    assert old is not None
    assert old.kind == "webhook"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("io.kestra.plugin.ee.flow.HumanTask", "Approval"),
        ("io.kestra.plugin.core.flow.ForEachItem", "Loop"),
        ("io.kestra.plugin.notifications.mail.MailSend", "notify"),
        ("io.kestra.plugin.jdbc.postgresql.Query", "plugin"),
        ("io.kestra.core.tasks.scripts.Bash", "shell.Commands"),
        ("io.kestra.plugin.core.flow.Puase", None),
        ("com.example.Mine", None),
    ],
)
def test_types_of_the_reference_that_do_not_exist_here(name: str, hint: str | None) -> None:
    assert BUILT_IN.find(name) is None
    found = instead(name)
    assert (found is None) if hint is None else (hint in (found or ""))


def test_without_plugins_there_are_no_further_types() -> None:
    assert all(isinstance(each, TaskType) for each in installed_types())
