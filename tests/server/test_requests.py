"""A real server on a real database: what is asked happens, once, and what cannot is said well."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from importlib.metadata import version
from typing import Any
from uuid import UUID, uuid4

import pytest

from signoff.model import errors
from signoff.model.actors import Via
from signoff.model.commands import (
    AnswerWait,
    CancelRun,
    CreateInput,
    DeleteRun,
    FinishTasks,
    PollWait,
    RerunRun,
    WriteLogs,
)
from signoff.model.filters import LogFilter, LogFilterFlowRunId
from signoff.model.journal import LogLine
from signoff.model.lookups import ReadJournal
from signoff.model.queries import (
    CountInbox,
    ReadHistory,
    ReadInbox,
    ReadInput,
    ReadLogs,
    ReadRun,
    ReadWait,
)
from signoff.model.runs import Phase
from signoff.model.waits import WaitStatus
from signoff.wire.endpoints import ENDPOINTS, PREFIX
from tests.server.conftest import Connect
from tests.server.serving import Flow, Served, call, task_of

pytestmark = pytest.mark.server


def test_a_run_from_start_to_end(served: Served, connect: Connect) -> None:
    worker, person = connect(served.url), connect(served.url)
    flow = Flow(worker, tags=("a",), parameters={"x": 1})
    task = task_of(flow.handle)
    worker.send(FinishTasks((task,)))
    worker.post(WriteLogs((LogLine(uuid4(), flow.id, None, 20, "flow", "hello", 1),)))
    opened = flow.ask()
    assert opened.status is WaitStatus.OPEN

    assert person.send(CountInbox()) >= 1
    item = next(each for each in person.send(ReadInbox()) if each.run_id == flow.id)
    assert (item.key, item.alive) == ("ok?", True)
    view = person.send(ReadWait(flow.id))
    assert view.form is not None
    assert person.send(ReadRun(flow.id)).state_name == "Paused"
    accepted = person.send(AnswerWait(flow.id, {"ok": True}), Via.CLI)
    assert not accepted.needs_entry
    assert (accepted.answered_by.name, accepted.answered_by.via) == ("127.0.0.1", Via.CLI)

    outcome = worker.send(PollWait(flow.id, flow.handle.entry, "ok?"))
    assert (outcome.status, outcome.answer) == (WaitStatus.ANSWERED, {"ok": True})
    assert flow.finish().phase is Phase.COMPLETED
    assert person.send(ReadJournal(flow.id)) == (task,)
    worker.settle()
    mine = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[flow.id]))
    assert [line.message for line in worker.send(ReadLogs(mine))] == ["hello"]
    run = person.send(ReadRun(flow.id))
    assert (run.state_name, run.tags, run.parameters) == ("Completed", ["a"], {"x": 1})


def test_refusals_arrive_as_what_they_are(served: Served, connect: Connect) -> None:
    worker, person = connect(served.url), connect(served.url)
    flow = Flow(worker)
    with pytest.raises(errors.NotPausedError, match="isn't paused"):
        person.send(AnswerWait(flow.id, {"ok": True}))
    flow.ask()
    with pytest.raises(errors.InvalidAnswer) as invalid:
        person.send(AnswerWait(flow.id, {"ok": "perhaps"}))
    assert [error.dotted for error in invalid.value.errors] == ["ok"]
    person.send(AnswerWait(flow.id, {"ok": True}, "ok?"))
    with pytest.raises(errors.AnswerConflict, match=r"127\.0\.0\.1"):
        person.send(AnswerWait(flow.id, {"ok": False}, "ok?"))
    flow.ask("a")
    flow.ask("b")
    with pytest.raises(errors.AmbiguousWait) as ambiguous:
        person.send(AnswerWait(flow.id, {"ok": True}))
    assert set(ambiguous.value.details["keys"]) == {"a", "b"}
    person.send(CancelRun(flow.id))
    person.send(DeleteRun(flow.id))
    with pytest.raises(errors.ObjectNotFound, match=str(flow.id)):
        person.send(ReadRun(flow.id))


def test_a_repeated_command_is_done_once_and_answered_the_same(served: Served) -> None:
    created = _create_run(served)
    path = f"/api/flow_runs/{created}/input"
    body = json.dumps({"key": "k", "value": "1"})
    first = call(served, "POST", path, body, {"Idempotency-Key": "one"})
    again = call(served, "POST", path, body, {"Idempotency-Key": "one"})
    other = call(served, "POST", path, body, {"Idempotency-Key": "two"})
    assert (first[0], again[0], other[0]) == (201, 201, 409)


def test_commands_of_a_batch_do_not_fail_together(served: Served, connect: Connect) -> None:
    """Many writers at once: those that are refused do not undo the others."""
    person = connect(served.url)
    flow = Flow(connect(served.url))
    flow.ask()
    person.send(CreateInput(flow.id, "taken", "0"))
    for number in range(20):
        person.post(CreateInput(flow.id, f"k{number}", str(number)))
        person.post(CreateInput(flow.id, "taken", "1"))
    person.settle()
    assert [person.send(ReadInput(flow.id, f"k{n}")).value for n in range(20)] == [
        str(n) for n in range(20)
    ]
    assert person.send(ReadInput(flow.id, "taken")).value == "0"


def _create_run(served: Served, **changes: Any) -> UUID:
    told = {"flow_name": "deploy", "name": "d", "parameters": {"x": 1}} | changes
    status, body, _ = call(served, "POST", "/api/flow_runs/", json.dumps(told))
    assert status == 201, body
    return UUID(json.loads(body)["id"])


def test_the_documented_face_of_flow_runs(served: Served) -> None:
    run_id = _create_run(served, tags=["documented"], idempotency_key="same")
    told = json.dumps({"flow_name": "deploy", "idempotency_key": "same"})
    status, body, _ = call(served, "POST", "/api/flow_runs/", told)
    assert (status, json.loads(body)["id"]) == (200, str(run_id))
    run = json.loads(call(served, "GET", f"/api/flow_runs/{run_id}")[1])
    assert run["state"]["type"] == "PENDING"
    assert run["total_run_time"] == 0.0
    assert run["parameters"] == {"x": 1}

    asked = json.dumps({"state": {"type": "CANCELLED", "message": "no"}})
    path = f"/api/flow_runs/{run_id}/set_state"
    status, body, _ = call(served, "POST", path, asked)
    result = json.loads(body)
    assert (status, result["status"]) == (200, "ACCEPT")
    assert result["state"]["type"] == "CANCELLED"
    states = json.loads(call(served, "GET", f"/api/flow_run_states/?flow_run_id={run_id}")[1])
    assert [state["type"] for state in states] == ["PENDING", "CANCELLED"]

    chosen = json.dumps({"flow_runs": {"tags": {"all_": ["documented"]}}, "limit": 5})
    found = json.loads(call(served, "POST", "/api/flow_runs/filter", chosen)[1])
    assert [each["id"] for each in found] == [str(run_id)]
    assert call(served, "POST", "/api/flow_runs/count", chosen.replace(', "limit": 5', ""))[1] == (
        b"1"
    )
    changed = call(served, "PATCH", f"/api/flow_runs/{run_id}", json.dumps({"name": "new"}))
    assert (changed[0], changed[1]) == (204, b"")
    assert json.loads(call(served, "GET", f"/api/flow_runs/{run_id}")[1])["name"] == "new"
    assert call(served, "DELETE", f"/api/flow_runs/{run_id}")[0] == 204
    assert call(served, "GET", f"/api/flow_runs/{run_id}")[0] == 404


def test_the_documented_face_of_resume_inputs_and_logs(served: Served, connect: Connect) -> None:
    flow = Flow(connect(served.url))
    base = f"/api/flow_runs/{flow.id}"
    flow.ask()
    status, body, headers = call(
        served, "POST", f"{base}/resume", json.dumps({"run_input": {"ok": 1}})
    )
    assert status == 422
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["errors"][0]["field"] == "ok"
    status, body, _ = call(
        served, "POST", f"{base}/resume", json.dumps({"run_input": {"ok": True}})
    )
    assert (status, json.loads(body)["status"]) == (200, "ACCEPT")

    told = json.dumps({"key": "greeting", "value": '"hello"', "sender": "me"})
    assert call(served, "POST", f"{base}/input", told)[0] == 201
    status, body, headers = call(served, "GET", f"{base}/input/greeting")
    assert (status, body) == (200, b'"hello"')
    assert headers["content-type"].startswith("text/plain")
    found = call(served, "POST", f"{base}/input/filter", json.dumps({"prefix": "greet"}))[1]
    assert json.loads(found)[0]["sender"] == "me"
    assert call(served, "DELETE", f"{base}/input/greeting")[0] == 204

    line = {
        "name": "flow",
        "level": 20,
        "message": "by hand",
        "timestamp": "2026-01-02T03:04:05Z",
        "flow_run_id": str(flow.id),
    }
    assert call(served, "POST", "/api/logs/", json.dumps([line]))[0] == 201
    mine = json.dumps({"logs": {"flow_run_id": {"any_": [str(flow.id)]}}})
    logs = json.loads(call(served, "POST", "/api/logs/filter", mine)[1])
    assert [(each["message"], each["timestamp"]) for each in logs] == [
        ("by hand", "2026-01-02T03:04:05Z")
    ]


def test_a_refused_rerun_names_the_reason(served: Served, connect: Connect) -> None:
    worker = connect(served.url)
    flow = Flow(worker)
    flow.finish()
    with pytest.raises(errors.TransitionRefused, match="Completed"):
        worker.send(RerunRun(flow.id))
    history = worker.send(ReadHistory(flow.id))
    assert [entry.kind.value for entry in history] == ["start", "complete"]


BAD_IDS = ["nonsense", "%00", "0", "..%2f..", "%F0%9F%98%80", "-1", "1e9"]
BAD_BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"\xff\xfe",
    b'{"entry": 99999999999999999999999999}',
    b'{"run_id": "x", "limit": -1, "key": 7, "state": 3, "run_input": {}}',
    b'{"key": "\\u0000", "value": "\\u0000", "flow_name": "\\u0000", "name": "\\u0000"}',
    b'{"tasks": [1], "logs": [{}], "process": {}, "run": {}, "flow_runs": {"id": {"any_": [1]}}}',
    b'[{"name": "x"}]',
    b'{"limit": 1e400}',
    b"[" * 5000,
]


def test_no_bad_request_is_taken_for_a_defect_of_the_server(served: Served) -> None:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=60)
    known = str(uuid4())
    for endpoint in ENDPOINTS:
        bodies = [b""] if endpoint.in_query else BAD_BODIES
        tries = [(value, b"{}") for value in BAD_IDS if endpoint.path_fields]
        for value, body in [*tries, *[(known, body) for body in bodies]]:
            path = PREFIX + endpoint.path
            for name in endpoint.path_fields:
                path = path.replace("{" + name + "}", value)
            connection.request(endpoint.method, path, body)
            response = connection.getresponse()
            said = response.read()
            assert response.status < 500, (endpoint.method, path, body, said)
            if response.status >= 400:
                assert response.headers["content-type"] == "application/problem+json"
                assert json.loads(said)["detail"]
    connection.close()
    assert "Traceback" not in served.process.stderr


ODD = [
    ("GET", "/api/nothing", 404, "no-such-path"),
    ("GET", "/api/", 404, "no-such-path"),
    ("PUT", "/api/inbox", 405, "no-such-method"),
    ("POST", "/api/health", 405, "no-such-method"),
    ("GET", f"/api/flow_runs/{UUID(int=1)}", 404, "not-found"),
    ("GET", "/api/flow_runs/x", 422, "run_id"),
    ("GET", "/api/inbox?limit=1000", 422, "limit"),
    ("GET", "/api/inbox?text=%00", 422, "NUL"),
    ("GET", "/api/events?after=x", 422, "after"),
]


def test_odd_requests(served: Served) -> None:
    for method, path, status, said in ODD:
        found, body, _ = call(served, method, path)
        assert (found, said in body.decode()) == (status, True), (method, path, body)


def test_the_server_describes_itself(served: Served) -> None:
    assert call(served, "GET", "/api/health")[:2] == (200, b"true")
    assert json.loads(call(served, "GET", "/api/ready")[1])["status"] == "ready"
    assert json.loads(call(served, "GET", "/api/version")[1]) == version("signoff")
    openapi = json.loads(call(served, "GET", "/openapi.json")[1])
    assert openapi["info"]["version"] == version("signoff")
    status, page, headers = call(served, "GET", "/docs")
    assert status == 200
    assert headers["content-type"].startswith("text/html")
    for endpoint in ENDPOINTS:
        assert PREFIX + endpoint.path in page.decode()
    assert b"http://" not in page
    assert b"https://" not in page
    assert b"<script" not in page
    assert call(served, "GET", "/nothing")[0] == 404
