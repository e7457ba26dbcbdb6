"""Tasks that act on runs.

Owns Labels, Resume and Sleep.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from signoff.yamlflow.durations import seconds
from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.running import TaskFailed
from signoff.yamlflow.tasks.saying import in_text


class Labels:
    """Adds labels to its run; a label that is there gets the new value."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Add `labels`: a map, a list of `{key, value}`, or JSON text of either."""
        given = properties.get("labels")
        if isinstance(given, str):
            try:
                given = json.loads(given)
            except ValueError as error:
                raise TaskFailed(
                    f"Property `labels`: {given!r} is no JSON ({error}); give a map of names and "
                    "values."
                ) from error
        labels = _labels(given)
        if reserved := sorted(key for key in labels if key.startswith("system.")):
            raise TaskFailed(
                f"Property `labels`: {', '.join(reserved)} cannot be set; names that begin with "
                "`system.` are kept by Signoff."
            )
        context.actions.add_labels(labels)
        return {}


def _labels(given: Any) -> dict[str, str]:
    if isinstance(given, Mapping):
        return {str(key): in_text(value) for key, value in given.items()}
    if isinstance(given, list):
        try:
            return {str(each["key"]): in_text(each["value"]) for each in given}
        except (KeyError, TypeError):
            pass
    raise TaskFailed(
        f"Property `labels`: {in_text(given)!r} is neither a map nor a list of `key` and `value`."
    )


class Resume:
    """Answers what a run waits for."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Resume the run `executionId` (this one when not given) with `inputs`."""
        execution = str(properties.get("executionId") or context.execution_id)
        context.actions.resume(execution, properties.get("inputs"))
        return {}


class Sleep:
    """Waits, and notices when it must stop."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Wait for `duration`."""
        if context.stopped.wait(seconds(str(properties["duration"]), field="duration")):
            raise TaskFailed("Stopped before the time was over.")
        return {}
