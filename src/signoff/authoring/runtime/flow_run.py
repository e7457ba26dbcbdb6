"""`signoff.runtime.flow_run`: the flow run around the present line.

Owns the documented attributes and what they are outside of runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from signoff.authoring.runtime import known
from signoff.authoring.runtime.values import Values
from signoff.engine.frames import RunFrame, current_run
from signoff.engine.viewing import moment

T = TypeVar("T")


def _of(read: Callable[[RunFrame], T]) -> Callable[[], T | None]:
    """Read from the run; None outside of runs."""

    def value() -> T | None:
        frame = current_run.get()
        return None if frame is None else read(frame)

    return value


def _tags() -> list[str]:
    frame = current_run.get()
    return [] if frame is None else list(frame.tags)


def _parameters() -> Mapping[str, Any]:
    frame = current_run.get()
    return {} if frame is None else dict(frame.parameters)


def _run_count() -> int:
    frame = current_run.get()
    return 0 if frame is None else frame.attempt


def _scheduled() -> datetime:
    frame = current_run.get()
    return datetime.now(UTC) if frame is None else moment(frame.expected)


def _parent(frame: RunFrame) -> str | None:
    found = known.parent_of(frame)
    return None if found is None else str(found)


def _parent_deployment(frame: RunFrame) -> str | None:
    found = known.deployment_of_parent(frame)
    return None if found is None else str(found)


def _job_variables() -> dict[str, Any] | None:
    run = known.record()
    return None if run is None else run.job_variables


FLOW_RUN = Values(
    "flow_run",
    {
        "id": known.run_id,
        "tags": _tags,
        "scheduled_start_time": _scheduled,
        "name": _of(lambda frame: frame.name),
        "flow_name": _of(lambda frame: frame.spec.name),
        "flow_version": _of(lambda frame: frame.spec.owner.version),
        "parameters": _parameters,
        "parent_flow_run_id": _of(_parent),
        "parent_deployment_id": _of(_parent_deployment),
        "root_flow_run_id": _of(lambda frame: str(known.root_of(frame))),
        "run_count": _run_count,
        "api_url": _of(lambda frame: known.api_url(f"flow_runs/{frame.run_id}")),
        "ui_url": _of(lambda frame: known.page_url(f"runs/{frame.run_id}")),
        "job_variables": _job_variables,
    },
)
"""The attributes of `signoff.runtime.flow_run`."""
