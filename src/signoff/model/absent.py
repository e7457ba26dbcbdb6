"""Documented names that have no counterpart, and what to use instead.

Owns what is said when user code imports one of them. Looked at only when an import fails.
"""

from __future__ import annotations

_BLOCKS = (
    "Signoff has one block, signoff.blocks.system.Secret. Keep other configuration in "
    "signoff.variables.Variable, or in a pydantic_settings class of your own."
)
_NOTIFY = (
    "Signoff has no notification blocks. Call the service in a hook or a task (httpx.post(url, "
    'json={"text": ...})), with the URL kept in signoff.blocks.system.Secret.'
)
_AUTOMATIONS = (
    "Signoff has no automations. Use hooks of the flow (on_failure=[...]), a deadline with "
    "on_timeout=..., or read `signoff events stream`."
)
_PROCESSES = "Signoff starts runs as processes; deploy without an image."
_ASSETS = "Signoff has no assets. Return what a task made, or make an artifact of it."
_BACKGROUND = "Signoff has no background tasks. Call submit() in a flow, or deploy a flow."
_CLOUD = "Signoff has no cloud. Run a server of your own with `signoff server start`."
_INTEGRATIONS = (
    "Signoff has the integrations signoff_dask and signoff_ray only. Use the library of the "
    "service in a task."
)

ADVICE = {
    "signoff.assets": _ASSETS,
    "signoff.automations": _AUTOMATIONS,
    "signoff.blocks.abstract": _BLOCKS,
    "signoff.blocks.core": _BLOCKS,
    "signoff.blocks.fields": _BLOCKS,
    "signoff.blocks.notifications": _NOTIFY,
    "signoff.blocks.webhook": _NOTIFY,
    "signoff.bundles": _PROCESSES,
    "signoff.client.cloud": _CLOUD,
    "signoff.deployments.steps": "Pull steps are written in signoff.yaml; see "
    "docs/how-to/deploy-and-schedule.md.",
    "signoff.docker": _PROCESSES,
    "signoff.infrastructure": _PROCESSES,
    "signoff.plugins": "Signoff has no plugins of this kind.",
    "signoff.task_worker": _BACKGROUND,
    "signoff.telemetry": "Signoff sends no telemetry.",
}
"""By the name of the module."""
AUTOMATION_NAMES = ("Automation", "Trigger", "DeploymentEventTrigger", "get_events_subscriber")


def advice(name: str) -> str | None:
    """What to say of a module or name that is not there; None when nothing is known of it."""
    if name.startswith("signoff_"):
        return None if "." in name else _INTEGRATIONS
    found = ADVICE.get(name)
    if found is None and name.startswith("signoff.events.") and name.endswith(AUTOMATION_NAMES):
        return _AUTOMATIONS
    return found
