"""Tasks that end a run, or judge it.

Owns Fail, Exit and Assert.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.running import EndRun, TaskFailed
from signoff.yamlflow.truth import truthy

_ENDS = ("SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED")


class Fail:
    """Fails, or fails when a condition holds."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Fail with `errorMessage`, unless there is a `condition` that is false."""
        if "condition" in properties and not truthy(properties["condition"]):
            return {}
        raise TaskFailed(str(properties.get("errorMessage") or "Task failure"))


class Exit:
    """Ends the run."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """End the run in `state`."""
        state = str(properties.get("state") or "SUCCESS").upper()
        state = "CANCELLED" if state == "CANCELED" else state
        if state not in _ENDS:
            raise TaskFailed(
                f"Property `state`: a run cannot end as {state!r}; use one of {', '.join(_ENDS)}."
            )
        raise EndRun(state)


class Assert:
    """Fails when a condition does not hold."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Check each of `conditions`; all that fail are named."""
        conditions = properties.get("conditions") or []
        conditions = conditions if isinstance(conditions, list) else [conditions]
        failed = [n for n, each in enumerate(conditions, 1) if not truthy(each)]
        outputs = {"failed": len(failed), "success": len(conditions) - len(failed)}
        if failed:
            which = ", ".join(map(str, failed))
            message = properties.get("errorMessage") or (
                f"{len(failed)} of {len(conditions)} conditions do not hold: number {which}."
            )
            raise TaskFailed(str(message), outputs)
        return outputs
