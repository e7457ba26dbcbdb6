"""Generator flows and tasks: values as they come, and none of them made twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

import pytest

from signoff import flow, pause_flow_run, resume_flow_run, task
from signoff.cache_policies import INPUTS
from signoff.context import FlowRunContext, TaskRunContext
from signoff.engine import results
from signoff.gateway.connect import get_gateway
from signoff.model.queries import ReadTaskResult
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.scripts import Script
from tests.scenarios.test_tasks import double, run_in_flow

pytestmark = pytest.mark.usefixtures("home")


@task
def counts(to: int) -> Generator[int, Any, None]:
    yield from range(to)


@task
async def acounts(to: int) -> AsyncGenerator[int, None]:
    for number in range(to):
        await asyncio.sleep(0)
        yield number


def only_task() -> Any:
    (record,) = desk.tasks(desk.only_run().id)
    return record


def kept(record: Any) -> Any:
    """The result on record."""
    return results.decode(get_gateway().send(ReadTaskResult(record.id)))


# Calls -------------------------------------------------------------------------------------


def test_values_come_one_by_one() -> None:
    order: list[str] = []

    @task
    def makes() -> Generator[int, None, None]:
        for number in range(3):
            order.append(f"made {number}")
            yield number

    @flow
    def reads() -> int:
        total = 0
        for number in makes():
            order.append(f"read {number}")
            total += number
        return total

    assert reads() == 3
    assert order == [f"{what} {number}" for number in range(3) for what in ("made", "read")]
    record = only_task()
    assert (record.state_type, kept(record)) == (StateType.COMPLETED, [0, 1, 2])


def test_every_way_to_call_one() -> None:
    def calls() -> list[Any]:
        state: Any = counts(2, return_state=True)
        return [
            list(counts(3)),
            counts.submit(2).result(),
            acounts.submit(2).result(),
            counts.map([1, 2]).result(),
            state.result(),
        ]

    assert run_in_flow(calls) == [[0, 1, 2], [0, 1], [0, 1], [[0], [0, 1]], [0, 1]]
    assert list(counts(2)) == [0, 1]


def test_asynchronous_ones() -> None:
    @flow
    async def makes(to: int) -> AsyncGenerator[int, None]:
        async for number in acounts(to):
            yield number * 10

    async def reads() -> list[int]:
        return [number async for number in makes(3)]

    assert asyncio.run(reads()) == [0, 10, 20]
    (run,) = desk.runs()
    assert run.state_type is StateType.COMPLETED
    assert kept(desk.tasks(run.id)[0]) == [0, 1, 2]


def test_generator_flows() -> None:
    @flow
    def child(to: int) -> Generator[int, None, None]:
        for number in range(to):
            yield double(number)

    @flow
    def parent() -> list[int]:
        return list(child(3))

    assert parent() == [0, 2, 4]
    assert list(child(2)) == [0, 2]
    state: Any = child(1, return_state=True)
    assert state.result() == [0]
    assert [run.state_type for run in desk.runs()] == [StateType.COMPLETED] * 4


def test_the_reader_is_not_inside_the_generator() -> None:
    seen: list[Any] = []

    def here() -> tuple[str | None, str | None]:
        run, task = FlowRunContext.get(), TaskRunContext.get()
        return run.flow.name if run else None, task.task.name if task else None

    @task
    def makes() -> Generator[int, None, None]:
        seen.append(here())
        yield 1
        seen.append(here())

    @flow
    def child() -> Generator[int, None, None]:
        for number in makes():
            seen.append(here())
            yield number

    @flow
    def parent() -> None:
        seen.extend(here() for _ in child())

    parent()
    inside = ("child", "makes")
    assert seen == [inside, ("child", None), ("parent", None), inside]


def test_what_the_reader_sends_and_throws_arrives() -> None:
    @task
    def answers() -> Generator[Any, Any, None]:
        sent = yield "ready"
        try:
            yield f"got {sent}"
        except KeyError as error:
            yield f"caught {error}"

    def calls() -> list[Any]:
        stream: Any = answers()
        return [next(stream), stream.send(5), stream.throw(KeyError("k")), *stream]

    assert run_in_flow(calls) == ["ready", "got 5", "caught 'k'"]


def test_in_a_process_of_its_own(script: Callable[[str], Script]) -> None:
    runs = script(
        """
@task
def counts(to):
    for number in range(to):
        yield number

@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def main():
    note(str(counts.submit(3).result()))

if __name__ == "__main__":
    main()
"""
    )
    assert runs.start().wait() == 0
    assert runs.noted() == ["[0, 1, 2]"]


# Ends --------------------------------------------------------------------------------------


def test_a_reader_may_stop_early() -> None:
    closed: list[str] = []

    @task
    def endless() -> Generator[int, None, None]:
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            closed.append("closed")

    @flow
    def reads() -> int:
        with contextlib.closing(endless()) as numbers:
            return next(number for number in numbers if number == 3)

    assert reads() == 3
    assert closed == ["closed"]
    record = only_task()
    assert (record.state_type, kept(record)) == (StateType.COMPLETED, [0, 1, 2, 3])
    assert record.state.message == "Its reader stopped after 4 value(s)."


def test_an_asynchronous_reader_may_stop_early() -> None:
    @flow
    async def reads() -> int:
        async with contextlib.aclosing(acounts(100)) as numbers:
            async for number in numbers:
                if number == 2:
                    return number
        return 0

    assert asyncio.run(reads()) == 2
    assert kept(only_task()) == [0, 1, 2]


def test_a_failure_reaches_the_reader_after_the_values() -> None:
    @task
    def breaks() -> Generator[int, None, None]:
        yield 1
        raise ValueError("broken")

    def each() -> list[int]:
        seen = []
        with pytest.raises(ValueError, match="broken"):
            for number in breaks():
                seen.append(number)  # noqa: PERF402  (what came before the failure)
        return seen

    assert run_in_flow(each) == [1]
    assert only_task().state_type is StateType.FAILED


def test_a_retry_begins_from_the_first_value() -> None:
    attempts: list[int] = []

    @task(retries=1)
    def flaky() -> Generator[int, None, None]:
        attempts.append(1)
        yield 1
        if len(attempts) == 1:
            raise ValueError("again")
        yield 2

    assert run_in_flow(lambda: list(flaky())) == [1, 1, 2]
    assert kept(only_task()) == [1, 1, 2]


def test_time_limits_count_the_generator_alone() -> None:
    @task(timeout_seconds=0.2)
    def slow() -> Generator[int, None, None]:
        yield 1
        while True:
            pass

    @flow
    def reads() -> list[int]:
        return list(slow())

    with pytest.raises(TimeoutError, match="exceeded timeout"):
        reads()
    assert only_task().state_name == "TimedOut"


def test_a_pause_within_a_generator() -> None:
    @task
    def asks() -> Generator[Any, None, None]:
        yield "first"
        yield pause_flow_run(wait_for_input=int, key="n")

    @flow
    def reads() -> list[Any]:
        return list(asks())

    call = desk.Call(reads)
    item = desk.question()
    resume_flow_run(item.run_id, {"value": 7})
    assert call.returned() == ["first", 7]


# Entered again -----------------------------------------------------------------------------

FLOW = """
@task
def makes(name, to):
    for number in range(to):
        note(f"work {name}{number}")
        yield number

@task
def breaks():
    yield 1
    note("work breaks")
    raise ValueError("no")

@flow
def child():
    for number in makes("c", 2):
        yield number

@flow
def main():
    seen = list(makes("a", 3))
    stream = makes("b", 100)
    seen.append(next(stream))
    seen.append(next(stream))
    stream.close()
    seen += child()
    try:
        for number in breaks():
            seen.append(number)
    except ValueError:
        seen.append("failed")
    seen.append(pause_flow_run(wait_for_input=str, key="go"))
    note(str(seen))

if __name__ == "__main__":
    main()
"""


@pytest.mark.faults
def test_what_a_generator_made_is_not_made_again(script: Callable[[str], Script]) -> None:
    reads = script(FLOW)
    process = reads.start()
    item = desk.question()
    process.kill()
    reads.signoff("flow-run", "resume", str(item.run_id), "--input", "value=end")
    reads.has_noted("[0, 1, 2, 0, 1, 0, 1, 1, 'failed', 'end']")
    assert set(reads.worked().values()) == {1}
    assert sum(reads.worked().values()) == 3 + 2 + 2 + 1


def test_a_cached_generator_hands_its_values_on_again() -> None:
    made: list[int] = []

    @task(cache_policy=INPUTS)
    def cached(to: int) -> Generator[int, None, None]:
        for number in range(to):
            made.append(number)
            yield number

    @flow
    def reads() -> list[list[int]]:
        with contextlib.closing(cached(3)) as numbers:
            next(numbers)
        return [list(cached(3)), list(cached(3))]

    assert reads() == [[0, 1, 2], [0, 1, 2]]
    # What a reader left half-way was not kept for others.
    assert made == [0, 0, 1, 2]
    names = [record.state_name for record in desk.tasks(desk.only_run().id)]
    assert names == ["Completed", "Completed", "Cached"]
