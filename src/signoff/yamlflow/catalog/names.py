"""The full names of types.

Owns how a short name becomes the newest full name and the older ones.
"""

from __future__ import annotations

from typing import Any

CORE = "io.kestra.plugin.core"
OLD = "io.kestra.core.tasks"
PLUGIN = "io.kestra.plugin"
OLD_TRIGGERS = "io.kestra.core.models.triggers.types"


def core(name: str) -> str:
    """The newest name of a core type: `flow.Pause` is `io.kestra.plugin.core.flow.Pause`."""
    return f"{CORE}.{name}"


def old(*names: str) -> dict[str, Any]:
    """The arguments of a `TaskType` for older names whose use is reported.

    Args:
        names: names below `io.kestra.core.tasks`, or whole ones.
    """
    full = tuple(name if name.startswith("io.") else f"{OLD}.{name}" for name in names)
    return {"aliases": full, "deprecated": frozenset(full)}
