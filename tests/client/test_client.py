"""The documented client: the same methods, embedded and over HTTP, waited for and awaited."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from signoff import flow, pause_flow_run, task
from signoff.client.orchestration import SignoffClient, SyncSignoffClient, get_client
from signoff.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterName,
    FlowRunFilterTags,
    LogFilter,
    LogFilterFlowRunId,
    TaskRunFilter,
    TaskRunFilterFlowRunId,
)
from signoff.client.schemas.objects import FlowRun, State, StateType
from signoff.client.schemas.responses import SetStateStatus
from signoff.client.schemas.sorting import FlowRunSort, LogSort
from signoff.engine.results import dumps, loads
from signoff.exceptions import CancelledRun, ObjectAlreadyExists, ObjectNotFound
from signoff.model.errors import InvalidRequest
from tests.client.faces import Ask
from tests.support.waiting import wait_until

pytestmark = pytest.mark.wire


@task
def double(number: int) -> int:
    return 2 * number


@flow
def adding(number: int = 1) -> int:
    return double(number) + 1


@flow
def failing() -> None:
    raise KeyError("no such thing")


@flow
def asking() -> bool:
    return pause_flow_run(wait_for_input=bool, key="go", timeout=60)


def last(ask: Ask, name: str) -> FlowRun:
    """The newest run of a flow."""
    runs: list[FlowRun] = ask("read_flow_runs", sort=FlowRunSort.ID_DESC)
    return next(run for run in runs if run.flow_name == name)


@contextmanager
def paused(ask: Ask) -> Iterator[FlowRun]:
    """A run that waits for yes or no, in another thread of this process."""
    known = {run.id for run in ask("read_flow_runs")}

    def waiting() -> list[FlowRun]:
        runs: list[FlowRun] = ask("read_flow_runs")
        return [run for run in runs if run.id not in known and run.state_type is StateType.PAUSED]

    worker = threading.Thread(target=lambda: asking(return_state=True))
    worker.start()
    try:
        wait_until(lambda: bool(waiting()), timeout=30)
        yield waiting()[0]
    finally:
        for run in waiting():
            ask("set_flow_run_state", run.id, State(type=StateType.CANCELLED), force=True)
        worker.join(30)
    assert not worker.is_alive()


def test_a_run_is_read_with_its_result(ask: Ask) -> None:
    assert adding(20) == 41
    run = ask("read_flow_run", last(ask, "adding").id)
    assert run.parameters == {"number": 20}
    assert run.state.is_completed()
    assert run.state.result() == 41
    elsewhere = loads(dumps(run))
    assert elsewhere.state.result() == 41


def test_a_failed_run_gives_its_exception(ask: Ask) -> None:
    failing(return_state=True)
    state = ask("read_flow_run", last(ask, "failing").id).state
    with pytest.raises(KeyError, match="no such thing"):
        state.result()
    assert isinstance(state.result(raise_on_failure=False), KeyError)


def test_an_unknown_run_is_not_found(ask: Ask) -> None:
    for method in ("read_flow_run", "delete_flow_run", "resume_flow_run"):
        with pytest.raises(ObjectNotFound):
            ask(method, uuid4())


def test_a_run_is_created_changed_and_deleted(ask: Ask) -> None:
    name = f"named-{uuid4().hex[:8]}"
    run = ask("create_flow_run", adding, name=name, parameters={"number": 3}, tags=["b", "a"])
    assert (run.name, run.state_type, sorted(run.tags)) == (name, StateType.PENDING, ["a", "b"])
    ask("update_flow_run", run.id, name=f"{name}-2", tags=["c"])
    changed = ask("read_flow_run", run.id)
    assert (changed.name, changed.tags) == (f"{name}-2", ["c"])
    ask("delete_flow_run", run.id)
    with pytest.raises(ObjectNotFound):
        ask("read_flow_run", run.id)


def test_runs_are_filtered_sorted_and_paged(ask: Ask) -> None:
    mark = uuid4().hex
    made = [
        ask("create_flow_run", adding, name=f"{letter}-{mark}", tags=[mark, letter])
        for letter in "bca"
    ]
    tagged = FlowRunFilter(tags=FlowRunFilterTags(all_=[mark]))
    assert ask("count_flow_runs", flow_run_filter=tagged) == 3
    names = [
        run.name[0]
        for run in ask("read_flow_runs", flow_run_filter=tagged, sort=FlowRunSort.NAME_ASC)
    ]
    assert names == ["a", "b", "c"]
    page = ask(
        "read_flow_runs", flow_run_filter=tagged, sort=FlowRunSort.NAME_ASC, limit=1, offset=1
    )
    assert [run.name[0] for run in page] == ["b"]
    some = FlowRunFilter(
        operator="or_",
        id=FlowRunFilterId(any_=[made[0].id]),
        name=FlowRunFilterName(any_=[f"a-{mark}"]),
    )
    found = ask("read_flow_runs", flow_run_filter=some, sort=FlowRunSort.NAME_ASC)
    assert [run.name[0] for run in found] == ["a", "b"]


def test_filters_may_be_dictionaries(ask: Ask) -> None:
    said = {"state": {"type": {"any_": ["COMPLETED"]}}}
    everything = {"name": {"like_": ""}}
    assert ask("count_flow_runs", flow_run_filter=said) == ask(
        "count_flow_runs", flow_run_filter=FlowRunFilter.model_validate(said)
    )
    ask("read_flows", flow_filter=everything)
    with pytest.raises(InvalidRequest, match="flow_run_filter, field stat: "):
        ask("read_flow_runs", flow_run_filter={"stat": {}})
    with pytest.raises(TypeError, match="flow_run_filter must be a FlowRunFilter, got 'x'"):
        ask("read_flow_runs", flow_run_filter="x")


def test_flows_are_read_by_id_and_name(ask: Ask) -> None:
    adding()
    by_name = ask("read_flow_by_name", "adding")
    assert ask("read_flow", by_name.id) == by_name
    assert by_name.id in {each.id for each in ask("read_flows")}
    with pytest.raises(ObjectNotFound):
        ask("read_flow_by_name", "nobody-wrote-this")


def test_task_runs_have_states_and_results(ask: Ask) -> None:
    adding(5)
    wanted = TaskRunFilter(flow_run_id=TaskRunFilterFlowRunId(any_=[last(ask, "adding").id]))
    (found,) = ask("read_task_runs", task_run_filter=wanted)
    run = ask("read_task_run", found.id)
    assert run.state.result() == 10
    states = ask("read_task_run_states", run.id)
    assert [state.type for state in states] == [StateType.RUNNING, StateType.COMPLETED]


def test_a_paused_run_is_resumed(ask: Ask) -> None:
    with paused(ask) as run:
        wrong = ask("resume_flow_run", run.id, {"value": "perhaps"})
        assert wrong.status is SetStateStatus.REJECT
        assert wrong.state.is_paused()
        assert "value" in wrong.details.reason
        assert ask("resume_flow_run", run.id, {"value": True}).status is SetStateStatus.ACCEPT
        wait_until(lambda: ask("read_flow_run", run.id).state.is_final(), timeout=30)
    assert ask("read_flow_run", run.id).state.result() is True
    late = ask("resume_flow_run", run.id, {"value": True})
    assert late.status is SetStateStatus.ABORT
    assert late.state.is_completed()
    names = [state.name for state in ask("read_flow_run_states", run.id)]
    assert names == ["Running", "Paused", "Running", "Completed"]


def test_a_state_is_set_where_the_rules_allow_it(ask: Ask) -> None:
    run = ask("create_flow_run", adding)
    result = ask("set_flow_run_state", run.id, State(type=StateType.CANCELLED))
    assert result.status is SetStateStatus.ACCEPT
    assert result.state.is_cancelled()
    again = ask("set_flow_run_state", str(run.id), State(type=StateType.PAUSED))
    assert again.status is SetStateStatus.ABORT
    assert "terminal state" in again.details.reason
    with pytest.raises(CancelledRun):
        ask("read_flow_run", run.id).state.result()


def test_force_overrides_but_cannot_make_a_run_wait(ask: Ask) -> None:
    run = ask("create_flow_run", adding)
    done: State[int] = State(type=StateType.COMPLETED, name="Waved through", data=7)
    assert ask("set_flow_run_state", run.id, done, force=True).status is SetStateStatus.ACCEPT
    state = ask("read_flow_run", run.id).state
    assert (state.name, state.result()) == ("Waved through", 7)
    forced = ask("set_flow_run_state", run.id, State(type=StateType.PAUSED), force=True)
    assert forced.status is not SetStateStatus.ACCEPT
    assert "cannot be forced" in forced.details.reason


def test_inputs_are_kept_found_and_deleted(ask: Ask) -> None:
    run_id = ask("create_flow_run", adding).id
    for number in range(3):
        ask("create_flow_run_input", run_id, f"order-{number}", str(number), sender="anne")
    with pytest.raises(ObjectAlreadyExists):
        ask("create_flow_run_input", run_id, "order-1", "again")
    assert ask("read_flow_run_input", run_id, "order-1") == "1"
    found = ask("filter_flow_run_input", run_id, "order", 5, {"order-0"})
    assert [(each.key, each.sender) for each in found] == [("order-1", "anne"), ("order-2", "anne")]
    ask("delete_flow_run_input", run_id, "order-1")
    with pytest.raises(ObjectNotFound):
        ask("read_flow_run_input", run_id, "order-1")


def test_logs_are_written_and_read(ask: Ask) -> None:
    run_id = ask("create_flow_run", adding).id
    line: dict[str, Any] = {"name": "mine", "level": logging.WARNING, "flow_run_id": run_id}
    times = ("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z")
    ask("create_logs", [{**line, "message": at, "timestamp": at} for at in times])
    wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
    found = ask("read_logs", wanted, sort=LogSort.TIMESTAMP_DESC)
    assert [each.message for each in found] == list(reversed(times))
    assert [each.message for each in ask("read_logs", wanted, limit=1, offset=1)] == [times[1]]
    with pytest.raises(ValueError, match="flow_run_id"):
        ask("create_logs", [{**line, "flow_run_id": None, "message": "", "timestamp": times[0]}])


def test_the_service_says_that_it_is_well(ask: Ask, service: str) -> None:
    assert ask("api_healthcheck") is None
    assert ask("hello")
    client = get_client(sync_client=True)
    assert client.api_url.startswith("http") is (service == "server")
    assert client.api_version()


async def _methods_run_beside_the_loop() -> int:
    """Threads other than the loop's that carried out requests."""
    used: set[int] = set()
    client = get_client()
    gateway = client.gateway
    send = type(gateway).send

    def noted(self: Any, *args: Any, **kwargs: Any) -> Any:
        used.add(threading.get_ident())
        return send(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(gateway), "send", noted)
        await client.read_flow_runs()
        await client.api_healthcheck()
    assert threading.get_ident() not in used
    return len(used)


def test_the_asynchronous_client_never_asks_on_the_loop(service: str) -> None:
    assert asyncio.run(_methods_run_beside_the_loop()) >= 1


def _methods(client: type) -> dict[str, str]:
    found = {}
    for name in vars(client):
        if not name.startswith("_"):
            signature = inspect.signature(getattr(client(), name))
            found[name] = ", ".join(str(each) for each in signature.parameters.values())
    return found


def test_both_faces_have_the_same_methods_and_parameters() -> None:
    assert _methods(SyncSignoffClient) == _methods(SignoffClient)
    assert "flow_run_filter" in _methods(SignoffClient)["read_flow_runs"]


def test_ids_may_be_given_as_text(ask: Ask) -> None:
    run = ask("create_flow_run", adding)
    assert isinstance(run.id, UUID)
    assert ask("read_flow_run", str(run.id)).id == run.id
