"""Tasks with limited tags hold a slot while they run, embedded and through a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from signoff import flow, pause_flow_run, resume_flow_run, task
from signoff.client.orchestration import get_client
from signoff.client.schemas.objects import StateType
from signoff.concurrency.sync import ConcurrencySlotAcquisitionError
from signoff.context import FlowRunContext, tags
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.service, pytest.mark.usefixtures("service")]


class Crowd:
    """How many are inside at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.inside = 0
        self.most = 0

    @contextmanager
    def enter(self) -> Iterator[None]:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        try:
            yield
        finally:
            with self._lock:
                self.inside -= 1


@pytest.fixture
def limit() -> Iterator[Callable[[int], str]]:
    """Limits a fresh tag, and lifts the limit again."""
    made: list[str] = []

    def make(slots: int) -> str:
        tag = f"tag-{uuid4().hex}"
        with get_client(sync_client=True) as client:
            client.create_concurrency_limit(tag, slots)
        made.append(tag)
        return tag

    yield make
    with get_client(sync_client=True) as client:
        for tag in made:
            client.delete_concurrency_limit_by_tag(tag)


def holders(tag: str) -> list[UUID]:
    with get_client(sync_client=True) as client:
        return client.read_concurrency_limit_by_tag(tag).active_slots


def test_no_more_run_than_there_are_slots(limit: Callable[[int], str]) -> None:
    tag, crowd = limit(2), Crowd()

    @task(tags=[tag])
    def work(number: int) -> int:
        with crowd.enter():
            # The others get every chance to come in.
            wait_until(lambda: crowd.most == 2)
            return number

    @flow
    def many() -> list[int]:
        return [future.result() for future in [work.submit(number) for number in range(6)]]

    assert many() == list(range(6))
    assert crowd.most == 2
    assert holders(tag) == []


def test_asynchronous_tasks_and_tags_around_the_call(limit: Callable[[int], str]) -> None:
    tag, crowd = limit(1), Crowd()

    @task
    async def work() -> None:
        with crowd.enter():
            await asyncio.sleep(0)
            assert len(holders(tag)) == 1

    @flow
    async def many() -> None:
        with tags(tag):
            await asyncio.gather(*(work() for _ in range(3)))

    asyncio.run(many())
    assert crowd.most == 1
    assert holders(tag) == []


def test_slots_are_given_back_when_a_task_fails(limit: Callable[[int], str]) -> None:
    tag = limit(1)
    tries: list[int] = []

    @task(tags=[tag], retries=1, retry_delay_seconds=0.01)
    def failing() -> None:
        tries.append(len(holders(tag)))
        raise KeyError("no")

    @flow
    def running() -> None:
        failing.submit().wait()
        failing()

    assert running(return_state=True).is_failed()
    assert tries == [1, 1, 1, 1]
    assert holders(tag) == []


def test_a_limit_of_zero_lets_no_task_run(limit: Callable[[int], str]) -> None:
    tag = limit(0)

    @task(tags=[tag])
    def never() -> None:
        raise AssertionError

    @flow
    def running() -> str:
        with pytest.raises(ConcurrencySlotAcquisitionError, match="is 0 and will deadlock"):
            never()
        return never(return_state=True).type.value

    assert running() == StateType.FAILED.value


def test_a_task_inside_a_task_needs_no_second_slot(limit: Callable[[int], str]) -> None:
    tag = limit(1)

    @task(tags=[tag])
    def inner() -> int:
        return len(holders(tag))

    @task(tags=[tag])
    def outer() -> int:
        return inner()

    @flow
    def running() -> int:
        return outer()

    assert running() == 1
    assert holders(tag) == []


def test_a_task_that_waits_for_a_person_holds_no_slot(limit: Callable[[int], str]) -> None:
    tag = limit(1)
    seen: dict[str, Any] = {}

    @task(tags=[tag])
    def asking() -> bool:
        answer = pause_flow_run(wait_for_input=bool, key="ask", timeout=60)
        seen["after"] = holders(tag)
        return answer

    @task(tags=[tag])
    def passing() -> int:
        return len(holders(tag))

    @flow
    def running() -> bool:
        context = FlowRunContext.get()
        assert context is not None
        seen["run"] = context.flow_run.id
        asked = asking.submit()
        wait_until(lambda: seen["waits"]())
        seen["beside"] = passing()
        resume_flow_run(seen["run"], {"value": True}, key="ask")
        return asked.result()

    def waits() -> bool:
        with get_client(sync_client=True) as client:
            state = client.read_flow_run(seen["run"]).state
            return state is not None and state.is_paused() and holders(tag) == []

    seen["waits"] = waits
    assert running() is True
    assert seen["beside"] == 1
    assert len(seen["after"]) == 1
    assert holders(tag) == []


def test_a_limit_set_meanwhile_holds_for_the_tasks_to_come() -> None:
    tag = f"tag-{uuid4().hex}"

    @task(tags=[tag])
    def limited() -> bool:
        with get_client(sync_client=True) as client:
            return tag in [each.tag for each in client.read_concurrency_limits(200, 0)] and (
                len(holders(tag)) == 1
            )

    @flow
    def running() -> bool:
        assert limited() is False
        with get_client(sync_client=True) as client:
            client.create_concurrency_limit(tag, 1)
        return bool(wait_until(limited))

    assert running()
    with get_client(sync_client=True) as client:
        client.delete_concurrency_limit_by_tag(tag)
