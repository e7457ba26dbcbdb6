"""Servers that start, stop, die and come back; and who is let in."""

from __future__ import annotations

import json
import signal
import threading
from base64 import b64encode

import pytest

from signoff.model import errors
from signoff.model.commands import AnswerWait, FinishTasks, PollWait
from signoff.model.lookups import ReadJournal
from signoff.model.queries import ReadHistory, ReadRun
from signoff.model.runs import Phase
from signoff.model.waits import WaitStatus
from tests.server.conftest import Connect
from tests.server.serving import Flow, Heard, Servers, call, task_of, wait_for_stop
from tests.server.streams import stream
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.server, pytest.mark.faults]


def test_a_killed_server_comes_back_with_everything(servers: Servers, connect: Connect) -> None:
    first = servers.start()
    worker, person = connect(first.url, retries=30), connect(first.url, retries=30)
    flow = Flow(worker)
    assert person.send(ReadRun(flow.id)).state_name == "Running"
    task = task_of(flow.handle)
    worker.send(FinishTasks((task,)))
    flow.ask()
    heard = Heard()
    stop = flow.listen(heard)
    first.process.kill()
    # What is asked while nobody answers is asked again until somebody does.
    replies: list[object] = []
    asking = threading.Thread(
        target=lambda: replies.append(person.send(AnswerWait(flow.id, {"ok": True})))
    )
    asking.start()
    second = servers.start(first.port)
    asking.join()
    assert len(replies) == 1
    wait_until(lambda: heard.signals)
    outcome = worker.send(PollWait(flow.id, flow.handle.entry, "ok?"))
    assert (outcome.status, outcome.answer) == (WaitStatus.ANSWERED, {"ok": True})
    assert worker.send(ReadJournal(flow.id)) == (task,)
    assert flow.finish().phase is Phase.COMPLETED
    history = [entry.kind.value for entry in person.send(ReadHistory(flow.id))]
    assert history == ["start", "open", "answer", "complete"]
    stop()
    assert second.process.returncode is None


def test_a_stopped_server_ends_polls_and_streams_at_once_and_well(
    sqlite_servers: Servers, connect: Connect
) -> None:
    served = sqlite_servers.start()
    flow = Flow(connect(served.url))
    heard = Heard()
    stop = flow.listen(heard)
    flow.ask()
    connect(served.url).send(AnswerWait(flow.id, {"ok": True}))
    wait_until(lambda: heard.signals)  # The long poll is open.
    with stream(served) as open_stream:
        served.process.send_signal(signal.SIGTERM)
        wait_for_stop(served)
        open_stream.read()  # It ends.
    stop()
    assert "Traceback" not in served.process.stderr


def test_a_port_in_use_is_named(sqlite_servers: Servers) -> None:
    served = sqlite_servers.start()
    second = sqlite_servers.begin(served.port)
    assert second.wait() == 1
    assert f"port {served.port}" in second.stderr
    assert "--port" in second.stderr
    assert "Traceback" not in second.stderr


def test_nobody_listens_to_the_world_without_a_password(sqlite_servers: Servers) -> None:
    refused = sqlite_servers.begin(host="0.0.0.0")
    assert refused.wait() == 1
    assert "SIGNOFF_SERVER_API_AUTH_STRING" in refused.stderr
    for settings, insecure in (({}, True), ({"SIGNOFF_SERVER_API_AUTH_STRING": "u:p"}, False)):
        open_to_all = sqlite_servers.begin(host="0.0.0.0", insecure=insecure, settings=settings)
        open_to_all.wait_for_output(r"^serves http://127\.0\.0\.1:\d+/api \d+$")
        open_to_all.send_signal(signal.SIGINT)
        assert open_to_all.wait() == 0


def test_who_is_let_in(sqlite_servers: Servers, connect: Connect) -> None:
    served = sqlite_servers.start(SIGNOFF_SERVER_API_AUTH_STRING="ann:s3cret")
    assert call(served, "GET", "/api/health")[0] == 200
    for path in ("/api/inbox", "/api/ready", "/api/events", "/docs", "/openapi.json", "/nothing"):
        status, body, headers = call(served, "GET", path)
        assert status == 401, path
        assert headers["www-authenticate"].startswith("Basic")
        assert "SIGNOFF_API_AUTH_STRING" in json.loads(body)["help"]
    for wrong in (b"ann:s3cre", b"ann:s3cret2", b":", b"ann", b"\xff\xfe"):
        told = {"Authorization": f"Basic {b64encode(wrong).decode()}"}
        assert call(served, "GET", "/api/inbox", headers=told)[0] == 401
    for odd in ("Basic", "Basic ???", "Bearer ann:s3cret", ""):
        assert call(served, "GET", "/api/inbox", headers={"Authorization": odd})[0] == 401
    with pytest.raises(errors.Unauthorized, match="wrong"):
        Flow(connect(served.url, "ann:guess"))
    with pytest.raises(errors.Unauthorized, match="asks for"):
        Flow(connect(served.url))
    flow = Flow(connect(served.url, "ann:s3cret"))
    flow.ask()
    by = connect(served.url, "ann:s3cret").send(AnswerWait(flow.id, {"ok": True})).answered_by
    assert (by.name, by.host, by.verified) == ("ann", "127.0.0.1", True)


def test_a_foreign_page_cannot_make_a_browser_answer(
    sqlite_servers: Servers, connect: Connect
) -> None:
    served = sqlite_servers.start()
    gateway = connect(served.url)
    flow = Flow(gateway)
    flow.ask()
    body = json.dumps({"run_input": {"ok": True}})
    path = f"/api/flow_runs/{flow.id}/resume"
    own = f"127.0.0.1:{served.port}"
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Host": f"evil.example:{served.port}", "Origin": f"http://evil.example:{served.port}"},
        {"Origin": f"http://localhost:{served.port}"},
    ):
        assert call(served, "POST", path, body, headers)[0] == 403, headers
    assert gateway.send(ReadRun(flow.id)).state_name == "Paused"
    assert call(served, "POST", path, body, {"Origin": f"http://{own}"})[0] == 200
