"""Real server processes on loopback, and clients of them."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID

from signoff.core.ports import Listener
from signoff.engine.clock import new_id
from signoff.gateway.http import HttpGateway
from signoff.model.commands import FinishRun, LeaveRun, OpenWait, StartRun
from signoff.model.forms import Form
from signoff.model.journal import (
    EntryRecord,
    Liveness,
    NewRun,
    Process,
    Result,
    ResultKind,
    TaskRecord,
)
from signoff.model.replies import RunHandle, RunSignal, WaitOutcome
from signoff.model.runs import Phase
from signoff.model.states import StateType
from signoff.model.waits import WaitKind
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import wait_until

_PROGRAM = """
import sys
from signoff.gateway.settings import current_settings
from signoff.server.run import serve
from signoff.model.errors import SignoffException

host, port, insecure = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "insecure"
ready, worker = (lambda url, port: print("serves", url, port)), sys.argv[4] == "worker"
try:
    serve(current_settings(), host, port, insecure, ready, worker)
except SignoffException as error:
    sys.exit(f"{type(error).__name__}: {error}")
print("stopped well")
"""


@dataclass
class Served:
    """A running server.

    Args:
        process: its process.
        url: its API.
        port: where it listens.
    """

    process: PythonProcess
    url: str
    port: int


class Servers:
    """Starts servers over one home and one database.

    Args:
        spawn: starts processes.
        home: SIGNOFF_HOME.
        database: URL of the database; None for the home's own.
    """

    def __init__(self, spawn: Spawner, home: Path, database: str | None = None) -> None:
        self._spawn = spawn
        self._environment: dict[str, str | None] = {"SIGNOFF_HOME": str(home)}
        if database is not None:
            self._environment["SIGNOFF_SERVER_DATABASE_CONNECTION_URL"] = database

    def begin(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        insecure: bool = False,
        settings: Mapping[str, str] | None = None,
        worker: bool = False,
    ) -> PythonProcess:
        """Start a server process and do not wait for it."""
        environment = {**self._environment, **(settings or {})}
        words = [host, str(port), "insecure" if insecure else "secure"]
        words.append("worker" if worker else "alone")
        return self._spawn(_PROGRAM, *words, env=environment)

    def start(self, port: int = 0, worker: bool = False, **settings: str) -> Served:
        """Start a server and wait until it answers."""
        process = self.begin(port, settings=settings, worker=worker)
        found = process.wait_for_output(r"^serves (\S+) (\d+)$")
        return Served(process, found[1], int(found[2]))


def process(**changes: Any) -> Process:
    """A client process that never was."""
    values: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "host": "somewhere",
        "pid": os.getpid(),
        "user": "tester",
        "liveness": Liveness.LEASE,
        "address": None,
    }
    return Process(**(values | changes))


def new_run(**changes: Any) -> NewRun:
    """A run to start."""
    values: dict[str, Any] = {"id": new_id(), "flow_name": "deploy", "name": "deploy-1"}
    return NewRun(**(values | changes))


def record(**changes: Any) -> EntryRecord:
    """An entry record of another machine."""
    values: dict[str, Any] = {
        "host": "somewhere",
        "user": "tester",
        "interpreter": "python",
        "directory": "/",
        "path": (),
        "file": "/flow.py",
        "module": None,
        "qualname": "deploy",
        "source_hash": "",
    }
    return EntryRecord(**(values | changes))


def task_of(run: RunHandle, number: int = 0) -> TaskRecord:
    """A finished task of a run."""
    return TaskRecord(
        id=new_id(),
        run_id=run.run_id,
        entry=run.entry,
        attempt=run.attempt,
        scope="",
        task_key="work",
        inputs="",
        occurrence=number,
        place=f"line:{number}",
        name=f"work-{number}",
        state_type=StateType.COMPLETED,
        state_name="Completed",
        message=None,
        result=Result(ResultKind.PICKLE, b"\x80\x04K\x01."),
        started=1,
        ended=2,
        run_count=1,
    )


FORM = Form({"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]})


@dataclass
class Heard:
    """A listener that keeps what it was told."""

    signals: list[RunSignal | None] = field(default_factory=list)

    def __call__(self, signal: RunSignal | None) -> None:
        self.signals.append(signal)

    def version(self) -> int:
        """The newest version heard of; 0 for none."""
        return max((s.version for s in list(self.signals) if s is not None), default=0)

    def beyond(self, version: int) -> bool:
        """Whether a newer version was heard of."""
        return self.version() > version


class Flow:
    """A run as its process sees it, over HTTP."""

    def __init__(self, gateway: HttpGateway, **changes: Any) -> None:
        self.gateway = gateway
        self.handle = gateway.send(StartRun(new_run(**changes), gateway.process.id))
        self.id: UUID = self.handle.run_id

    def ask(
        self, key: str = "ok?", form: Form | None = FORM, timeout: int | None = None
    ) -> WaitOutcome:
        """Open a wait."""
        return self.gateway.send(
            OpenWait(
                run_id=self.id,
                entry=self.handle.entry,
                key=key,
                kind=WaitKind.INPUT if form else WaitKind.APPROVAL,
                title="Go on?",
                form=form,
                timeout=timeout,
                address=self.gateway.process.address,
            )
        )

    def leave(self) -> None:
        """Open a wait, and go without an answer."""
        entry, wait = self.handle.entry, WaitKind.INPUT
        self.gateway.send(OpenWait(self.id, entry, "ok?", wait, "Go on?", FORM, leaving=True))
        self.gateway.send(LeaveRun(self.id, entry))

    def finish(self) -> RunHandle:
        """End well."""
        return self.gateway.send(
            FinishRun(
                self.id, self.handle.entry, Phase.COMPLETED, None, None, Result(ResultKind.NONE)
            )
        )

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of changes."""
        return self.gateway.listen(self.id, listener)


def call(
    served: Served,
    method: str,
    path: str,
    body: bytes | str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, bytes, dict[str, str]]:
    """A request as any HTTP client would send it: status, body, headers."""
    connection = HTTPConnection("127.0.0.1", served.port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, response.read(), found
    finally:
        connection.close()


def wait_for_stop(served: Served) -> None:
    """The server has ended by itself, and well."""
    assert served.process.wait() == 0, served.process.said()
    wait_until(lambda: "stopped well" in served.process.stdout)
