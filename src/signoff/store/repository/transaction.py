"""A transaction: the repositories put together into `core.ports.Tx`.

Owns nothing but the composition. Lists of views load on first use, because the documented views
and filters are Pydantic models that a process without lists has no need of.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import UUID

from signoff.store.migrations import newest
from signoff.store.repository.history import HistoryRows
from signoff.store.repository.processes import ProcessRows
from signoff.store.repository.runs import RunRows
from signoff.store.repository.tasks import TaskRows

if TYPE_CHECKING:
    from signoff.core.bulks import Bulks
    from signoff.core.deployment_ports import DeploymentTable
    from signoff.core.document_ports import Documents
    from signoff.core.emitted_ports import Emitted
    from signoff.core.file_ports import Files
    from signoff.core.key_value_ports import KeyValues
    from signoff.core.record_ports import Records
    from signoff.core.run_list_ports import RunLists
    from signoff.core.saved_flow_ports import SavedFlows
    from signoff.core.saved_view_ports import SavedViews
    from signoff.core.secret_ports import Secrets
    from signoff.core.shared.ports import Artifacts, Limits, Variables, WorkPools
    from signoff.core.task_type_ports import TaskTypes
    from signoff.model import queries, views
    from signoff.model.health import Schema


class Transaction(RunRows, HistoryRows, ProcessRows, TaskRows):
    """One transaction on one connection: see `core.ports.Tx` for what each method promises."""

    # Inputs -------------------------------------------------------------------------------

    def put_input(self, run_id: UUID, key: str, value: str, sender: str | None, now: int) -> bool:
        values = {
            "run_id": run_id.bytes,
            "key": key,
            "value": value,
            "sender": sender,
            "created": now,
        }
        return self._session.run("put_input", values) == 1

    def delete_input(self, run_id: UUID, key: str) -> bool:
        return self._session.run("delete_input", {"run_id": run_id.bytes, "key": key}) == 1

    def input(self, run_id: UUID, key: str) -> views.FlowRunInput | None:
        row = self._session.one("input", {"run_id": run_id.bytes, "key": key})
        found: views.FlowRunInput | None = None if row is None else _lists().input_of(run_id, row)
        return found

    def inputs(
        self, run_id: UUID, prefix: str, limit: int, exclude: Sequence[str]
    ) -> tuple[views.FlowRunInput, ...]:
        values = {"run_id": run_id.bytes, "prefix": prefix, "length": len(prefix)}
        rows = self._session.all("inputs", values)
        left_out = frozenset(exclude)
        wanted = [row for row in rows if row[0] not in left_out][:limit]
        return tuple(_lists().input_of(run_id, row) for row in wanted)

    # Many runs ----------------------------------------------------------------------------

    @property
    def bulks(self) -> Bulks:
        rows: Bulks = import_module("signoff.store.repository.bulks").BulkRows(self._session, self)
        return rows

    # Deployments --------------------------------------------------------------------------

    @property
    def deployments(self) -> DeploymentTable:
        # Loaded on first use: most processes have no deployments.
        rows = import_module("signoff.store.repository.deployments").DeploymentRows
        found: DeploymentTable = rows(self._session, self)
        return found

    # Itself -------------------------------------------------------------------------------

    def schema(self) -> Schema:
        row = self._session.one("schema_number", {})
        assert row is not None, "an open database has a version"
        made: type[Schema] = import_module("signoff.model.health").Schema
        return made(row[0], newest())

    # Lists --------------------------------------------------------------------------------

    def flow_run(self, run_id: UUID) -> views.FlowRun | None:
        found: views.FlowRun | None = _lists().flow_run(self._session, self, run_id)
        return found

    def flow_runs(self, query: queries.ReadRuns) -> tuple[views.FlowRun, ...]:
        found: tuple[views.FlowRun, ...] = _lists().flow_runs(self._session, self, query)
        return found

    def count_runs(self, query: queries.CountRuns) -> int:
        found: int = _lists().count_runs(self._session, query)
        return found

    @property
    def run_lists(self) -> RunLists:
        rows = import_module("signoff.store.repository.run_lists").RunListRows
        found: RunLists = rows(self._session, self)
        return found

    def flow(self, query: queries.ReadFlow) -> views.Flow | None:
        found: views.Flow | None = _lists().flow(self._session, query)
        return found

    def flows(self, query: queries.ReadFlows) -> tuple[views.Flow, ...]:
        found: tuple[views.Flow, ...] = _lists().flows(self._session, query)
        return found

    def task_run(self, task_run_id: UUID) -> views.TaskRun | None:
        found: views.TaskRun | None = _lists().task_run(self._session, task_run_id)
        return found

    def task_runs(self, query: queries.ReadTaskRuns) -> tuple[views.TaskRun, ...]:
        found: tuple[views.TaskRun, ...] = _lists().task_runs(self._session, query)
        return found

    def logs(self, query: queries.ReadLogs) -> tuple[views.Log, ...]:
        found: tuple[views.Log, ...] = _lists().logs(self._session, query)
        return found

    @property
    def documents(self) -> Documents:
        found: Documents = import_module("signoff.store.repository.documents").DocumentRows(
            self._session
        )
        return found

    @property
    def files(self) -> Files:
        found: Files = import_module("signoff.store.repository.files").FileRows(self._session)
        return found

    @property
    def saved_flows(self) -> SavedFlows:
        rows = import_module("signoff.store.repository.saved_flows").SavedFlowRows
        found: SavedFlows = rows(self._session, self)
        return found

    @property
    def saved_views(self) -> SavedViews:
        rows = import_module("signoff.store.repository.saved_views").SavedViewRows
        found: SavedViews = rows(self._session)
        return found

    @property
    def task_types(self) -> TaskTypes:
        found: TaskTypes = import_module("signoff.store.repository.task_types").TaskTypeRows(
            self._session
        )
        return found

    @property
    def key_values(self) -> KeyValues:
        found: KeyValues = import_module("signoff.store.repository.key_values").KeyValueRows(
            self._session
        )
        return found

    @property
    def secrets(self) -> Secrets:
        found: Secrets = import_module("signoff.store.repository.secrets").SecretRows(self._session)
        return found

    @property
    def emitted(self) -> Emitted:
        found: Emitted = import_module("signoff.store.repository.emitted").EmittedRows(
            self._session
        )
        return found

    @property
    def records(self) -> Records:
        found: Records = import_module("signoff.store.repository.records").RecordRows(self._session)
        return found

    # Shared state -------------------------------------------------------------------------

    @property
    def artifacts(self) -> Artifacts:
        found: Artifacts = _shared("artifacts").ArtifactRows(self._session)
        return found

    @property
    def limits(self) -> Limits:
        found: Limits = _shared("limits").LimitRows(self._session)
        return found

    @property
    def variables(self) -> Variables:
        found: Variables = _shared("variables").VariableRows(self._session)
        return found

    @property
    def work_pools(self) -> WorkPools:
        found: WorkPools = _shared("work_pools").WorkPoolRows(self._session)
        return found


def _shared(name: str) -> Any:
    return import_module(f"signoff.store.repository.shared.{name}")


def _lists() -> Any:
    return import_module("signoff.store.repository.lists")
