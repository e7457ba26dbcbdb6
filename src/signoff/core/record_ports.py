"""What the service asks of a database about flows and task runs as records, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only; the conformance suite in
`tests/store` states its promises. All times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from signoff.model.state_types import StateType

if TYPE_CHECKING:
    from signoff.model import records
    from signoff.model.journal import Result


class Records(Protocol):
    """Flows and task runs of one transaction."""

    def show_flow(self, flow_id: UUID) -> None:
        """A flow that was deleted is listed again."""

    def hide_flow(self, flow_id: UUID, now: int) -> None:
        """A flow is listed no more, until somebody uses its name again."""

    def tag_flow(self, flow_id: UUID, tags: Sequence[str]) -> None: ...

    def runs_of_flow(self, flow_id: UUID) -> tuple[UUID, ...]: ...

    def deployments_of_flow(self, flow_id: UUID) -> tuple[str, ...]:
        """The names of its deployments."""

    def count_flows(self, query: records.CountFlows) -> int: ...

    def add_task_run(
        self, id: UUID, new: records.CreateTaskRun, name: str, state: StateType, now: int
    ) -> bool:
        """False when there is a task run with this id, or no such flow run."""

    def task_state(self, task_run_id: UUID) -> StateType | None:
        """The type of its state; None when there is no such task run."""

    def set_task_state(
        self,
        task_run_id: UUID,
        state: StateType,
        name: str | None,
        message: str | None,
        ended: int | None,
        result: Result | None,
    ) -> None:
        """`ended`: when, for a final state; None for one that goes on. `result` None leaves the
        kept one as it is."""

    def rename_task_run(self, task_run_id: UUID, name: str) -> bool: ...

    def remove_task_run(self, task_run_id: UUID) -> bool: ...

    def count_task_runs(self, query: records.CountTaskRuns) -> int: ...
