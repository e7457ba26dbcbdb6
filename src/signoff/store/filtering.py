"""The documented filters and sort orders as parameterised SQL, for both databases.

Owns the meaning of each filter field in terms of columns; values always travel as parameters. The
aliases are those of the statements: `d` deployments, `r` runs, `f` flows, `t` task runs, `l` logs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from signoff.model import filters
from signoff.model.filters import DeploymentSort, FlowSort, LogSort, TaskRunSort
from signoff.model.runs import Phase
from signoff.model.state_types import StateType
from signoff.store import statements
from signoff.store.codes import PHASE, STATE_TYPE, containing
from signoff.store.combining import all_of as _all
from signoff.store.combining import combine as _combine
from signoff.store.combining import either_of as _either
from signoff.store.dialects import Dialect

TASK_RUN_ORDER: Mapping[TaskRunSort, str] = {
    TaskRunSort.ID_DESC: "t.id DESC",
    TaskRunSort.EXPECTED_START_TIME_ASC: "t.started, t.id",
    TaskRunSort.EXPECTED_START_TIME_DESC: "t.started DESC, t.id DESC",
    TaskRunSort.NAME_ASC: "t.name, t.id",
    TaskRunSort.NAME_DESC: "t.name DESC, t.id DESC",
    TaskRunSort.NEXT_SCHEDULED_START_TIME_ASC: "t.started, t.id",
    TaskRunSort.END_TIME_DESC: "COALESCE(t.ended, 0) DESC, t.id DESC",
}
LOG_ORDER: Mapping[LogSort, str] = {
    LogSort.TIMESTAMP_ASC: "l.at, l.id",
    LogSort.TIMESTAMP_DESC: "l.at DESC, l.id DESC",
}
FLOW_ORDER: Mapping[FlowSort, str] = {
    FlowSort.CREATED_DESC: "f.created DESC, f.no DESC",
    FlowSort.UPDATED_DESC: "f.created DESC, f.no DESC",
    FlowSort.NAME_ASC: "f.name",
    FlowSort.NAME_DESC: "f.name DESC",
}

DEPLOYMENT_ORDER: Mapping[DeploymentSort, str] = {
    DeploymentSort.CREATED_DESC: "d.created DESC, d.no DESC",
    DeploymentSort.UPDATED_DESC: "d.updated DESC, d.no DESC",
    DeploymentSort.NAME_ASC: "d.name, d.no",
    DeploymentSort.NAME_DESC: "d.name DESC, d.no DESC",
}

_EXPECTED = "COALESCE(r.expected, r.created)"


class _Times(Protocol):
    before_: datetime | None
    after_: datetime | None


class _Names(Protocol):
    any_: list[str] | None
    like_: str | None


class _States(Protocol):
    any_: list[StateType] | None
    not_any_: list[StateType] | None


class _StateNames(Protocol):
    any_: list[str] | None
    not_any_: list[str] | None


class Conditions:
    """Compiles filters for one statement, and collects the values of its parameters.

    Args:
        dialect: the database.
        phase: how the statement names the phase of a run.

    Attributes:
        values: parameters by name, for the statement that holds the compiled conditions.
    """

    def __init__(self, dialect: Dialect, phase: str = "r.phase") -> None:
        self._dialect = dialect
        self._phase = phase
        self.values: dict[str, Any] = {}

    # Whole filters ------------------------------------------------------------------------

    def flows(self, given: filters.FlowFilter | None) -> str:
        """Which flows."""
        if given is None:
            return _all(())
        parts = []
        if given.id is not None:
            parts.append(self._ids("f.id", given.id.any_))
        if given.name is not None:
            parts.append(self._names("f.name", given.name))
        if given.tags is not None:
            parts.append(self._tags("f.tags", given.tags))
        if given.deployment is not None and given.deployment.is_null_ is not None:
            deployed = "EXISTS (SELECT 1 FROM deployments d WHERE d.flow = f.no)"
            parts.append(f"NOT {deployed}" if given.deployment.is_null_ else deployed)
        return _combine(given.operator, parts)

    def deployments(self, given: filters.DeploymentFilter | None) -> str:
        """Which deployments."""
        if given is None:
            return _all(())
        parts = []
        if given.id is not None:
            wanted = self._ids("d.id", given.id.any_)
            parts.append(_all((wanted, self._not_ids("d.id", given.id.not_any_))))
        if given.name is not None:
            parts.append(self._names("d.name", given.name))
        if given.flow_or_deployment_name is not None:
            text = given.flow_or_deployment_name.like_ or ""
            parts.append(_either((self._like("d.name", text), self._like("f.name", text))))
        if given.paused is not None and given.paused.eq_ is not None:
            parts.append(f"d.paused = {self._value(int(given.paused.eq_))}")
        if given.tags is not None:
            parts.append(self._tags("d.tags", given.tags))
        if given.work_queue_name is not None:
            parts.append(self._texts("d.queue", given.work_queue_name.any_))
        if given.work_pool_name is not None:
            parts.append(self._texts("d.pool", given.work_pool_name.any_))
        return _combine(given.operator, parts)

    def flow_runs(self, given: filters.FlowRunFilter | None) -> str:
        """Which flow runs."""
        if given is None:
            return _all(())
        parts: list[str] = []
        if given.id is not None:
            parts.append(self._run_ids(given.id))
        if given.name is not None:
            parts.append(self._names("r.name", given.name))
        if given.tags is not None:
            parts.append(self._tags("r.tags", given.tags))
        if given.state is not None:
            parts.append(self.run_state(given.state))
        if given.flow_version is not None:
            parts.append(self._texts("r.flow_version", given.flow_version.any_))
        parts += self._run_times(given)
        if given.parent_flow_run_id is not None:
            parts.append(self._parents("r.parent", given.parent_flow_run_id))
        if given.parent_task_run_id is not None:
            parts.append(self._parents("r.parent_task", given.parent_task_run_id))
        if given.idempotency_key is not None:
            key = given.idempotency_key
            wanted = self._texts("r.idempotency_key", key.any_)
            parts.append(_all((wanted, self._not_texts("r.idempotency_key", key.not_any_))))
        if given.deployment_id is not None:
            parts.append(self._parents("r.deployment", given.deployment_id))
        if given.work_queue_name is not None:
            queue = given.work_queue_name
            named = [self._texts("r.queue", queue.any_)]
            none = [] if queue.is_null_ is None else [_null("r.queue", queue.is_null_)]
            parts.append(_all(named + none))
        if given.open_wait is not None:
            parts.append(self._open_wait(given.open_wait))
        if given.made_ahead is not None and given.made_ahead.not_after_ is not None:
            moment = self._value(_microseconds(given.made_ahead.not_after_))
            begun = f"{self._phase} <> {PHASE.number[Phase.SCHEDULED]}"
            parts.append(_either(("r.schedule IS NULL", begun, f"r.scheduled <= {moment}")))
        return _combine(given.operator, parts)

    def _open_wait(self, given: filters.FlowRunFilterOpenWait) -> str:
        parts = []
        if given.like_ is not None:
            parts += [
                _either((self._like("w.title", given.like_), self._like("w.wait_key", given.like_)))
            ]
        if given.form_any_ is not None:
            parts.append(self._in("w.form", [bytes.fromhex(each) for each in given.form_any_]))
        if given.form_is_null_ is not None:
            parts.append(_null("w.form", given.form_is_null_))
        text = statements.load(self._dialect.name)["with_open_wait"]
        return statements.fill(text, {"where": _all(parts)})

    def _run_times(self, given: filters.FlowRunFilter) -> list[str]:
        parts = []
        if given.start_time is not None:
            parts.append(self._times("r.started", given.start_time, given.start_time.is_null_))
        if given.end_time is not None:
            parts.append(self._times("r.ended", given.end_time, given.end_time.is_null_))
        if given.expected_start_time is not None:
            parts.append(self._times(_EXPECTED, given.expected_start_time))
        if given.next_scheduled_start_time is not None:
            parts.append(self._times("r.scheduled", given.next_scheduled_start_time))
        return parts

    def task_runs(self, given: filters.TaskRunFilter | None) -> str:
        """Which task runs."""
        if given is None:
            return _all(())
        parts = []
        if given.id is not None:
            parts.append(self._ids("t.id", given.id.any_))
        if given.flow_run_id is not None:
            runs = self._ids("r.id", given.flow_run_id.any_)
            # Every task run belongs to a flow run.
            parts.append(_either(()) if given.flow_run_id.is_null_ else runs)
        if given.name is not None:
            parts.append(self._names("t.name", given.name))
        if given.tags is not None:
            parts.append(self._tags("t.tags", given.tags))
        if given.state is not None:
            parts.append(self._task_state(given.state))
        if given.start_time is not None:
            parts.append(self._times("t.started", given.start_time, given.start_time.is_null_))
        if given.end_time is not None:
            parts.append(self._times("t.ended", given.end_time, given.end_time.is_null_))
        if given.subflow_runs is not None and given.subflow_runs.exists_ is not None:
            parts.append(_null("t.child", not given.subflow_runs.exists_))
        return _combine(given.operator, parts)

    def logs(self, given: filters.LogFilter | None) -> str:
        """Which log lines."""
        if given is None:
            return _all(())
        parts = []
        if given.level is not None:
            least, most = given.level.ge_, given.level.le_
            bounds = [f"l.level >= {self._value(least)}"] if least is not None else []
            bounds += [f"l.level <= {self._value(most)}"] if most is not None else []
            parts.append(_all(bounds))
        if given.timestamp is not None:
            parts.append(self._times("l.at", given.timestamp))
        if given.flow_run_id is not None:
            parts.append(self._ids("r.id", given.flow_run_id.any_))
        if given.task_run_id is not None:
            parts.append(self._parents("l.task_run", given.task_run_id))
        if given.text is not None:
            parts.append(self._like("l.message", given.text.query))
        return _combine(given.operator, parts)

    # States -------------------------------------------------------------------------------

    def run_state(self, given: filters.FlowRunFilterState | None) -> str:
        """Which states of flow runs."""
        if given is None:
            return _all(())

        def phases(types: Iterable[StateType]) -> list[int]:
            wanted = set(types)
            return [number for phase, number in PHASE.number.items() if phase.state_type in wanted]

        def named(name: str) -> list[int]:
            return [
                number
                for phase, number in PHASE.number.items()
                if phase is not Phase.ABSENT and phase.state_name == name
            ]

        parts = []
        if given.type is not None:
            parts.append(self._state_types(self._phase, given.type, phases))
        if given.name is not None:
            parts.append(self._state_names("r.state_name", self._phase, given.name, named))
        return _combine(given.operator, parts)

    def _task_state(self, given: filters.TaskRunFilterState) -> str:
        def numbers(types: Iterable[StateType]) -> list[int]:
            return [STATE_TYPE.number[kind] for kind in types]

        def named(name: str) -> list[int]:
            return [
                number
                for kind, number in STATE_TYPE.number.items()
                if kind.value.capitalize() == name
            ]

        parts = []
        if given.type is not None:
            parts.append(self._state_types("t.state_type", given.type, numbers))
        if given.name is not None:
            parts.append(self._state_names("t.state_name", "t.state_type", given.name, named))
        return _combine(given.operator, parts)

    def _state_types(
        self, column: str, given: _States, numbers: Callable[[Iterable[StateType]], list[int]]
    ) -> str:
        parts = []
        if given.any_ is not None:
            parts.append(self._in(column, numbers(given.any_)))
        if given.not_any_ is not None:
            parts.append(f"NOT ({self._in(column, numbers(given.not_any_))})")
        return _all(parts)

    def _state_names(
        self,
        name_column: str,
        type_column: str,
        given: _StateNames,
        named: Callable[[str], list[int]],
    ) -> str:
        def has_name(names: list[str]) -> str:
            # The name of a state is stored only when it is not the one of its type.
            own = [number for name in names for number in named(name)]
            unnamed = _all((_null(name_column, True), self._in(type_column, own)))
            stored = _all((_null(name_column, False), self._in(name_column, names)))
            return _either((stored, unnamed))

        parts = []
        if given.any_ is not None:
            parts.append(has_name(given.any_))
        if given.not_any_ is not None:
            parts.append(f"NOT ({has_name(given.not_any_)})")
        return _all(parts)

    # Single conditions --------------------------------------------------------------------

    def value(self, value: Any) -> str:
        """A value as a parameter of the statement."""
        return self._value(value)

    def among(self, column: str, values: Sequence[Any]) -> str:
        """A column has one of these values."""
        return self._in(column, values)

    def _value(self, value: Any) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return self._dialect.named % name

    def _in(self, column: str, values: Sequence[Any]) -> str:
        if not values:
            return _either(())
        return f"{column} IN ({', '.join(self._value(value) for value in values)})"

    def _ids(self, column: str, ids: Sequence[UUID] | None) -> str:
        return _all(()) if ids is None else self._in(column, [each.bytes for each in ids])

    def _run_ids(self, given: filters.FlowRunFilterId) -> str:
        parts = [self._ids("r.id", given.any_), self._not_ids("r.id", given.not_any_)]
        if given.before_ is not None:
            parts.append(f"r.id < {self._value(given.before_.bytes)}")
        return _all(parts)

    def _not_ids(self, column: str, ids: Sequence[UUID] | None) -> str:
        return _all(()) if ids is None else f"NOT ({self._ids(column, ids)})"

    def _texts(self, column: str, texts: Sequence[str] | None) -> str:
        return _all(()) if texts is None else self._in(column, texts)

    def _not_texts(self, column: str, texts: Sequence[str] | None) -> str:
        if texts is None:
            return _all(())
        return _either((_null(column, True), f"NOT ({self._in(column, texts)})"))

    def _like(self, column: str, text: str) -> str:
        operator = self._dialect.fragments["like"]
        return f"{column} {operator} {self._value(containing(text))} ESCAPE '\\'"

    def _names(self, column: str, given: _Names) -> str:
        parts = [self._texts(column, given.any_)]
        if given.like_ is not None:
            parts.append(self._like(column, given.like_))
        return _all(parts)

    def _times(self, column: str, given: _Times, is_null: bool | None = None) -> str:
        parts = []
        if given.before_ is not None:
            parts.append(f"{column} <= {self._value(_microseconds(given.before_))}")
        if given.after_ is not None:
            parts.append(f"{column} >= {self._value(_microseconds(given.after_))}")
        if is_null is not None:
            parts.append(_null(column, is_null))
        return _all(parts)

    def _parents(
        self,
        column: str,
        given: filters.FlowRunFilterParentFlowRunId | filters.LogFilterTaskRunId,
    ) -> str:
        parts = [self._ids(column, given.any_)]
        if given.is_null_ is not None:
            parts.append(_null(column, given.is_null_))
        return _all(parts)

    def _tags(self, column: str, given: filters.FlowFilterTags) -> str:
        parts = []
        if given.all_ is not None:
            parts.append(_all(self._tagged(column, [tag]) for tag in given.all_))
        if given.any_ is not None:
            parts.append(self._tagged(column, given.any_))
        if given.is_null_ is not None:
            parts.append(_null(column, given.is_null_))
        return _combine(given.operator, parts)

    def _tagged(self, column: str, tags: Sequence[str]) -> str:
        each = self._dialect.each_tag % column
        # A column without labels is NULL, of which there is no row.
        return f"EXISTS (SELECT 1 FROM {each} WHERE {self._in('value', tags)})"


def _null(column: str, is_null: bool) -> str:
    return f"{column} IS NULL" if is_null else f"{column} IS NOT NULL"


def _microseconds(moment: datetime) -> int:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    whole = int(aware.replace(microsecond=0).timestamp())
    return whole * 1_000_000 + aware.microsecond
