"""Finding the code of a task type, and the ways in which it ends.

Owns the table from type names to code, and the exceptions by which code ends other than well.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Protocol

from signoff.yamlflow.catalog.types import TaskType
from signoff.yamlflow.tasks.context import RunContext

GROUP = "signoff.tasks"
"""Entry points under which plugins offer task types."""


class TaskCode(Protocol):
    """What runs tasks of one type."""

    def run(self, context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run one attempt.

        Args:
            context: what it may use.
            properties: the task's own properties under their newest names, rendered; those with a
                default in the type's schema are there.

        Returns:
            The outputs, by name; values JSON can carry.

        Raises:
            Exception: the attempt has failed; its text is what people read.
        """


class TaskFailed(Exception):
    """An attempt has failed and says more than a message.

    Attributes:
        outputs: what it found out all the same.
    """

    def __init__(self, message: str, outputs: Mapping[str, Any] | None = None) -> None:
        self.outputs = dict(outputs or {})
        super().__init__(message)


class TaskWarned(Exception):
    """A task has ended, with a warning.

    Attributes:
        outputs: its outputs.
    """

    def __init__(self, message: str, outputs: Mapping[str, Any] | None = None) -> None:
        self.outputs = dict(outputs or {})
        super().__init__(message)


class EndRun(Exception):
    """A task ends its whole run.

    Attributes:
        state: name of the end state on the YAML side: `SUCCESS`, `WARNING`, `FAILED`, `KILLED` or
            `CANCELLED`.
    """

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(f"The run is ended as {state}.")


_HERE = "signoff.yamlflow.tasks"
_KESTRA = "io.kestra.plugin"

_CODE = {
    f"{_KESTRA}.core.log.Log": "saying:Log",
    f"{_KESTRA}.core.debug.Return": "saying:Return",
    f"{_KESTRA}.core.debug.Echo": "saying:Echo",
    f"{_KESTRA}.core.output.OutputValues": "saying:OutputValues",
    f"{_KESTRA}.core.execution.Fail": "deciding:Fail",
    f"{_KESTRA}.core.execution.Exit": "deciding:Exit",
    f"{_KESTRA}.core.execution.Assert": "deciding:Assert",
    f"{_KESTRA}.core.execution.Labels": "steering:Labels",
    f"{_KESTRA}.kestra.executions.Resume": "steering:Resume",
    f"{_KESTRA}.core.execution.Resume": "steering:Resume",
    f"{_KESTRA}.core.flow.Sleep": "steering:Sleep",
    f"{_KESTRA}.core.kv.Set": "pairs:Set",
    f"{_KESTRA}.core.kv.Get": "pairs:Get",
    f"{_KESTRA}.core.kv.Delete": "pairs:Delete",
    f"{_KESTRA}.core.kv.GetKeys": "pairs:GetKeys",
    f"{_KESTRA}.core.http.Request": "http:Request",
    f"{_KESTRA}.core.http.Download": "http:Download",
    f"{_KESTRA}.slack.notifications.SlackIncomingWebhook": "slack:IncomingWebhook",
    f"{_KESTRA}.slack.notifications.SlackExecution": "slack:Execution",
    f"{_KESTRA}.scripts.python.Script": "scripts:PYTHON_SCRIPT",
    f"{_KESTRA}.scripts.python.Commands": "scripts:COMMANDS",
    f"{_KESTRA}.scripts.shell.Script": "scripts:SHELL_SCRIPT",
    f"{_KESTRA}.scripts.shell.Commands": "scripts:COMMANDS",
    f"{_KESTRA}.scripts.node.Script": "scripts:NODE_SCRIPT",
    f"{_KESTRA}.scripts.node.Commands": "scripts:COMMANDS",
    f"{_KESTRA}.scripts.r.Script": "scripts:R_SCRIPT",
    f"{_KESTRA}.scripts.r.Commands": "scripts:COMMANDS",
    "notify": "notifying:Notify",
    "python": "python:Python",
}


def code_of(task_type: TaskType) -> TaskCode:
    """The code of a runnable type, loaded when first asked for.

    Raises:
        LookupError: neither this package nor an installed plugin has code for the type.
    """
    for name in (task_type.name, *task_type.aliases):
        if place := _CODE.get(name):
            return _built_in(place)
    for point in entry_points(group=GROUP):
        plugin = point.load()
        if plugin.declaration.name == task_type.name:
            found: TaskCode = plugin
            return found
    raise LookupError(
        f"No code for tasks of type {task_type.name!r} is installed here. Install the package that "
        "provides it where the flow runs."
    )


@cache
def _built_in(place: str) -> TaskCode:
    module, _, attribute = place.partition(":")
    code: TaskCode = getattr(importlib.import_module(f"{_HERE}.{module}"), attribute)
    return code
