"""The documented filters and sort orders of lists.

Owns their shape. `store/filtering.py` compiles them to SQL, for both databases. Names, fields
and meaning are those of the documented client schemas: within one filter all given parts must
hold (`operator="and_"`) or one of them (`"or_"`).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from signoff.model.filter_base import Combined as _Combined
from signoff.model.filter_base import Filter as _Filter
from signoff.model.state_types import StateType


class FlowFilterId(_Filter):
    any_: list[UUID] | None = None


class FlowFilterName(_Filter):
    any_: list[str] | None = None
    like_: str | None = None


class FlowFilterTags(_Combined):
    all_: list[str] | None = None
    any_: list[str] | None = None
    is_null_: bool | None = None


class FlowFilterDeployment(_Combined):
    is_null_: bool | None = None


class FlowFilter(_Combined):
    """Which flows."""

    id: FlowFilterId | None = None
    name: FlowFilterName | None = None
    tags: FlowFilterTags | None = None
    deployment: FlowFilterDeployment | None = None


class FlowRunFilterId(_Filter):
    """Which ids. Ids grow with time: with the order `ID_DESC`, `before_` a page's last one goes on
    with the next page, whatever was made meanwhile."""

    any_: list[UUID] | None = None
    not_any_: list[UUID] | None = None
    before_: UUID | None = None


class FlowRunFilterName(_Filter):
    any_: list[str] | None = None
    like_: str | None = None


class FlowRunFilterTags(FlowFilterTags):
    pass


class FlowRunFilterStateType(_Filter):
    any_: list[StateType] | None = None
    not_any_: list[StateType] | None = None


class FlowRunFilterStateName(_Filter):
    any_: list[str] | None = None
    not_any_: list[str] | None = None


class FlowRunFilterState(_Combined):
    type: FlowRunFilterStateType | None = None
    name: FlowRunFilterStateName | None = None


class FlowRunFilterFlowVersion(_Filter):
    any_: list[str] | None = None


class FlowRunFilterStartTime(_Filter):
    before_: datetime | None = None
    after_: datetime | None = None
    is_null_: bool | None = None


class FlowRunFilterEndTime(FlowRunFilterStartTime):
    pass


class FlowRunFilterExpectedStartTime(_Filter):
    before_: datetime | None = None
    after_: datetime | None = None


class FlowRunFilterNextScheduledStartTime(FlowRunFilterExpectedStartTime):
    pass


class FlowRunFilterParentFlowRunId(_Filter):
    any_: list[UUID] | None = None
    is_null_: bool | None = None


class FlowRunFilterParentTaskRunId(FlowRunFilterParentFlowRunId):
    pass


class FlowRunFilterDeploymentId(FlowRunFilterParentFlowRunId):
    pass


class FlowRunFilterWorkQueueName(_Filter):
    any_: list[str] | None = None
    is_null_: bool | None = None


class FlowRunFilterIdempotencyKey(_Filter):
    any_: list[str] | None = None
    not_any_: list[str] | None = None


class FlowRunFilterOpenWait(_Filter):
    """Runs that wait for something somebody can answer: with this text in its title or key, with
    one of these forms, by digest, or without a form."""

    like_: str | None = None
    form_is_null_: bool | None = None
    form_any_: list[Annotated[str, Field(pattern="^([0-9a-f]{2})+$")]] | None = None


class FlowRunFilterMadeAhead(_Filter):
    """Leaves out runs that a schedule has made for a moment after this one."""

    not_after_: datetime | None = None


class FlowRunFilter(_Combined):
    """Which flow runs."""

    id: FlowRunFilterId | None = None
    name: FlowRunFilterName | None = None
    tags: FlowRunFilterTags | None = None
    state: FlowRunFilterState | None = None
    flow_version: FlowRunFilterFlowVersion | None = None
    start_time: FlowRunFilterStartTime | None = None
    end_time: FlowRunFilterEndTime | None = None
    expected_start_time: FlowRunFilterExpectedStartTime | None = None
    next_scheduled_start_time: FlowRunFilterNextScheduledStartTime | None = None
    parent_flow_run_id: FlowRunFilterParentFlowRunId | None = None
    parent_task_run_id: FlowRunFilterParentTaskRunId | None = None
    idempotency_key: FlowRunFilterIdempotencyKey | None = None
    deployment_id: FlowRunFilterDeploymentId | None = None
    work_queue_name: FlowRunFilterWorkQueueName | None = None
    open_wait: FlowRunFilterOpenWait | None = None
    made_ahead: FlowRunFilterMadeAhead | None = None


class DeploymentFilterId(_Filter):
    any_: list[UUID] | None = None
    not_any_: list[UUID] | None = None


class DeploymentFilterName(FlowRunFilterName):
    pass


class DeploymentOrFlowNameFilter(_Filter):
    like_: str | None = None


class DeploymentFilterPaused(_Filter):
    eq_: bool | None = None


class DeploymentFilterTags(FlowRunFilterTags):
    pass


class DeploymentFilterWorkQueueName(_Filter):
    any_: list[str] | None = None


class DeploymentFilterWorkPoolName(DeploymentFilterWorkQueueName):
    pass


class DeploymentFilter(_Combined):
    """Which deployments."""

    id: DeploymentFilterId | None = None
    name: DeploymentFilterName | None = None
    flow_or_deployment_name: DeploymentOrFlowNameFilter | None = None
    paused: DeploymentFilterPaused | None = None
    tags: DeploymentFilterTags | None = None
    work_queue_name: DeploymentFilterWorkQueueName | None = None
    work_pool_name: DeploymentFilterWorkPoolName | None = None


class TaskRunFilterId(_Filter):
    any_: list[UUID] | None = None


class TaskRunFilterFlowRunId(_Filter):
    any_: list[UUID] | None = None
    is_null_: bool | None = None


class TaskRunFilterName(FlowRunFilterName):
    pass


class TaskRunFilterTags(FlowRunFilterTags):
    pass


class TaskRunFilterStateType(FlowRunFilterStateType):
    pass


class TaskRunFilterStateName(FlowRunFilterStateName):
    pass


class TaskRunFilterState(_Combined):
    type: TaskRunFilterStateType | None = None
    name: TaskRunFilterStateName | None = None


class TaskRunFilterStartTime(FlowRunFilterStartTime):
    pass


class TaskRunFilterEndTime(FlowRunFilterStartTime):
    pass


class TaskRunFilterSubFlowRuns(_Filter):
    exists_: bool | None = None


class TaskRunFilter(_Combined):
    """Which task runs."""

    id: TaskRunFilterId | None = None
    flow_run_id: TaskRunFilterFlowRunId | None = None
    name: TaskRunFilterName | None = None
    tags: TaskRunFilterTags | None = None
    state: TaskRunFilterState | None = None
    start_time: TaskRunFilterStartTime | None = None
    end_time: TaskRunFilterEndTime | None = None
    subflow_runs: TaskRunFilterSubFlowRuns | None = None


class LogFilterLevel(_Filter):
    ge_: int | None = None
    le_: int | None = None


class LogFilterTimestamp(_Filter):
    before_: datetime | None = None
    after_: datetime | None = None


class LogFilterFlowRunId(_Filter):
    any_: list[UUID] | None = None


class LogFilterTaskRunId(_Filter):
    any_: list[UUID] | None = None
    is_null_: bool | None = None


class LogFilterText(_Filter):
    query: str


class LogFilter(_Combined):
    """Which log lines."""

    level: LogFilterLevel | None = None
    timestamp: LogFilterTimestamp | None = None
    flow_run_id: LogFilterFlowRunId | None = None
    task_run_id: LogFilterTaskRunId | None = None
    text: LogFilterText | None = None


class DeploymentSort(StrEnum):
    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"


class FlowRunSort(StrEnum):
    ID_DESC = "ID_DESC"
    START_TIME_ASC = "START_TIME_ASC"
    START_TIME_DESC = "START_TIME_DESC"
    EXPECTED_START_TIME_ASC = "EXPECTED_START_TIME_ASC"
    EXPECTED_START_TIME_DESC = "EXPECTED_START_TIME_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    NEXT_SCHEDULED_START_TIME_ASC = "NEXT_SCHEDULED_START_TIME_ASC"
    END_TIME_DESC = "END_TIME_DESC"


class TaskRunSort(StrEnum):
    ID_DESC = "ID_DESC"
    EXPECTED_START_TIME_ASC = "EXPECTED_START_TIME_ASC"
    EXPECTED_START_TIME_DESC = "EXPECTED_START_TIME_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    NEXT_SCHEDULED_START_TIME_ASC = "NEXT_SCHEDULED_START_TIME_ASC"
    END_TIME_DESC = "END_TIME_DESC"


class LogSort(StrEnum):
    TIMESTAMP_ASC = "TIMESTAMP_ASC"
    TIMESTAMP_DESC = "TIMESTAMP_DESC"


class FlowSort(StrEnum):
    CREATED_DESC = "CREATED_DESC"
    UPDATED_DESC = "UPDATED_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
