"""Limits as code uses them, embedded and through a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from signoff import flow, task
from signoff.client.orchestration import get_client
from signoff.client.schemas.actions import (
    GlobalConcurrencyLimitCreate,
    GlobalConcurrencyLimitUpdate,
)
from signoff.client.schemas.objects import ConcurrencyLeaseHolder, StateType
from signoff.client.schemas.responses import GlobalConcurrencyLimitResponse
from signoff.concurrency import asyncio as for_async
from signoff.concurrency.sync import (
    AcquireConcurrencySlotTimeoutError,
    ConcurrencySlotAcquisitionError,
    concurrency,
    rate_limit,
)
from signoff.context import TaskRunContext
from signoff.exceptions import ObjectAlreadyExists, ObjectNotFound, SlotsTaken
from signoff.states import Cancelled
from tests.client.faces import FACES
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.service, pytest.mark.usefixtures("service")]


@pytest.fixture
def limit() -> Iterator[Callable[..., str]]:
    """Makes a global limit, and lifts it again."""
    made: list[str] = []

    def make(slots: int = 1, **facts: Any) -> str:
        name = f"limit-{uuid4().hex}"
        with get_client(sync_client=True) as client:
            client.create_global_concurrency_limit(
                GlobalConcurrencyLimitCreate(name=name, limit=slots, **facts)
            )
        made.append(name)
        return name

    yield make
    with get_client(sync_client=True) as client:
        for name in made:
            client.delete_global_concurrency_limit_by_name(name)


def read(name: str) -> GlobalConcurrencyLimitResponse:
    with get_client(sync_client=True) as client:
        return client.read_global_concurrency_limit_by_name(name)


@contextmanager
def thread(work: Callable[[], object]) -> Iterator[threading.Thread]:
    """Something that goes on beside the block, and must have ended soon after it."""
    running = threading.Thread(target=work)
    running.start()
    try:
        yield running
    finally:
        running.join(60)
    assert not running.is_alive()


def test_slots_are_held_in_the_block_and_no_longer(limit: Callable[..., str]) -> None:
    name = limit(2)
    with concurrency(name, occupy=2):
        assert read(name).active_slots == 2
        with (
            pytest.raises(AcquireConcurrencySlotTimeoutError, match=f"the limit '{name}'"),
            concurrency(name, timeout_seconds=0),
        ):
            pass
        with pytest.raises(TimeoutError), concurrency([name], timeout_seconds=0.05):
            pass
        with (
            pytest.raises(TimeoutError, match="the allowed tries"),
            concurrency(name, max_retries=0),
        ):
            pass
    assert read(name).active_slots == 0
    with pytest.raises(KeyError), concurrency(name):
        raise KeyError
    assert read(name).active_slots == 0


def test_whoever_waits_goes_on_when_slots_come_free(limit: Callable[..., str]) -> None:
    name = limit(1)
    order: list[int] = []

    def wait() -> None:
        with concurrency(name):
            order.append(2)

    holding = concurrency(name)
    holding.__enter__()
    with thread(wait):
        order.append(1)
        holding.__exit__(None, None, None)
    assert order == [1, 2]


def test_asynchronous_code_waits_without_blocking(limit: Callable[..., str]) -> None:
    name = limit(1)
    order: list[str] = []

    async def first(entered: asyncio.Event, go_on: asyncio.Event) -> None:
        async with for_async.concurrency(name):
            entered.set()
            await go_on.wait()
            order.append("first")

    async def second() -> None:
        async with for_async.concurrency(name):
            order.append("second")

    async def both() -> None:
        entered, go_on = asyncio.Event(), asyncio.Event()
        holding = asyncio.create_task(first(entered, go_on))
        await entered.wait()
        waiting = asyncio.create_task(second())
        with pytest.raises(TimeoutError):
            async with for_async.concurrency(name, timeout_seconds=0.05):
                pass
        given_up = asyncio.create_task(second())
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        go_on.set()
        await asyncio.gather(holding, waiting)

    asyncio.run(both())
    assert order == ["first", "second"]
    assert read(name).active_slots == 0


def test_a_limit_that_does_not_exist(limit: Callable[..., str], caplog: Any) -> None:
    name = limit(1)
    with concurrency(["no-such-limit", name]):
        assert read(name).active_slots == 1
    with (
        pytest.raises(ConcurrencySlotAcquisitionError, match=r"\['no-such-limit'\] must be creat"),
        concurrency("no-such-limit", strict=True),
    ):
        pass
    with (
        pytest.raises(ConcurrencySlotAcquisitionError, match="can never be had: it has 1"),
        concurrency(name, occupy=2),
    ):
        pass
    with pytest.raises(ConcurrencySlotAcquisitionError, match="slot decay"):
        rate_limit(name)
    for bad in (0, True, 1.5):
        with pytest.raises(ValueError, match="occupy must be"), concurrency(name, bad):  # type: ignore[arg-type]
            pass
    with pytest.raises(ValueError, match="lease_duration"), concurrency(name, lease_duration=0):
        pass


def test_a_rate_waits_for_its_slots(limit: Callable[..., str]) -> None:
    slow = limit(1, slot_decay_per_second=0.0001)
    rate_limit(slow)
    with pytest.raises(TimeoutError):
        rate_limit(slow, timeout_seconds=0.05)
    assert read(slow).active_slots == 1
    quick = limit(1, slot_decay_per_second=1000.0)
    for _ in range(3):
        rate_limit(quick)

    async def limited() -> None:
        await for_async.rate_limit(quick)
        with pytest.raises(TimeoutError):
            await for_async.rate_limit(slow, timeout_seconds=0)

    asyncio.run(limited())


def test_the_run_around_the_block_is_the_holder(limit: Callable[..., str]) -> None:
    name = limit(1)

    @task
    def holding() -> int:
        context = TaskRunContext.get()
        assert context is not None
        with concurrency(name):
            return read(name).active_slots

    @flow
    def running() -> int:
        return holding.submit().result()

    assert running() == 1
    assert read(name).active_slots == 0


def test_a_cancelled_run_waits_no_longer(limit: Callable[..., str]) -> None:
    name, waiting = limit(1), f"waiting-{uuid4().hex}"

    @flow(flow_run_name=waiting)
    def blocked() -> None:
        with concurrency(name):
            pass

    states: list[Any] = []
    client = get_client(sync_client=True)

    def run_id() -> UUID | None:
        runs = client.read_flow_runs()
        return next((run.id for run in runs if run.name == waiting), None)

    with concurrency(name), thread(lambda: states.append(blocked(return_state=True))):
        found = wait_until(run_id)
        assert found is not None
        client.set_flow_run_state(found, Cancelled())
    assert states[0].type is StateType.CANCELLED
    assert read(name).active_slots == 0


@pytest.mark.parametrize("face", sorted(FACES))
def test_the_client_has_the_documented_methods(face: str) -> None:
    ask, name = FACES[face], f"limit-{uuid4().hex}"
    new = GlobalConcurrencyLimitCreate(name=name, limit=1)
    id = ask("create_global_concurrency_limit", new)
    with pytest.raises(ObjectAlreadyExists):
        ask("create_global_concurrency_limit", new)
    ask("update_global_concurrency_limit", name, GlobalConcurrencyLimitUpdate(limit=300))
    assert ask("read_global_concurrency_limit_by_name", name).limit == 300
    ask("upsert_global_concurrency_limit_by_name", name, 1)
    ask("upsert_global_concurrency_limit_by_name", f"{name}-2", 2, 0.5)
    found = {each.name: each for each in ask("read_global_concurrency_limits", limit=200)}
    assert (found[name].id, found[name].limit) == (id, 1)
    assert (found[f"{name}-2"].limit, found[f"{name}-2"].slot_decay_per_second) == (2, 0.5)
    holder = ConcurrencyLeaseHolder(type="task_run", id=uuid4())
    taken = ask("increment_concurrency_slots_with_lease", [name], 1, "concurrency", 60, holder)
    assert [(each.name, each.limit) for each in taken.limits] == [(name, 1)]
    with pytest.raises(SlotsTaken):
        ask("increment_concurrency_slots", [name], 1, "concurrency")
    ask("renew_concurrency_lease", taken.lease_id, 60)
    ask("release_concurrency_slots_with_lease", taken.lease_id)
    ask("increment_concurrency_slots", [name], 1, "concurrency")
    ask("release_concurrency_slots", [name], 1, 0.0)
    assert ask("read_global_concurrency_limit_by_name", name).active_slots == 0
    for each in (name, f"{name}-2"):
        ask("delete_global_concurrency_limit_by_name", each)
    with pytest.raises(ObjectNotFound):
        ask("read_global_concurrency_limit_by_name", name)


@pytest.mark.parametrize("face", sorted(FACES))
def test_the_client_manages_limits_of_tags(face: str) -> None:
    ask, tag = FACES[face], f"tag {uuid4().hex}"
    id = ask("create_concurrency_limit", tag, 2)
    assert ask("create_concurrency_limit", tag, 3) == id
    assert ask("read_concurrency_limit_by_tag", tag).concurrency_limit == 3
    holder = uuid4()
    ask("reset_concurrency_limit_by_tag", tag, [str(holder)])
    assert ask("read_concurrency_limit_by_tag", tag).active_slots == [holder]
    ask("reset_concurrency_limit_by_tag", tag)
    assert ask("read_concurrency_limit_by_tag", tag).active_slots == []
    assert tag in [each.tag for each in ask("read_concurrency_limits", 200, 0)]
    ask("delete_concurrency_limit_by_tag", tag)
    for method in ("read_concurrency_limit_by_tag", "delete_concurrency_limit_by_tag"):
        with pytest.raises(ObjectNotFound, match=tag):
            ask(method, tag)
