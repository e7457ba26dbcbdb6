"""Types of the reference that do not exist here.

Owns which names are known all the same, and what to use instead.
"""

from __future__ import annotations

from signoff.yamlflow.catalog.names import CORE, OLD, PLUGIN, core

_SCRIPTS = f"use {PLUGIN}.scripts.shell.Commands, which runs in a process of the worker"
_NOTIFY = "use `notify`, which knows mail, Teams, Discord and many others"
_MESSENGERS = ("notifications", "email", "discord", "teams", "telegram", "pagerduty", "twilio")
_POLLING = (
    f"use a trigger of type {core('trigger.Schedule')} and ask in the first task, with `when` or "
    f"{core('flow.If')} for what follows"
)
_PLUGIN = (
    "call it from a script, over HTTP or with `type: python`, or install a plugin that offers it"
)

_FOREIGN = {
    core("flow.ForEachItem"): f"use {core('flow.Loop')} or {core('flow.ForEach')}",
    core("flow.Template"): f"use {core('flow.Subflow')}",
    core("storage."): "write files with a script and `outputFiles`",
    core("state."): f"use {core('kv.Set')} and {core('kv.Get')}",
    core("log.Fetch"): "read logs with `signoff flow-run logs`",
    core("log.PurgeLogs"): "delete runs with `signoff bulk delete`",
    core("execution.PurgeExecutions"): "delete runs with `signoff bulk delete`",
    core("execution.Count"): "ask the HTTP API",
    core("namespace."): "use `inputFiles`",
    core("trigger.Toggle"): "use `disabled`",
    core("trigger.ScheduleOnDates"): f"use several triggers of type {core('trigger.Schedule')}",
    core("dashboard."): "the page shows the runs",
    core("runner."): "everything runs in a process of the worker",
    f"{OLD}.scripts.": _SCRIPTS,
    f"{OLD}.flows.Template": f"use {core('flow.Subflow')}",
    f"{OLD}.flows.EachItem": f"use {core('flow.Loop')}",
    f"{OLD}.flows.ForEachItem": f"use {core('flow.Loop')}",
    f"{OLD}.storages.": "write files with a script and `outputFiles`",
    f"{OLD}.states.": f"use {core('kv.Set')} and {core('kv.Get')}",
    f"{PLUGIN}.ee.flow.HumanTask": f"use {core('flow.Approval')}",
    f"{PLUGIN}.scripts.": _SCRIPTS,
    core("http.Trigger"): _POLLING,
    core("purge."): "delete runs with `signoff bulk delete`",
    core("kv.Purge"): f"use {core('kv.Delete')}, or `ttl` of {core('kv.Set')}",
    **{f"{PLUGIN}.{name}.": _NOTIFY for name in _MESSENGERS},
    f"{PLUGIN}.ee.": "it belongs to another product",
}


def instead(name: str) -> str | None:
    """What to use instead of a type of the reference that does not exist here.

    Returns:
        None when the name is none of the reference's; a type of its core that is not in the list is
        taken for a slip of the pen.
    """
    for known in sorted(_FOREIGN, key=len, reverse=True):
        if name == known or (known.endswith((".", "Purge")) and name.startswith(known)):
            return _FOREIGN[known]
    if not name.startswith(f"{PLUGIN}.") or name.startswith(f"{CORE}."):
        return None
    return _POLLING if name.endswith("Trigger") else _PLUGIN
