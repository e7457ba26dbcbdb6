"""Ids may be given as text, as `signoff.runtime` gives them; what is no id says so."""

from __future__ import annotations

import asyncio

import pytest

from signoff import flow
from signoff.exceptions import InvalidRequest
from signoff.flow_runs import resume_flow_run, wait_for_flow_run
from signoff.input import create_flow_run_input, read_flow_run_input, send_input
from signoff.runtime import flow_run
from tests.client.faces import Ask

pytestmark = pytest.mark.wire


@flow
def named() -> str:
    return str(flow_run.id)


def test_methods_take_text(ask: Ask) -> None:
    run_id = named()
    assert str(ask("read_flow_run", run_id).id) == run_id
    assert [state.name for state in ask("read_flow_run_states", run_id)][-1] == "Completed"
    ask("create_flow_run_input", run_id, "key", "1")
    assert ask("read_flow_run_input", run_id, "key") == "1"
    ask("update_flow_run", run_id, name="renamed")
    assert ask("read_flow_run", run_id).name == "renamed"
    ask("delete_flow_run", run_id)


@pytest.mark.usefixtures("service")
def test_functions_take_text() -> None:
    run_id = named()
    send_input(1, flow_run_id=run_id)  # type: ignore[arg-type]
    create_flow_run_input("k", {"a": 1}, flow_run_id=run_id)
    assert read_flow_run_input("k", flow_run_id=run_id) == {"a": 1}
    assert asyncio.run(wait_for_flow_run(run_id)).name  # type: ignore[arg-type]


def test_what_is_no_id_says_so(ask: Ask) -> None:
    for method in ("read_flow_run", "delete_flow_run", "read_task_run"):
        with pytest.raises(InvalidRequest, match=r"_run_id must be an id .* got 'nonsense'"):
            ask(method, "nonsense")
    with pytest.raises(InvalidRequest, match="flow_run_id must be an id"):
        resume_flow_run("nonsense")  # type: ignore[arg-type]
