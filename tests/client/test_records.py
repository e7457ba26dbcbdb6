"""Flows and task runs as records: made, put right and removed by the client."""

from __future__ import annotations

from uuid import uuid4

import pytest

from signoff import flow, task
from signoff.client.orchestration import get_client
from signoff.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowFilterTags,
    FlowRunFilter,
    FlowRunFilterId,
)
from signoff.client.schemas.responses import SetStateStatus
from signoff.exceptions import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.runtime import flow_run, task_run
from signoff.states import Completed, Failed, Running
from tests.client.faces import Ask

pytestmark = pytest.mark.wire


@task(tags=["own"])
def work(number: int = 1) -> str:
    return str(task_run.id)


@flow
def working() -> tuple[str, str]:
    return str(flow_run.id), work()


def test_a_flow_is_registered_labelled_and_deleted(ask: Ask) -> None:
    name = f"by-name-{uuid4().hex[:8]}"
    id = ask("create_flow_from_name", name)
    assert ask("create_flow_from_name", name) == id
    ask("update_flow", id, tags=["b", "a", "b"])
    assert ask("read_flow", id).tags == ["a", "b"]
    tagged = FlowFilter(name=FlowFilterName(any_=[name]), tags=FlowFilterTags(all_=["a"]))
    assert [found.id for found in ask("read_flows", flow_filter=tagged)] == [id]
    assert ask("count_flows", flow_filter=tagged) == 1
    ask("delete_flow", id)
    assert ask("count_flows", flow_filter=tagged) == 0
    for method in ("read_flow", "delete_flow"):
        with pytest.raises(ObjectNotFound):
            ask(method, id)
    assert ask("create_flow_from_name", name) == id
    with pytest.raises(InvalidRequest, match="must not be empty"):
        ask("create_flow_from_name", " ")


def test_a_deleted_flow_takes_its_runs_along_and_may_run_again(ask: Ask) -> None:
    @flow(name=f"short-{uuid4().hex[:8]}")
    def short() -> str:
        return str(flow_run.id)

    run_id = short()
    id = ask("create_flow", short)
    assert ask("read_flow_run", run_id).flow_id == id
    ask("delete_flow", id)
    with pytest.raises(ObjectNotFound):
        ask("read_flow_run", run_id)
    again = ask("read_flow_run", short())
    assert (again.flow_id, again.flow_name) == (id, short.name)
    assert ask("read_flow", id).name == short.name


def test_flows_are_found_by_their_runs(ask: Ask) -> None:
    run_id, _ = working()
    mine = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    assert [found.name for found in ask("read_flows", flow_run_filter=mine)] == ["working"]
    assert ask("count_flows", flow_run_filter=mine) == 1
    of_flow = FlowFilter(name=FlowFilterName(any_=["working"]))
    found = ask("read_task_runs", flow_filter=of_flow, flow_run_filter=mine)
    assert [each.task_key.rpartition(":")[2] for each in found] == ["work"]
    assert ask("count_task_runs", flow_filter=of_flow, flow_run_filter=mine) == 1


def test_runs_are_renamed(ask: Ask) -> None:
    run_id, task_run_id = working()
    ask("set_flow_run_name", run_id, "other flow run")
    ask("set_task_run_name", task_run_id, "other task run")
    assert ask("read_flow_run", run_id).name == "other flow run"
    assert ask("read_task_run", task_run_id).name == "other task run"


def test_a_task_run_is_registered_and_takes_its_course(ask: Ask) -> None:
    run_id, _ = working()
    given = {"x": [{"input_type": "task_run", "id": str(uuid4())}], "y": []}
    made = ask(
        *("create_task_run", work, run_id, "7"),
        name="by hand",
        extra_tags=["more"],
        task_inputs=given,
    )
    assert (made.name, made.dynamic_key, made.tags) == ("by hand", "7", ["more", "own"])
    assert made.task_inputs == given
    assert (made.state.is_pending(), made.start_time) == (True, None)
    begun = ask("set_task_run_state", made.id, Running())
    assert (begun.status, begun.state.name) == (SetStateStatus.ACCEPT, "Running")
    ended = ask("set_task_run_state", made.id, Completed(data={"a": 1}))
    assert ended.state.is_completed()
    assert ask("read_task_run", made.id).state.result() == {"a": 1}
    refused = ask("set_task_run_state", made.id, Failed(message="no"))
    assert (refused.status, refused.state.name) == (SetStateStatus.ABORT, "Completed")
    assert refused.details.reason == "Run is already in terminal state COMPLETED."
    forced = ask("set_task_run_state", made.id, Failed(message="no"), force=True)
    assert (forced.status, forced.state.message) == (SetStateStatus.ACCEPT, "no")
    with pytest.raises(ObjectAlreadyExists):
        ask("create_task_run", work, run_id, "7", id=made.id)
    ask("delete_task_run", made.id)
    for method, arguments in (
        ("read_task_run", ()),
        ("delete_task_run", ()),
        ("set_task_run_state", (Running(),)),
        ("set_task_run_name", ("x",)),
    ):
        with pytest.raises(ObjectNotFound):
            ask(method, made.id, *arguments)
    with pytest.raises(ObjectNotFound):
        ask("create_task_run", work, uuid4(), "7")


def test_a_task_run_may_begin_with_its_end(ask: Ask) -> None:
    run_id, _ = working()
    made = ask("create_task_run", work, run_id, "8", state=Completed(data="done"))
    assert made.state.is_completed()
    assert made.end_time is not None
    assert ask("read_task_run", made.id).state.result() == "done"


def test_versions_are_told(ask: Ask) -> None:
    with get_client(sync_client=True) as client:
        assert ask("api_version") == client.client_version()
