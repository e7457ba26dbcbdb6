"""Suspending inside whatever runs user code: pools, clusters, generators, limits, transactions."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from signoff.gateway.connect import get_gateway
from signoff.model.queries import ReadInbox
from signoff.model.shared.limits import ReadLimit, ReadTagLimit
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.scenarios.test_clusters import DASK, RAY, body
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.timeout(300),  # several processes start one after the other
]

GUARD = """
if __name__ == "__main__":
    main()
"""
POOL = "ProcessPoolTaskRunner(max_workers=2)"

ASKING = """
@flow
def inner(name):
    return work("in-" + name) + suspend_flow_run(wait_for_input=str, key=name)

@task
def calls(name):
    return inner(name)

@task
def decide(name):
    answer = suspend_flow_run(wait_for_input=str, key=name)
    note("work " + name)
    return name + "=" + answer

@flow(task_runner=RUNNER)
def main():
    done = work.submit("first").result()
    futures = [decide.submit("a"), calls.submit("b")]
    return [done, *[future.result() for future in futures]]
"""


def suspended() -> UUID:
    """The run that nobody called, once no process works on it."""
    (run,) = [run for run in desk.runs() if run.parent_flow_run_id is None]
    wait_until(
        lambda: desk.run(run.id).state_name == "Suspended",
        desk.PATIENCE,
        lambda: f"suspended: {desk.runs()}",
    )
    return run.id


def answer(script: Script, key: str, value: str = "yes") -> None:
    script.resume(desk.reached_question(key).run_id, value, key)


def all_answered(script: Script, run_id: UUID) -> bool:
    """Answer what is asked; whether the run has ended."""
    for item in get_gateway().send(ReadInbox()):
        script.resume(item.run_id, "yes", item.key)
    return desk.run(run_id).state_name in ("Completed", "Failed", "Crashed")


@pytest.mark.parametrize("runner", [POOL, DASK, RAY], ids=["processes", "dask", "ray"])
def test_in_tasks_of_other_processes(script: Callable[[str], Script], runner: str) -> None:
    """Tasks suspend wherever they run, and so do the flows that they call."""
    text = f"RUNNER = {runner}\n{ASKING}" if runner == POOL else body(runner, ASKING)
    made = script(text + GUARD)
    process = made.start()
    assert process.wait() == 0, process.stderr
    run_id = suspended()
    # What had not begun when the first of them left asks when the run is entered again.
    wait_until(lambda: all_answered(made, run_id), desk.PATIENCE)
    assert ended(run_id) == ["FIRST", "a=yes", "IN-Byes"]
    assert made.worked() == {"first": 1, "a": 1, "in-b": 1}
    assert len(desk.runs()) == 2
    newest = desk.run(run_id).reentry
    assert newest is not None
    assert newest.replayed
    assert (newest.changed, newest.not_called) == (0, 0)
    keys = sorted(wait.item.key for run in desk.runs() for wait in desk.waits(run.id))
    assert [key for key in keys if not key.startswith("child")] == ["a", "b"]


GENERATORS = """
@flow
def numbers():
    yield work("one")
    yield suspend_flow_run(wait_for_input=str, key="in-flow")
    yield work("three")

@task
def letters():
    yield "a"
    yield suspend_flow_run(wait_for_input=str, key="in-task")

@flow
def main():
    found = []
    for value in numbers():
        note("read " + value)
        found.append(value)
    return found + list(letters())
"""


def test_in_generators(script: Callable[[str], Script]) -> None:
    made = script(GENERATORS + GUARD)
    assert made.start().wait() == 0
    run_id = suspended()
    answer(made, "in-flow", "two")
    desk.reached_question("in-task")
    assert suspended() == run_id
    answer(made, "in-task", "b")
    assert ended(run_id) == ["ONE", "two", "THREE", "a", "b"]
    assert made.worked() == {"one": 1, "three": 1}
    assert len(desk.runs()) == 2


TOP = """
@flow
def main():
    yield work("one")
    yield suspend_flow_run(wait_for_input=str, key="q")
    yield work("three")

if __name__ == "__main__":
    for value in main():
        note("read " + value)
"""


def test_a_generator_that_nobody_reads_any_more_runs_to_its_end(
    script: Callable[[str], Script],
) -> None:
    made = script(TOP)
    assert made.start().wait() == 0
    run_id = suspended()
    answer(made, "q", "two")
    assert ended(run_id) == ["ONE", "two", "THREE"]
    assert made.worked() == {"one": 1, "three": 1}


TRANSACTION = """
from signoff import transaction

@task
def book():
    note("work book")
    return "seat"

@book.on_rollback
def undo(txn):
    note("undone")

@book.on_commit
def confirm(txn):
    note("confirmed")

@flow
def main():
    with transaction():
        seat = book()
        answer = suspend_flow_run(wait_for_input=str, key="q")
        note("answered " + answer)
        if answer == "no":
            raise ValueError("no")
    return seat
"""


def test_in_a_transaction_that_is_kept(script: Callable[[str], Script]) -> None:
    made = script(TRANSACTION + GUARD)
    assert made.start().wait() == 0
    run_id = suspended()
    assert made.noted() == ["work book"]
    answer(made, "q")
    assert ended(run_id) == "seat"
    assert made.noted() == ["work book", "answered yes", "confirmed"]


def test_in_a_transaction_that_is_undone(script: Callable[[str], Script]) -> None:
    made = script(TRANSACTION + GUARD)
    assert made.start().wait() == 0
    run_id = suspended()
    answer(made, "q", "no")
    wait_until(lambda: desk.run(run_id).state_name == "Failed", desk.PATIENCE)
    assert made.noted() == ["work book", "answered no", "undone"]


LIMITS = """
from signoff import tags
from signoff.concurrency.sync import concurrency

@task(tags=["few"])
def limited():
    answer = suspend_flow_run(wait_for_input=str, key="in-task")
    note("slots " + answer)
    return answer

@flow
def main():
    first = limited()
    with concurrency("seats", occupy=1):
        second = suspend_flow_run(wait_for_input=str, key="in-block")
    return [first, second]
"""


def taken() -> dict[str, int]:
    """How many slots of the two limits are taken."""
    gateway = get_gateway()
    tag = gateway.send(ReadTagLimit(tag="few"))
    return {"few": len(tag.active_slots), "seats": gateway.send(ReadLimit("seats")).active_slots}


def test_slots_are_given_back_while_nobody_runs(script: Callable[[str], Script]) -> None:
    made = script(LIMITS + GUARD)
    made.signoff("concurrency-limit", "create", "few", "1")
    made.signoff("global-concurrency-limit", "create", "seats", "--limit", "1")
    assert made.start().wait() == 0
    run_id = suspended()
    assert taken() == {"few": 0, "seats": 0}
    answer(made, "in-task", "1")
    desk.reached_question("in-block")
    assert suspended() == run_id
    assert taken() == {"few": 0, "seats": 0}
    answer(made, "in-block", "2")
    assert ended(run_id) == ["1", "2"]
    assert taken() == {"few": 0, "seats": 0}
