"""Flows for the tests of runners, and the processes around them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from signoff.gateway.connect import get_gateway
from signoff.model.commands import AnswerWait, Request
from signoff.model.queries import ReadInbox, ReadRun
from signoff.model.replies import InboxItem
from signoff.model.views import FlowRun
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import wait_until

R = TypeVar("R")

ASKING = """
import os, sys
from pathlib import Path
from signoff import flow, pause_flow_run, task
from signoff.context import FlowRunContext

@task
def work():
    with open({marks!r}, "a") as file:
        print("work", os.getpid(), file=file)
    return 41

@flow
def deploy():
    value = work()
    print("waits", FlowRunContext.get().flow_run.id, flush=True)
    answer = pause_flow_run(wait_for_input=int, timeout=None)
    {after}
    with open({marks!r}, "a") as file:
        print("end", os.getpid(), file=file)
    return value + answer

if __name__ == "__main__":
    deploy()
"""
LOCAL = ["-m", "signoff.runner.local"]


def ask_and_die(spawn: Spawner, marks: Path, after: str = "pass") -> UUID:
    """A flow that asked something and whose process was killed then; returns its run."""
    process = spawn(ASKING.format(marks=str(marks), after=after))
    run_id = UUID(process.wait_for_output(r"^waits (\S+)$")[1])
    wait_until(lambda: any(item.run_id == run_id for item in inbox()))
    process.kill()
    return run_id


def ask(request: Request[R]) -> R:
    """Have a request carried out, embedded."""
    return get_gateway().send(request)


def inbox() -> tuple[InboxItem, ...]:
    return ask(ReadInbox(200))


def answer(run_id: UUID, value: int = 1) -> None:
    ask(AnswerWait(run_id, {"value": value}))


def view(run_id: UUID) -> FlowRun:
    return ask(ReadRun(run_id))


def wait_for_state(run_id: UUID, name: str) -> FlowRun:
    return wait_until(
        lambda: run if (run := view(run_id)).state_name == name else None,
        message=lambda: f"{name}: {view(run_id).state}",
    )


def worker(spawn: Spawner, **env: str) -> PythonProcess:
    """A local worker that is ready."""
    process = spawn(LOCAL, env=env)
    process.wait_for_output("ready")
    return process


def wait_until_taken(home: Path) -> None:
    """The flow's process has put on record that it received every answer."""

    def taken() -> bool:
        with closing(sqlite3.connect(home / "signoff.db")) as connection:
            row = connection.execute("SELECT min(taken) FROM waits WHERE status = 1").fetchone()
        return bool(row[0])

    wait_until(taken)
