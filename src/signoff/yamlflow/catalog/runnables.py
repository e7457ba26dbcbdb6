"""The core's own runnable task types.

Owns their declarations. Their code is in `signoff.yamlflow.tasks`.
"""

from __future__ import annotations

from signoff.yamlflow.catalog.names import PLUGIN, core, old
from signoff.yamlflow.catalog.schemas import (
    LABELS,
    anything,
    choice,
    duration,
    either,
    flag,
    list_of,
    map_of,
    text,
)
from signoff.yamlflow.catalog.types import TaskType

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR")
_NAMESPACE = text("Where it is kept; the flow's own namespace when not given.")

LOG = TaskType(
    name=core("log.Log"),
    title="Write lines to the log of the run.",
    **old("log.Log", "debugs.Log"),
    properties={
        "message": either(
            "The line, or a list of lines.", text("A line."), list_of(text("A line."), "Lines.")
        ),
        "level": choice("How much it matters.", *LEVELS, default="INFO"),
    },
    required=("message",),
)

RETURN = TaskType(
    name=core("debug.Return"),
    title="Give a value back as an output.",
    **old("debugs.Return"),
    properties={"format": text("The value, as text.")},
    outputs={"value": {"type": "string", "description": "The rendered text."}},
)

ECHO = TaskType(
    name=core("debug.Echo"),
    title="Write a line to the log; now Log.",
    aliases=("io.kestra.core.tasks.debugs.Echo",),
    deprecated=frozenset((core("debug.Echo"), "io.kestra.core.tasks.debugs.Echo")),
    properties={
        "format": text("The line."),
        "level": choice("How much it matters.", *LEVELS, default="INFO"),
    },
    required=("format",),
)

OUTPUT_VALUES = TaskType(
    name=core("output.OutputValues"),
    title="Give several values back as outputs.",
    properties={"values": map_of({}, "Values by name.", **{"x-typed": True})},
    required=("values",),
    outputs={"values": {"type": "object", "description": "The values."}},
)

FAIL = TaskType(
    name=core("execution.Fail"),
    title="Fail the run, always or when a condition holds.",
    **old("executions.Fail"),
    properties={
        "condition": text("Expression; without one it always fails.", **{"x-typed": True}),
        "errorMessage": text("What the failure says."),
    },
)

EXIT = TaskType(
    name=core("execution.Exit"),
    title="End the run at once.",
    properties={
        "state": choice(
            "How it ends.",
            *("SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELED", "CANCELLED"),
            default="SUCCESS",
        )
    },
)

ASSERT = TaskType(
    name=core("execution.Assert"),
    title="Fail unless every condition holds.",
    properties={
        "conditions": list_of(text("Expression."), "What must hold.", **{"x-typed": True}),
        "errorMessage": text("What the failure says."),
    },
    required=("conditions",),
    outputs={
        "failed": {"type": "integer", "description": "How many did not hold."},
        "success": {"type": "integer", "description": "How many did."},
    },
)

LABELS_TASK = TaskType(
    name=core("execution.Labels"),
    title="Put labels on the run.",
    **old("executions.Labels"),
    properties={
        "labels": either(
            "The labels: a map, a list of `{key, value}`, or a map as JSON text.",
            *LABELS["anyOf"],
            text("JSON."),
        )
    },
    required=("labels",),
)

RESUME = TaskType(
    name=core("execution.Resume"),
    title="Answer a run that waits.",
    aliases=("io.kestra.core.tasks.executions.Resume", f"{PLUGIN}.kestra.executions.Resume"),
    deprecated=frozenset(("io.kestra.core.tasks.executions.Resume",)),
    properties={
        "executionId": text("Which run; this one when not given."),
        "inputs": map_of({}, "The answer.", **{"x-typed": True}),
    },
    ignored={
        "namespace": "a run is found by its id",
        "flowId": "a run is found by its id",
        "kestraUrl": "runs of this installation are answered",
        "tenantId": "there are no tenants here",
        "auth": "runs of this installation are answered without a login",
    },
)

SLEEP = TaskType(
    name=core("flow.Sleep"),
    title="Do nothing for some time.",
    properties={"duration": duration("How long.")},
    required=("duration",),
)

KV_SET = TaskType(
    name=core("kv.Set"),
    title="Keep a value under a key.",
    properties={
        "key": text("The key."),
        "value": anything("The value.", **{"x-typed": True}),
        "namespace": _NAMESPACE,
        "overwrite": flag("A value that is there already is replaced.", True),
        "ttl": duration("How long it is kept."),
        "kvType": choice(
            "What text stands for.",
            *("STRING", "NUMBER", "BOOLEAN", "DATETIME", "DATE", "DURATION", "JSON"),
        ),
    },
    required=("key", "value"),
    ignored={"kvDescription": "keys have no descriptions"},
)

KV_GET = TaskType(
    name=core("kv.Get"),
    title="Read the value under a key.",
    properties={
        "key": text("The key."),
        "namespace": _NAMESPACE,
        "errorOnMissing": flag("No such key is a failure."),
    },
    required=("key",),
    outputs={"value": {"description": "The value; null when there is none."}},
)

KV_DELETE = TaskType(
    name=core("kv.Delete"),
    title="Forget a key.",
    properties={
        "key": text("The key."),
        "namespace": _NAMESPACE,
        "errorOnMissing": flag("No such key is a failure."),
    },
    required=("key",),
    outputs={"deleted": {"type": "boolean", "description": "It was there."}},
)

KV_GET_KEYS = TaskType(
    name=core("kv.GetKeys"),
    title="List keys.",
    properties={
        "prefix": text("What the keys begin with."),
        "namespace": _NAMESPACE,
    },
    outputs={"keys": {"type": "array", "description": "The keys, sorted."}},
)

NOTIFY = TaskType(
    name="notify",
    title="Send a message by mail, chat or any other service Apprise knows.",
    properties={
        "urls": either(
            "Where to: one Apprise URL or several, such as `mailto://user:pass@example.com`.",
            text("A URL."),
            list_of(text("A URL."), "URLs."),
        ),
        "title": text("The subject."),
        "body": text("The message."),
        "format": choice("What the message is written in.", "text", "markdown", "html"),
    },
    required=("urls", "body"),
)

PYTHON = TaskType(
    name="python",
    title="Call a Python function, task or flow.",
    properties={
        "entrypoint": text(
            "What to call: `package.module:function` or `path/to/file.py:function`."
        ),
        "parameters": map_of({}, "Its arguments by name.", **{"x-typed": True}),
    },
    required=("entrypoint",),
    outputs={"value": {"description": "What it returned."}},
)

RUNNABLES = (
    *(LOG, RETURN, ECHO, OUTPUT_VALUES, FAIL, EXIT, ASSERT, LABELS_TASK, RESUME, SLEEP),
    *(KV_SET, KV_GET, KV_DELETE, KV_GET_KEYS, NOTIFY, PYTHON),
)
