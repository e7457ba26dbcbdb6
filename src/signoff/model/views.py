"""The documented views of flows, flow runs, task runs, logs and inputs.

Owns what clients read. Must not know how rows become views. These are Pydantic models because
they are documented as such.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from signoff.model.journal import Reentry
from signoff.model.states import State, StateType


class _View(BaseModel):
    # Durations travel as seconds, as documented.
    model_config = ConfigDict(
        extra="ignore", arbitrary_types_allowed=True, ser_json_timedelta="float"
    )


class Flow(_View):
    """A flow that has been run or registered.

    Args:
        id, name: identity; the name is unique.
        created: when it was first seen.
        tags, labels: labels.
    """

    id: UUID
    name: str
    created: datetime | None = None
    updated: datetime | None = None
    tags: list[str] = Field(default_factory=list)
    labels: dict[str, Any] = Field(default_factory=dict)


class FlowRun(_View):
    """One run of a flow, as clients see it. Times are UTC; durations leave waiting out.

    Args:
        run_count: attempts begun; waiting and re-entering do not count.
        entries: processes that entered the run.
        reentry: what became of earlier work in the newest entry; None in a first one.
        total_run_time: time spent in Running states.
        created_by: who created it, and from where.
    """

    id: UUID
    name: str = ""
    flow_id: UUID
    flow_name: str | None = None
    state: State[Any] | None = None
    state_id: UUID | None = None
    state_type: StateType | None = None
    state_name: str | None = None
    deployment_id: UUID | None = None
    work_pool_name: str | None = None
    work_queue_name: str | None = None
    job_variables: dict[str, Any] | None = None
    flow_version: str | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    idempotency_key: str | None = None
    context: dict[str, Any] = Field(default_factory=dict)
    tags: list[str] = Field(default_factory=list)
    labels: dict[str, Any] = Field(default_factory=dict)
    parent_task_run_id: UUID | None = None
    parent_flow_run_id: UUID | None = None
    run_count: int = 0
    entries: int = 0
    reentry: Reentry | None = None
    version: int = 0
    expected_start_time: datetime | None = None
    next_scheduled_start_time: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    total_run_time: timedelta = timedelta(0)
    created: datetime | None = None
    updated: datetime | None = None
    created_by: str | None = None
    auto_scheduled: bool = False

    @property
    def estimated_run_time(self) -> timedelta:
        """Total run time, counting the present Running state up to now."""
        if self.state is not None and self.state.is_running():
            return self.total_run_time + (datetime.now(UTC) - self.state.timestamp)
        return self.total_run_time


class TaskRun(_View):
    """One run of a task, as clients see it. Times are UTC.

    Args:
        task_key: which task.
        dynamic_key: which call of it.
        cached: the result came from an earlier run.
    """

    id: UUID
    name: str = ""
    flow_run_id: UUID | None = None
    task_key: str = ""
    dynamic_key: str = ""
    state: State[Any] | None = None
    state_id: UUID | None = None
    state_type: StateType | None = None
    state_name: str | None = None
    cache_key: str | None = None
    tags: list[str] = Field(default_factory=list)
    labels: dict[str, Any] = Field(default_factory=dict)
    task_inputs: dict[str, Any] = Field(default_factory=dict)
    run_count: int = 0
    flow_run_run_count: int = 0
    start_time: datetime | None = None
    end_time: datetime | None = None
    expected_start_time: datetime | None = None
    total_run_time: timedelta = timedelta(0)
    created: datetime | None = None
    updated: datetime | None = None
    child_flow_run_id: UUID | None = None


class Log(_View):
    """One line of a run's log; `timestamp` is UTC, `level` a level of the `logging` module."""

    id: UUID
    name: str
    level: int
    message: str
    timestamp: datetime
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None


class FlowRunInput(_View):
    """An input stored with a flow run: form, description, answer, or a message sent to it."""

    flow_run_id: UUID
    key: str
    value: str
    sender: str | None = None
    created: datetime | None = None

    @property
    def decoded_value(self) -> Any:
        """The value, decoded from JSON."""
        return json.loads(self.value)
