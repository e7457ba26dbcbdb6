"""The JSON Schema of the language, for editors.

Owns how the catalog becomes one schema. It says what a document may look like, under old and new
names; what only reading can find out (ids that are unique, circles, expressions) is not in it. What
tasks and triggers must say stands apart, for where there are `pluginDefaults` they may say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from signoff.yamlflow.catalog.inputs import (
    INPUT,
    INPUT_RENAMED,
    INPUT_REQUIRED,
    INPUT_TYPES,
    RENAMED_TYPES,
    InputType,
)
from signoff.yamlflow.catalog.language import (
    FLOW,
    FLOW_BRANCHES,
    FLOW_IGNORED,
    FLOW_RENAMED,
    RETRY,
    RETRY_NEEDS,
    TASK,
    TASK_EQUAL,
    TASK_IGNORED,
    TRIGGER,
    TRIGGER_IGNORED,
)
from signoff.yamlflow.catalog.registry import BUILT_IN, Catalog
from signoff.yamlflow.catalog.triggers import TriggerType
from signoff.yamlflow.catalog.types import TaskType

Node = dict[str, Any]

_EXPRESSION = {"type": "string", "pattern": r"\{\{|\{%"}
_PLAIN_TEXT = ["string", "number", "boolean"]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_WORDS = ("description", "default")
_OLDER_TRIGGER_KEYS = ("conditions", "preconditions", "dependsOn")


def language_schema(catalog: Catalog = BUILT_IN) -> Node:
    """The JSON Schema (2020-12) of a document.

    Args:
        catalog: the types of tasks there are.
    """
    tasks = {each.name: _task(each) for each in catalog}
    kinds = {each.name: _input(each) for each in INPUT_TYPES}
    triggers = {each.declaration.name: _trigger(each) for each in catalog.triggers()}
    return {
        "$schema": _DIALECT,
        "title": "Signoff flow",
        **_flow(),
        "$defs": {
            "task": _by_type(
                "task", {each.name: (each.name, *each.aliases) for each in catalog}, ("id", "type")
            ),
            "trigger": _by_type(
                "trigger",
                {
                    each.declaration.name: (each.declaration.name, *each.declaration.aliases)
                    for each in catalog.triggers()
                },
                ("id", "type"),
            ),
            "input": _by_type(
                "input",
                {
                    each.name: (
                        each.name,
                        *(old for old, new in RENAMED_TYPES.items() if new == each.name),
                    )
                    for each in INPUT_TYPES
                },
                ("type",),
            ),
            "retry": _retry(),
            "needs:task": _needs_of_tasks(catalog),
            "needs:trigger": {
                "allOf": [
                    _need(each.declaration)
                    for each in catalog.triggers()
                    if each.declaration.required
                ]
            },
            **{f"task:{name}": node for name, node in tasks.items()},
            **{f"trigger:{name}": node for name, node in triggers.items()},
            **{f"input:{name}": node for name, node in kinds.items()},
        },
    }


def _flow() -> Node:
    properties = {name: _own(name, schema) for name, schema in FLOW.items()}
    properties |= {name: _list("task") for name in FLOW_BRANCHES}
    properties |= {"inputs": _list("input"), "triggers": _list("trigger")}
    properties["tasks"]["minItems"] = 1
    node = _object(properties, ("id", "namespace", "tasks"), FLOW_RENAMED, FLOW_IGNORED)
    given = [{"required": [name]} for name in ("pluginDefaults", "taskDefaults")]
    needs = {name: _list("needs:task") for name in FLOW_BRANCHES}
    needs["triggers"] = _list("needs:trigger")
    return {**node, "if": {"anyOf": given}, "then": {}, "else": {"properties": needs}}


def _needs_of_tasks(catalog: Catalog) -> Node:
    """What tasks must say, and those inside them, wherever a type has any."""
    kinds = {name: kind for each in catalog for name, kind in each.branches.items()}
    inside = {name: _branch(kind, "needs:task") for name, kind in kinds.items() if kind != "dag"}
    # Of a Dag, the list has maps that hold a task each.
    inside["task"] = {"$ref": "#/$defs/needs:task"}
    return {"properties": inside, "allOf": [_need(each) for each in catalog if each.required]}


def _need(declaration: TaskType) -> Node:
    """What one of this type must say, under any of its names."""
    names = [declaration.name, *declaration.aliases]
    return {
        "if": {"properties": {"type": {"enum": names}}, "required": ["type"]},
        "then": {"allOf": _required(declaration.required, declaration.renamed)},
    }


def _task(declaration: TaskType) -> Node:
    properties = {name: _own(name, schema) for name, schema in TASK.items()}
    properties |= {name: _for_editors(each) for name, each in declaration.properties.items()}
    properties |= {name: _branch(kind) for name, kind in declaration.branches.items()}
    if declaration.inputs:
        properties[declaration.inputs] = _list("input")
    properties["type"] = {"type": "string", "description": declaration.title}
    for name, why in declaration.outdated.items():
        note = {"description": f"Deprecated: {why}.", "deprecated": True}
        properties[name] = {**properties[name], **note}
    for other, name in TASK_EQUAL.items():
        properties[other] = properties[name]
    for name, why in declaration.refused.items():
        properties[name] = {"const": False, "description": f"Not supported: {why}."}
    ignored = {**TASK_IGNORED, **declaration.ignored}
    return _object(properties, (), declaration.renamed, ignored)


def _trigger(kind: TriggerType) -> Node:
    declaration = kind.declaration
    properties = {name: _for_editors(each) for name, each in TRIGGER.items()}
    properties |= {name: _for_editors(each) for name, each in declaration.properties.items()}
    older: Node = {"description": "Older form; use `when`.", "deprecated": True}
    properties |= dict.fromkeys(_OLDER_TRIGGER_KEYS, older)
    ignored = {**TRIGGER_IGNORED, **declaration.ignored}
    return _object(properties, (), declaration.renamed, ignored)


def _input(kind: InputType) -> Node:
    properties = {name: _for_editors(each) for name, each in INPUT.items()}
    properties |= {name: _for_editors(each) for name, each in kind.properties.items()}
    for name in ("defaults", "prefill"):
        value = _for_editors(kind.value)
        properties[name] = {**value, "description": INPUT[name]["description"]}
    properties["type"] = {"type": "string", "description": kind.title}
    required = ("id", *INPUT_REQUIRED.get(kind.name, ()))
    return _object(properties, required, INPUT_RENAMED, {})


def _retry() -> Node:
    needs = [
        {
            "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
            "then": {"required": list(names)},
        }
        for kind, names in RETRY_NEEDS.items()
    ]
    return {**_for_editors(RETRY), "allOf": needs}


def _by_type(what: str, names: Mapping[str, Iterable[str]], required: Iterable[str]) -> Node:
    """A map whose `type` says which schema holds for the rest."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {"type": {"enum": [each for group in names.values() for each in group]}},
        "allOf": [
            {
                "if": {"properties": {"type": {"enum": list(group)}}, "required": ["type"]},
                "then": {"$ref": f"#/$defs/{what}:{name}"},
            }
            for name, group in names.items()
        ],
    }


def _object(
    properties: Node,
    required: Iterable[str],
    renamed: Mapping[str, str],
    ignored: Mapping[str, str],
) -> Node:
    """A map with these keys, older ones and ones without effect."""
    every = dict(properties)
    for old, new in renamed.items():
        every[old] = {
            **properties[new],
            "description": f"Old name of `{new}`.",
            "deprecated": True,
        }
    for name, why in ignored.items():
        every.setdefault(name, {"description": f"No effect: {why}.", "deprecated": True})
    node: Node = {"type": "object", "properties": every, "additionalProperties": False}
    needs = _required(required, renamed)
    return {**node, "allOf": needs} if needs else node


def _required(names: Iterable[str], renamed: Mapping[str, str]) -> list[Node]:
    """That each of these must be given, under its newest name or an older one."""
    needs: list[Node] = []
    for name in names:
        every = [name, *(old for old, new in renamed.items() if new == name)]
        needs.append({"anyOf": [{"required": [each]} for each in every]})
    return needs


def _branch(kind: str, what: str = "task") -> Node:
    if kind == "task":
        return {"$ref": f"#/$defs/{what}"}
    if kind == "cases":
        return {"type": "object", "additionalProperties": _list(what)}
    if kind == "dag":
        item = _object(
            {
                "task": {"$ref": "#/$defs/task"},
                "dependsOn": {"type": "array", "items": {"type": "string"}},
            },
            ("task",),
            {},
            {},
        )
        return {"type": "array", "items": item, "minItems": 1}
    return _list(what)


def _list(what: str) -> Node:
    return {"type": "array", "items": {"$ref": f"#/$defs/{what}"}}


def _own(name: str, schema: Mapping[str, Any]) -> Node:
    return {"$ref": "#/$defs/retry"} if name == "retry" else _for_editors(schema)


def _for_editors(schema: Mapping[str, Any], dynamic: bool = True) -> Node:
    """A schema of the catalog without its own keywords: names and expressions written out."""
    dynamic = bool(schema.get("x-dynamic", dynamic)) or schema.get("x-expression") is True
    node: Node = {key: value for key, value in schema.items() if not key.startswith("x-")}
    if "anyOf" in node:
        node["anyOf"] = [_for_editors(arm, dynamic) for arm in node["anyOf"]]
    if "items" in node:
        node["items"] = _for_editors(node["items"], dynamic)
    if isinstance(node.get("additionalProperties"), Mapping):
        node["additionalProperties"] = _for_editors(node["additionalProperties"], dynamic)
    if "properties" in node:
        inner = {name: _for_editors(each, dynamic) for name, each in node["properties"].items()}
        node |= _object(
            inner,
            node.pop("required", ()),
            schema.get("x-renamed", {}),
            schema.get("x-ignored", {}),
        )
    if node.get("type") == "string":
        return _text(node, dynamic)
    if dynamic and node.get("type") in ("integer", "number", "boolean"):
        words: Node = {key: node.pop(key) for key in _WORDS if key in node}
        return {**words, "anyOf": [node, dict(_EXPRESSION)]}
    return node


def _text(node: Node, dynamic: bool) -> Node:
    """Text: numbers and booleans are taken as written; an expression may be any text."""
    if node.keys().isdisjoint(("enum", "pattern", "format", "minLength", "maxLength")):
        return {**node, "type": _PLAIN_TEXT}
    if "pattern" in node:
        node["pattern"] = f"^(?:{node['pattern']})$"
    if dynamic:
        words: Node = {key: node.pop(key) for key in _WORDS if key in node}
        return {**words, "anyOf": [node, dict(_EXPRESSION)]}
    return node
