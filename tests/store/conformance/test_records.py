"""Flows and task runs as records: labelled, hidden, counted; states put right."""

from __future__ import annotations

import pytest

from signoff.model import records
from signoff.model.commands import ProposedState
from signoff.model.filters import (
    FlowFilter,
    FlowFilterDeployment,
    FlowFilterName,
    FlowFilterTags,
    FlowRunFilter,
    FlowRunFilterName,
    TaskRunFilter,
    TaskRunFilterName,
)
from signoff.model.journal import Result, ResultKind
from signoff.model.queries import ReadFlow, ReadFlows, ReadTaskRuns
from signoff.model.states import StateType
from tests.store.samples import World

pytestmark = pytest.mark.store


def test_a_flow_has_labels_and_is_found_by_them(world: World) -> None:
    with world.store.write() as tx:
        a = tx.flow_id("a", world.now, world.id)
        tx.flow_id("b", world.now, world.id)
        tx.records.tag_flow(a, ["x", "ü"])
        found = tx.flow(ReadFlow(flow_id=a))
        assert found is not None
        assert found.tags == ["x", "ü"]
        tagged = FlowFilter(tags=FlowFilterTags(all_=["x"]))
        assert [flow.name for flow in tx.flows(ReadFlows(tagged))] == ["a"]
        untagged = FlowFilter(tags=FlowFilterTags(is_null_=True))
        assert [flow.name for flow in tx.flows(ReadFlows(untagged))] == ["b"]
        assert tx.records.count_flows(records.CountFlows(tagged)) == 1
        for is_null, names in ((True, ["a", "b"]), (False, [])):
            deployed = FlowFilter(deployment=FlowFilterDeployment(is_null_=is_null))
            assert [flow.name for flow in tx.flows(ReadFlows(deployed))] == names
        tx.records.tag_flow(a, [])
        assert tx.records.count_flows(records.CountFlows(untagged)) == 2
        assert tx.records.deployments_of_flow(a) == ()


def test_a_hidden_flow_comes_back_with_its_next_run(world: World) -> None:
    with world.store.write() as tx:
        flow_id = tx.flow_id("cleanup", world.now, world.id)
        tx.records.hide_flow(flow_id, world.now)
    everything = records.CountFlows()
    with world.store.read() as tx:
        assert tx.flow(ReadFlow(flow_id=flow_id)) is None
        assert tx.flow(ReadFlow(name="cleanup")) is None
        assert (tx.flows(ReadFlows()), tx.records.count_flows(everything)) == ((), 0)
    run = world.start()
    with world.store.write() as tx:
        assert tx.records.runs_of_flow(flow_id) == (run.id,)
        assert [flow.id for flow in tx.flows(ReadFlows())] == [flow_id]
        assert tx.records.count_flows(everything) == 1
        tx.delete_run(run.id)
        assert tx.records.count_flows(everything) == 0
        tx.records.show_flow(flow_id)
        assert tx.flow(ReadFlow(name="cleanup")) is not None


def test_flows_and_task_runs_are_found_by_what_belongs_to_them(world: World) -> None:
    one = world.start(name="one", flow_name="f-one")
    other = world.start(name="other", flow_name="f-other")
    tasks = [world.task(one, name="t-one"), world.task(other, name="t-other")]
    world.store.finish_tasks(tasks, world.now)
    run = FlowRunFilter(name=FlowRunFilterName(any_=["one"]))
    task = TaskRunFilter(name=TaskRunFilterName(any_=["t-other"]))
    flow = FlowFilter(name=FlowFilterName(any_=["f-one"]))
    with world.store.read() as tx:
        assert [f.name for f in tx.flows(ReadFlows(flow_runs=run))] == ["f-one"]
        assert [f.name for f in tx.flows(ReadFlows(task_runs=task))] == ["f-other"]
        assert tx.flows(ReadFlows(flow_runs=run, task_runs=task)) == ()
        assert [t.name for t in tx.task_runs(ReadTaskRuns(flows=flow))] == ["t-one"]
        counts = (
            (records.CountTaskRuns(), 2),
            (records.CountTaskRuns(flows=flow), 1),
            (records.CountTaskRuns(flows=flow, task_runs=task), 0),
            (records.CountTaskRuns(flow_runs=run), 1),
        )
        for query, number in counts:
            assert tx.records.count_task_runs(query) == number


def test_a_task_run_is_made_changed_and_removed(world: World) -> None:
    run, id = world.start(), world.id()
    state = ProposedState(StateType.RUNNING, "Busy", "on it", None, None)
    new = records.CreateTaskRun(run.id, "mod.work", "7", None, ("t",), state, id)
    with world.store.write() as tx:
        assert tx.records.add_task_run(id, new, "work-1", StateType.RUNNING, world.now)
        assert not tx.records.add_task_run(id, new, "work-1", StateType.RUNNING, world.now)
        made = tx.task_run(id)
        assert made is not None
        assert made.state is not None
        assert (made.name, made.task_key, made.dynamic_key, made.tags) == (
            "work-1",
            "mod.work",
            "7",
            ["t"],
        )
        assert (made.state.name, made.state.message, made.end_time) == ("Busy", "on it", None)
        assert tx.records.task_state(id) is StateType.RUNNING
        kept = Result(ResultKind.JSON, b"1", None, "1")
        tx.records.set_task_state(id, StateType.COMPLETED, None, None, world.tick(), kept)
        assert tx.task_result(id) == kept
        tx.records.set_task_state(id, StateType.FAILED, "Failed", "no", world.tick(), None)
        assert tx.task_result(id) == kept
        assert tx.records.rename_task_run(id, "other")
        changed = tx.task_run(id)
        assert changed is not None
        assert (changed.name, changed.state_name, changed.end_time is None) == (
            "other",
            "Failed",
            False,
        )
        assert tx.records.remove_task_run(id)
        assert not tx.records.remove_task_run(id)
        assert not tx.records.rename_task_run(id, "gone")
        assert tx.records.task_state(id) is None


def test_a_task_run_that_has_not_begun_has_no_start(world: World) -> None:
    run, id = world.start(), world.id()
    new = records.CreateTaskRun(run.id, "mod.work", "7")
    with world.store.write() as tx:
        assert tx.records.add_task_run(id, new, "work-1", StateType.PENDING, world.now)
        made = tx.task_run(id)
        assert made is not None
        assert (made.start_time, made.state_name) == (None, "Pending")


def test_a_task_run_needs_a_flow_run(world: World) -> None:
    new = records.CreateTaskRun(world.id(), "mod.work", "7")
    with world.store.write() as tx:
        assert not tx.records.add_task_run(world.id(), new, "x", StateType.PENDING, world.now)
