"""Every documented filter and sort order means the same on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from signoff.model.filters import (
    FlowFilter,
    FlowRunFilter,
    FlowRunSort,
    FlowSort,
    LogFilter,
    LogSort,
    TaskRunFilter,
    TaskRunSort,
)
from signoff.model.queries import (
    CountRuns,
    ReadFlow,
    ReadFlows,
    ReadLogs,
    ReadRuns,
    ReadTaskRuns,
)
from signoff.model.runs import Phase, Run
from signoff.model.states import StateType
from tests.store.samples import FORM, MINUTE, World

pytestmark = pytest.mark.store


@dataclass
class Scene:
    """Four runs of two flows, two tasks, three log lines.

    Attributes:
        ids: everything by a short name.
        times: moments by a short name.
    """

    world: World
    ids: dict[str, Any]
    times: dict[str, datetime]

    def named(self, found: Any) -> str:
        """The short names of what was found, in order."""
        names = {value: name for name, value in self.ids.items()}
        return " ".join(names[each.id] for each in found)


def moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


@pytest.fixture
def scene(world: World) -> Scene:
    """`a` completed, `b` paused, `c` child of `a`, scheduled for later, `d` failed, of a flow of
    its own."""
    ids: dict[str, Any] = {}
    times: dict[str, datetime] = {"start": moment(world.now)}
    a = world.start(name="alpha", tags=("x", "y"), idempotency_key="once", flow_version="1")
    of_deployment = {"deployment_id": world.id(), "work_pool": "big", "work_queue": "default"}
    b = world.start(name="beta_1", tags=("y",), **of_deployment)
    times["middle"] = moment(world.tick(MINUTE))
    c = _scheduled(world, a)
    d = world.start(name="Delta", flow_name="billing", tags=("z'\\%",), flow_version="2")
    ids.update(a=a.id, b=b.id, c=c.id, d=d.id, deployment=of_deployment["deployment_id"])
    fine = world.task(a, name="double-1", tags=("x",))
    child = world.task(
        a,
        name="call_2",
        child=c.id,
        state_type=StateType.FAILED,
        state_name="TimedOut",
        task_key="sub",
    )
    world.store.finish_tasks([fine, child], world.now)
    begun = world.task_start(b, name="slow-3")
    ids.update(fine=fine.id, child=child.id, begun=begun.id)
    lines = [
        world.line(a, "Hello 100%", level=10),
        world.line(a, "hello there", task_run_id=fine.id, level=40, at=world.tick()),
        world.line(b, "bye", at=world.tick()),
    ]
    ids.update(one=lines[0].id, two=lines[1].id, three=lines[2].id)
    with world.store.write() as tx:
        tx.start_tasks([begun])
        tx.write_logs(lines)
    world.ask(b, deadline=world.now + MINUTE)
    world.change(a, phase=Phase.COMPLETED, owner=None)
    times["done"] = moment(world.now)
    world.tick(MINUTE)
    world.change(d, phase=Phase.FAILED, name="Exploded", owner=None)
    with world.store.read() as tx:
        ids.update({flow.name: flow.id for flow in tx.flows(ReadFlows())})
    return Scene(world, ids, times)


def _scheduled(world: World, parent: Run) -> Run:
    run = world.new(
        name="gamma", parent_run_id=parent.id, parent_task_run_id=world.id(), journal_key="k"
    )
    later = replace(
        Run(
            run.id,
            Phase.SCHEDULED,
            "Late",
            None,
            world.now,
            1,
            0,
            1,
            False,
            False,
            None,
            None,
            None,
        ),
        scheduled=world.now + 10 * MINUTE,
        parent=parent.id,
    )
    with world.store.write() as tx:
        assert world.insert(tx, run, later)
    return later


Given = Callable[[Scene], dict[str, Any]]

RUNS: list[tuple[str, Given, str]] = [
    ("nothing", lambda s: {}, "d c b a"),
    ("id", lambda s: {"id": {"any_": [s.ids["a"], s.ids["c"]]}}, "c a"),
    ("no id", lambda s: {"id": {"any_": []}}, ""),
    ("not id", lambda s: {"id": {"not_any_": [s.ids["a"]]}}, "d c b"),
    ("not no id", lambda s: {"id": {"not_any_": []}}, "d c b a"),
    ("older", lambda s: {"id": {"before_": s.ids["c"]}}, "b a"),
    ("name", lambda s: {"name": {"any_": ["alpha", "gamma", "nope"]}}, "c a"),
    ("like", lambda s: {"name": {"like_": "LPH"}}, "a"),
    ("like underscore", lambda s: {"name": {"like_": "_"}}, "b"),
    ("like percent", lambda s: {"name": {"like_": "%"}}, ""),
    ("like backslash", lambda s: {"name": {"like_": "\\"}}, ""),
    ("like and any", lambda s: {"name": {"like_": "a", "any_": ["alpha", "x"]}}, "a"),
    ("tags all", lambda s: {"tags": {"all_": ["x", "y"]}}, "a"),
    ("tags all of none", lambda s: {"tags": {"all_": []}}, "d c b a"),
    ("tags any", lambda s: {"tags": {"any_": ["y", "q"]}}, "b a"),
    ("tags any of none", lambda s: {"tags": {"any_": []}}, ""),
    ("tag with odd characters", lambda s: {"tags": {"any_": ["z'\\%"]}}, "d"),
    ("no tags", lambda s: {"tags": {"is_null_": True}}, "c"),
    ("some tags", lambda s: {"tags": {"is_null_": False}}, "d b a"),
    ("tags or", lambda s: {"tags": {"all_": ["x"], "is_null_": True, "operator": "or_"}}, "c a"),
    ("type", lambda s: {"state": {"type": {"any_": ["COMPLETED", "PAUSED"]}}}, "b a"),
    ("not type", lambda s: {"state": {"type": {"not_any_": ["COMPLETED"]}}}, "d c b"),
    ("state name", lambda s: {"state": {"name": {"any_": ["Paused", "Late", "Failed"]}}}, "c b"),
    ("custom name", lambda s: {"state": {"name": {"any_": ["Exploded"]}}}, "d"),
    ("not state name", lambda s: {"state": {"name": {"not_any_": ["Paused", "Late"]}}}, "d a"),
    (
        "state or",
        lambda s: {
            "state": {
                "operator": "or_",
                "name": {"any_": ["Late"]},
                "type": {"any_": ["FAILED"]},
            }
        },
        "d c",
    ),
    ("deployment", lambda s: {"deployment_id": {"any_": [s.ids["deployment"]]}}, "b"),
    ("no deployment", lambda s: {"deployment_id": {"is_null_": True}}, "d c a"),
    ("queue", lambda s: {"work_queue_name": {"any_": ["default", "x"]}}, "b"),
    ("no queue", lambda s: {"work_queue_name": {"is_null_": True}}, "d c a"),
    ("version", lambda s: {"flow_version": {"any_": ["2", "3"]}}, "d"),
    ("started before", lambda s: {"start_time": {"before_": s.times["start"]}}, "b a"),
    ("started after", lambda s: {"start_time": {"after_": s.times["middle"]}}, "d"),
    ("not started", lambda s: {"start_time": {"is_null_": True}}, "c"),
    ("ended", lambda s: {"end_time": {"is_null_": False}}, "d a"),
    ("ended before", lambda s: {"end_time": {"before_": s.times["done"]}}, "a"),
    ("expected after", lambda s: {"expected_start_time": {"after_": s.times["middle"]}}, "d c"),
    (
        "scheduled after",
        lambda s: {"next_scheduled_start_time": {"after_": s.times["middle"]}},
        "c",
    ),
    (
        "naive time is UTC",
        lambda s: {"start_time": {"before_": s.times["start"].replace(tzinfo=None)}},
        "b a",
    ),
    ("parent", lambda s: {"parent_flow_run_id": {"any_": [s.ids["a"]]}}, "c"),
    ("no parent", lambda s: {"parent_flow_run_id": {"is_null_": True}}, "d b a"),
    ("parent task", lambda s: {"parent_task_run_id": {"is_null_": False}}, "c"),
    ("key", lambda s: {"idempotency_key": {"any_": ["once"]}}, "a"),
    ("not key", lambda s: {"idempotency_key": {"not_any_": ["once"]}}, "d c b"),
    (
        "and",
        lambda s: {"name": {"like_": "a"}, "state": {"type": {"any_": ["COMPLETED"]}}},
        "a",
    ),
    (
        "or",
        lambda s: {
            "operator": "or_",
            "name": {"like_": "alph"},
            "state": {"type": {"any_": ["FAILED"]}},
        },
        "d a",
    ),
    ("or of nothing", lambda s: {"operator": "or_"}, "d c b a"),
]

TASKS: list[tuple[str, Given, str]] = [
    ("nothing", lambda s: {}, "begun child fine"),
    ("id", lambda s: {"id": {"any_": [s.ids["fine"]]}}, "fine"),
    ("run", lambda s: {"flow_run_id": {"any_": [s.ids["a"]]}}, "child fine"),
    ("without a run", lambda s: {"flow_run_id": {"is_null_": True}}, ""),
    ("name", lambda s: {"name": {"any_": ["double-1"]}}, "fine"),
    ("like", lambda s: {"name": {"like_": "L_2"}}, "child"),
    ("tags", lambda s: {"tags": {"all_": ["x"]}}, "fine"),
    ("no tags", lambda s: {"tags": {"is_null_": True}}, "begun child"),
    ("type", lambda s: {"state": {"type": {"any_": ["RUNNING"]}}}, "begun"),
    ("not type", lambda s: {"state": {"type": {"not_any_": ["RUNNING"]}}}, "child fine"),
    (
        "state name",
        lambda s: {"state": {"name": {"any_": ["Completed", "TimedOut"]}}},
        "child fine",
    ),
    ("not state name", lambda s: {"state": {"name": {"not_any_": ["TimedOut"]}}}, "begun fine"),
    ("ended", lambda s: {"end_time": {"is_null_": False}}, "child fine"),
    ("started", lambda s: {"start_time": {"before_": s.times["start"]}}, ""),
    ("child", lambda s: {"subflow_runs": {"exists_": True}}, "child"),
    ("no child", lambda s: {"subflow_runs": {"exists_": False}}, "begun fine"),
    (
        "or",
        lambda s: {"operator": "or_", "name": {"like_": "double"}, "end_time": {"is_null_": True}},
        "begun fine",
    ),
]

LOGS: list[tuple[str, Given, str]] = [
    ("nothing", lambda s: {}, "one two three"),
    ("level", lambda s: {"level": {"ge_": 20}}, "two three"),
    ("levels", lambda s: {"level": {"ge_": 10, "le_": 20}}, "one three"),
    ("run", lambda s: {"flow_run_id": {"any_": [s.ids["a"]]}}, "one two"),
    ("task", lambda s: {"task_run_id": {"any_": [s.ids["fine"]]}}, "two"),
    ("no task", lambda s: {"task_run_id": {"is_null_": True}}, "one three"),
    ("text", lambda s: {"text": {"query": "HELLO"}}, "one two"),
    ("literal text", lambda s: {"text": {"query": "0%"}}, "one"),
    ("before", lambda s: {"timestamp": {"before_": s.times["start"]}}, ""),
    ("after", lambda s: {"timestamp": {"after_": s.times["start"]}}, "one two three"),
    (
        "or",
        lambda s: {"operator": "or_", "text": {"query": "bye"}, "level": {"ge_": 40}},
        "two three",
    ),
]


def test_flow_runs_are_filtered_and_counted(scene: Scene) -> None:
    with scene.world.store.read() as tx:
        for name, given, expected in RUNS:
            wanted = FlowRunFilter.model_validate(given(scene))
            found = tx.flow_runs(ReadRuns(flow_runs=wanted))
            assert (name, scene.named(found)) == (name, expected)
            count = tx.count_runs(CountRuns(flow_runs=wanted))
            assert (name, count) == (name, len(found))


def test_task_runs_are_filtered(scene: Scene) -> None:
    with scene.world.store.read() as tx:
        for name, given, expected in TASKS:
            wanted = TaskRunFilter.model_validate(given(scene))
            found = tx.task_runs(ReadTaskRuns(task_runs=wanted))
            assert (name, scene.named(found)) == (name, expected)


def test_logs_are_filtered(scene: Scene) -> None:
    with scene.world.store.read() as tx:
        for name, given, expected in LOGS:
            wanted = LogFilter.model_validate(given(scene))
            found = tx.logs(ReadLogs(logs=wanted))
            assert (name, scene.named(found)) == (name, expected)


def test_filters_of_several_kinds_hold_together(scene: Scene) -> None:
    billing = FlowFilter.model_validate({"name": {"like_": "BILL"}})
    cleanup = FlowFilter.model_validate({"id": {"any_": [scene.ids["cleanup"]]}})
    child = TaskRunFilter.model_validate({"subflow_runs": {"exists_": True}})
    completed = FlowRunFilter.model_validate({"state": {"type": {"any_": ["COMPLETED"]}}})
    with scene.world.store.read() as tx:
        assert scene.named(tx.flow_runs(ReadRuns(flows=billing))) == "d"
        assert scene.named(tx.flow_runs(ReadRuns(flows=cleanup))) == "c b a"
        assert scene.named(tx.flow_runs(ReadRuns(task_runs=child))) == "a"
        assert tx.count_runs(CountRuns(flows=billing, flow_runs=completed)) == 0
        assert tx.count_runs(CountRuns(flows=cleanup, flow_runs=completed, task_runs=child)) == 1
        assert scene.named(tx.task_runs(ReadTaskRuns(flow_runs=completed))) == "child fine"


def test_flows_are_read_filtered_and_sorted(scene: Scene) -> None:
    with scene.world.store.read() as tx:
        both = tx.flows(ReadFlows())
        assert [flow.name for flow in both] == ["billing", "cleanup"]
        turned = tx.flows(ReadFlows(sort=FlowSort.NAME_DESC))
        assert turned == both[::-1]
        for sort in (FlowSort.CREATED_DESC, FlowSort.UPDATED_DESC):
            assert [flow.name for flow in tx.flows(ReadFlows(sort=sort))] == ["billing", "cleanup"]
        assert tx.flows(ReadFlows(limit=1, offset=1)) == both[1:]
        assert tx.flow(ReadFlow(name="cleanup")) == tx.flow(ReadFlow(flow_id=both[1].id)) == both[1]
        assert tx.flow(ReadFlow(name="nope")) is None
        wanted = FlowFilter.model_validate(
            {"operator": "or_", "name": {"any_": ["billing"]}, "id": {"any_": [both[1].id]}}
        )
        assert tx.flows(ReadFlows(flows=wanted)) == both


def test_flow_runs_are_sorted_and_cut(scene: Scene) -> None:
    expected = {
        FlowRunSort.ID_DESC: "d c b a",
        FlowRunSort.START_TIME_ASC: "a b d c",
        FlowRunSort.START_TIME_DESC: "c d b a",
        FlowRunSort.EXPECTED_START_TIME_ASC: "a b d c",
        FlowRunSort.EXPECTED_START_TIME_DESC: "c d b a",
        FlowRunSort.NAME_ASC: "d a b c",
        FlowRunSort.NAME_DESC: "c b a d",
        FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC: "c a b d",
        FlowRunSort.END_TIME_DESC: "d a c b",
    }
    with scene.world.store.read() as tx:
        for sort in FlowRunSort:
            assert (sort, scene.named(tx.flow_runs(ReadRuns(sort=sort)))) == (sort, expected[sort])
        assert scene.named(tx.flow_runs(ReadRuns(limit=2, offset=1))) == "c b"
        assert tx.flow_runs(ReadRuns(limit=0)) == ()


def test_task_runs_and_logs_are_sorted_and_cut(scene: Scene) -> None:
    expected = {
        TaskRunSort.ID_DESC: "begun child fine",
        TaskRunSort.EXPECTED_START_TIME_ASC: "fine child begun",
        TaskRunSort.EXPECTED_START_TIME_DESC: "begun child fine",
        TaskRunSort.NAME_ASC: "child fine begun",
        TaskRunSort.NAME_DESC: "begun fine child",
        TaskRunSort.NEXT_SCHEDULED_START_TIME_ASC: "fine child begun",
        TaskRunSort.END_TIME_DESC: "child fine begun",
    }
    with scene.world.store.read() as tx:
        for sort in TaskRunSort:
            found = tx.task_runs(ReadTaskRuns(sort=sort))
            assert (sort, scene.named(found)) == (sort, expected[sort])
        assert scene.named(tx.task_runs(ReadTaskRuns(limit=1, offset=1))) == "child"
        latest = tx.logs(ReadLogs(sort=LogSort.TIMESTAMP_DESC, limit=2))
        assert scene.named(latest) == "three two"


def test_views_say_what_is_stored(scene: Scene) -> None:
    with scene.world.store.read() as tx:
        paused, done, scheduled = (tx.flow_run(scene.ids[name]) for name in "bac")
        child = tx.task_run(scene.ids["child"])
    assert paused is not None
    assert paused.state is not None
    assert paused.state.is_paused()
    assert paused.state.state_details.pause_key == "key-1"
    assert paused.state.state_details.pause_timeout is not None
    assert paused.created_by == "anna (python, laptop)"
    assert paused.deployment_id == scene.ids["deployment"]
    assert (paused.work_pool_name, paused.work_queue_name) == ("big", "default")
    assert not paused.auto_scheduled
    assert done is not None
    assert (done.state_type, done.state_name, done.run_count) == (
        StateType.COMPLETED,
        "Completed",
        1,
    )
    assert (done.flow_name, done.tags, done.flow_version) == ("cleanup", ["x", "y"], "1")
    assert scheduled is not None
    assert scheduled.parent_flow_run_id == scene.ids["a"]
    assert scheduled.next_scheduled_start_time == scheduled.expected_start_time
    assert (scheduled.run_count, scheduled.entries) == (0, 0)
    assert child is not None
    assert (child.child_flow_run_id, child.state_name) == (scene.ids["c"], "TimedOut")
    assert len({run.state_id for run in (paused, done, scheduled)}) == 3


def test_a_paused_view_names_the_inputs_of_its_form(world: World) -> None:
    run = world.start()
    with world.store.write() as tx:
        form = tx.put_form(FORM)
    first = world.ask(run, deadline=world.now + 2 * MINUTE)
    world.ask(first, form=form, deadline=world.now + MINUTE)
    with world.store.read() as tx:
        view = tx.flow_run(run.id)
    assert view is not None
    assert view.state is not None
    details = view.state.state_details
    assert details.pause_timeout is not None
    assert details.run_input_keyset == {
        "description": "paused-2-description",
        "response": "paused-2-response",
        "schema": "paused-2-schema",
    }
