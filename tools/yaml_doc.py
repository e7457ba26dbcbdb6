"""Writes `docs/reference/yaml/` from the catalog of the YAML language.

Run it after changing `signoff/yamlflow/catalog`; a test fails when a page differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from signoff.yamlflow.catalog import BUILT_IN, TaskType
from signoff.yamlflow.catalog.inputs import INPUT, INPUT_REQUIRED, INPUT_TYPES, RENAMED_TYPES
from signoff.yamlflow.catalog.language import (
    FLOW,
    FLOW_IGNORED,
    FLOW_REFUSED,
    FLOW_RENAMED,
    OUTPUT,
    RETRY,
    TASK,
    TASK_EQUAL,
    TASK_IGNORED,
    TRIGGER,
)

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference" / "yaml"
Schema = Mapping[str, Any]

_MADE = "<!-- Made by tools/yaml_doc.py from src/signoff/yamlflow/catalog: change it there. -->\n"
_WORDS = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "list",
    "object": "map",
}
_BRANCHES = {
    "list": "tasks",
    "task": "task",
    "cases": "map from values to tasks",
    "dag": "list of `{task, dependsOn}`",
}
_MEANINGS = {
    "cases": "What it does for each value.",
    "dag": "What it does; a task begins when those named by `dependsOn` have ended.",
}
_BRANCH_WORDS = {
    "tasks": "What it does, one task after the other.",
    "then": "What it does when the condition holds.",
    "else": "What it does when not.",
    "defaults": "What it does when no case fits.",
    "errors": "What it does when one of its tasks has failed.",
    "finally": "What it does always, before it ends.",
    "onPause": "What it does as soon as it waits.",
    "onWait": "What it does as soon as it waits.",
    "onApprove": "What it does when somebody has approved.",
    "onDeny": "What it does when somebody has denied.",
}
_FLOW_BRANCHES = {
    "tasks": "What the flow does; needed.",
    "errors": "Run when a task has failed.",
    "finally": "Run always, before the run ends.",
    "afterExecution": "Run when the end state is known; they cannot change it.",
}
_GROUPS = (
    ("Tasks that direct others", lambda each: each.flowable),
    ("Tasks that do something", lambda each: not each.flowable),
)

FLOW_HEAD = f"""\
# YAML: the keys of a flow

{_MADE}
A flow is one YAML document. `signoff validate FILE` tells everything that is wrong with one, with
line and column; `signoff schema` prints its JSON Schema for editors. See also the [types of
tasks](tasks.md), [inputs](inputs.md) and [triggers](triggers.md).

Values are what YAML 1.2 says, and stay as they are written wherever they could be mistaken:
dates, times, `yes`, `no`, `on`, `0o17`, `1_000`, `007` and keys such as `1:` are text. Where text
is wanted, numbers and booleans stay as written too: `1.10` is `1.10`. Texts with `{{{{ … }}}}`
are [expressions](../expressions.md); one at the beginning of a value must be in quotes.

Limits: 10 MB, 200,000 values (those that aliases repeat counted each time), 100 levels.
"""
TASKS_HEAD = f"""\
# YAML: types of tasks

{_MADE}
Every task has the [keys of all tasks](flow.md#the-keys-of-a-task), and its type's own. Old names
of types and properties are understood and reported; a property marked "no effect" is one of other
systems that changes nothing here. Packages add types with an entry point of the group
`signoff.tasks`.
"""
INPUTS_HEAD = f"""\
# YAML: inputs

{_MADE}
The inputs of a flow, of a Pause (`onResume`) and of an Approval (`inputs`). Bounds are inclusive.
What is not required and not given is null. Dots in an id nest: `request.name` is
`inputs.request.name`.
"""
TRIGGERS_HEAD = f"""\
# YAML: triggers

{_MADE}
What starts runs by itself. The older forms `conditions`, `preconditions` and `dependsOn` are
understood where `when` and the properties below can say the same; what cannot be said is refused
with a hint.
"""


def pages() -> dict[str, str]:
    """The text of each page, by file name."""
    return {
        "flow.md": FLOW_HEAD + "".join(_flow()),
        "tasks.md": TASKS_HEAD + "".join(_tasks()),
        "inputs.md": INPUTS_HEAD + "".join(_inputs()),
        "triggers.md": TRIGGERS_HEAD + "".join(_triggers()),
    }


def _flow() -> Iterator[str]:
    yield "\n## The keys of a flow\n\n"
    branches = [_row(name, "tasks", words) for name, words in _FLOW_BRANCHES.items()]
    lists = [
        _row("inputs", "list", "Values a run takes: see [inputs](inputs.md)."),
        _row("triggers", "list", "What starts runs: see [triggers](triggers.md)."),
    ]
    yield _table([*_rows(FLOW, ("id", "namespace")), *branches, *lists])
    yield _others(FLOW_RENAMED, {}, FLOW_IGNORED)
    for name, words in FLOW_REFUSED.items():
        yield f"- `{name}` is not supported; {words}.\n"
    yield "\n## The keys of a task\n\n"
    yield _table(_rows(TASK, ("id", "type")))
    yield _others({}, TASK_EQUAL, TASK_IGNORED)
    yield "\n## The keys of a retry\n\n"
    yield _table(_rows(RETRY["properties"], RETRY["required"]))
    yield _others(RETRY["x-renamed"], {}, {})
    yield "\n## The keys of an output\n\n"
    yield _table(_rows(OUTPUT["properties"], OUTPUT["required"]))


def _tasks() -> Iterator[str]:
    yield "\n"
    for title, belongs in _GROUPS:
        yield f"**{title}:** "
        yield ", ".join(f"[{_short(each)}](#{_anchor(each)})" for each in BUILT_IN if belongs(each))
        yield ".\n\n"
    for each in BUILT_IN:
        yield from _task(each)


def _task(each: TaskType) -> Iterator[str]:
    yield f"## {each.name}\n\n{each.title}\n\n"
    for kind, names in (("Also", _equal(each)), ("Old names:", _old(each))):
        if names:
            yield f"{kind} {', '.join(f'`{name}`' for name in names)}.\n\n"
    rows = _rows(each.properties, each.required)
    for name, kind in each.branches.items():
        needed = ", needed" if name in each.required else ""
        words = _MEANINGS.get(kind) or _BRANCH_WORDS.get(name, "Tasks inside.")
        rows.append(_row(name, _BRANCHES[kind] + needed, words))
    if each.inputs:
        rows.append(_row(each.inputs, "list", "The form: see [inputs](inputs.md)."))
    if rows:
        yield _table(rows)
    yield _others(each.renamed, {}, each.ignored, each.outdated, each.refused)
    if each.outputs:
        yield "\nOutputs:\n\n"
        yield _table(_rows(each.outputs, ()))
    yield "\n"


def _inputs() -> Iterator[str]:
    yield "\n## The keys of every input\n\n"
    rows = _rows({name: each for name, each in INPUT.items() if name != "type"}, ("id",))
    yield _table([rows[0], _row("type", "text, needed", "One of those below."), *rows[1:]])
    yield "\n`name` is the old name of `id`.\n"
    for each in INPUT_TYPES:
        yield f"\n## {each.name}\n\n{each.title}\n"
        old = [name for name, newest in RENAMED_TYPES.items() if newest == each.name]
        if old:
            yield f"\nOld names: {', '.join(f'`{name}`' for name in old)}.\n"
        if each.properties:
            yield "\n" + _table(_rows(each.properties, INPUT_REQUIRED.get(each.name, ())))


def _triggers() -> Iterator[str]:
    yield "\n## The keys of every trigger\n\n"
    yield _table(_rows(TRIGGER, ("id", "type")))
    for kind in BUILT_IN.triggers():
        each = kind.declaration
        yield f"\n## {each.name}\n\n{each.title}\n\n"
        yield f"Old names: {', '.join(f'`{name}`' for name in each.aliases)}.\n\n"
        yield _table(_rows(each.properties, each.required))
        yield _others(each.renamed, {}, each.ignored)
        yield "\nIn expressions, below `trigger`:\n\n"
        yield _table(_rows(each.outputs, ()))


def _table(rows: Iterable[str]) -> str:
    return "| name | kind | meaning |\n|---|---|---|\n" + "".join(rows)


def _rows(schemas: Mapping[str, Schema], required: Iterable[str]) -> list[str]:
    needed = set(required)
    return [
        _row(name, kind(schema) + (", needed" if name in needed else ""), _meaning(schema))
        for name, schema in schemas.items()
    ]


def _row(name: str, kind: str, meaning: str) -> str:
    return f"| `{name}` | {kind} | {meaning} |\n"


def kind(schema: Schema) -> str:
    """What a value is, in words."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(arm) for arm in schema["anyOf"]))
    if "enum" in schema:
        return "one of " + ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        items = kind(schema.get("items", {}))
        return "list" if items == "any value" else f"list of {items}"
    if "properties" in schema:
        return "map with " + ", ".join(f"`{each}`" for each in schema["properties"])
    named = {"duration": "duration", "date-time": "date and time", "timezone": "time zone"}
    word = _WORDS.get(schema.get("type", ""), "any value")
    return named.get(schema.get("format", ""), word)


def _meaning(schema: Schema) -> str:
    words = [str(schema.get("description", ""))]
    if schema.get("default") not in (None, False, "", {}):
        words.append(f"Default: {_spell(schema['default'])}.")
    for keyword, said in (("minimum", "At least"), ("maximum", "At most")):
        if keyword in schema:
            words.append(f"{said} {schema[keyword]}.")
    if "maxLength" in schema:
        words.append(f"At most {schema['maxLength']} characters.")
    return " ".join(each for each in words if each).replace("|", "\\|")


def _spell(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"`{name}: {each}`" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(f"`{each}`" for each in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _others(
    renamed: Mapping[str, str],
    equal: Mapping[str, str],
    ignored: Mapping[str, str],
    outdated: Mapping[str, str] = MappingProxyType({}),
    refused: Mapping[str, str] = MappingProxyType({}),
) -> str:
    lines = [f"- `{old}` is the old name of `{new}`.\n" for old, new in renamed.items()]
    lines += [f"- `{other}` means the same as `{name}`.\n" for other, name in equal.items()]
    lines += [f"- `{name}` is deprecated; {what}.\n" for name, what in outdated.items()]
    lines += [f"- `{name}`: no effect; {why}.\n" for name, why in ignored.items()]
    lines += [f"- `{name}`: not supported; {why}.\n" for name, why in refused.items()]
    return "\n" + "".join(lines) if lines else ""


def _old(each: TaskType) -> list[str]:
    return [name for name in each.aliases if name in each.deprecated]


def _equal(each: TaskType) -> list[str]:
    return [name for name in each.aliases if name not in each.deprecated]


def _short(each: TaskType) -> str:
    *_, group, name = ("", *each.name.split("."))
    return f"{group}.{name}" if group in ("python", "shell", "node", "kv") else name


def _anchor(each: TaskType) -> str:
    return each.name.lower().replace(".", "")


def main() -> int:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
