"""The documented REST operations on flows, task runs and pages of lists."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.server.conftest import Connect
from tests.server.serving import Flow, Served, call

pytestmark = pytest.mark.server


def ask(served: Served, method: str, path: str, body: Any = None) -> Any:
    """The reply to a request that succeeds."""
    text = None if body is None else json.dumps(body)
    status, said, _ = call(served, method, f"/api{path}", text)
    assert status < 300, said
    return json.loads(said) if said else None


def test_pages_of_lists(served: Served, connect: Connect) -> None:
    made = [str(Flow(connect(served.url)).id) for _ in range(3)]
    wanted = {"flow_runs": {"id": {"any_": made}}, "limit": 2}
    first = ask(served, "POST", "/flow_runs/paginate", wanted)
    second = ask(served, "POST", "/flow_runs/paginate", {**wanted, "page": 2})
    assert [len(page["results"]) for page in (first, second)] == [2, 1]
    assert {(p["count"], p["pages"], p["limit"]) for p in (first, second)} == {(3, 2, 2)}
    assert [page["page"] for page in (first, second)] == [1, 2]
    assert ask(served, "POST", "/flows/paginate", {"limit": 1})["pages"] >= 1
    assert ask(served, "POST", "/task_runs/paginate", {})["page"] == 1
    status, said, _ = call(served, "POST", "/api/flow_runs/paginate", '{"page": 0}')
    assert status == 422
    assert b"page" in said


def test_a_task_run_from_its_creation_to_its_end(served: Served, connect: Connect) -> None:
    run_id = str(Flow(connect(served.url)).id)
    new = {"flow_run_id": run_id, "task_key": "a.work", "dynamic_key": "0"}
    made = ask(served, "POST", "/task_runs/", {**new, "state": {"type": "RUNNING"}})
    assert (made["state_type"], made["name"][:5]) == ("RUNNING", "work-")
    path = f"/task_runs/{made['id']}"
    proposal = {"state": {"type": "FAILED", "message": "no"}}
    assert ask(served, "POST", f"{path}/set_state", proposal)["status"] == "ACCEPT"
    again = ask(served, "POST", f"{path}/set_state", {"state": {"type": "COMPLETED"}})
    assert (again["status"], again["details"]["reason"]) == (
        "ABORT",
        "Run is already in terminal state FAILED.",
    )
    states = ask(served, "GET", f"/task_run_states/?task_run_id={made['id']}")
    assert [(state["type"], state["message"]) for state in states] == [("FAILED", "no")]
    assert ask(served, "POST", "/task_runs/count", {"flow_runs": {"id": {"any_": [run_id]}}}) == 1
    ask(served, "PATCH", path, {"name": "other"})
    assert ask(served, "GET", path)["name"] == "other"
    ask(served, "DELETE", path)
    assert call(served, "GET", f"/api{path}")[0] == 404


def test_a_flow_from_its_creation_to_its_end(served: Served) -> None:
    made = ask(served, "POST", "/flows/", {"name": "by-rest", "tags": ["a"]})
    ask(served, "PATCH", f"/flows/{made['id']}", {"tags": ["b"]})
    assert ask(served, "GET", f"/flows/{made['id']}")["tags"] == ["b"]
    assert ask(served, "POST", "/flows/count", {"flows": {"tags": {"all_": ["b"]}}}) == 1
    ask(served, "DELETE", f"/flows/{made['id']}")
    assert call(served, "GET", f"/api/flows/{made['id']}")[0] == 404
    assert ask(served, "GET", "/admin/version")
