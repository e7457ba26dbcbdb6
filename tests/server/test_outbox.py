"""Posted commands are sent in groups, none is lost, and callers can wait for them."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID, uuid4

import pytest

from signoff.gateway.outbox import CHUNK, Outbox
from signoff.model.commands import Command, FinishTasks, StartTasks, TakeOutcome, WriteLogs
from signoff.model.errors import RequestRefused, ServiceUnavailable, StaleEntry
from signoff.model.journal import (
    LogLine,
    Result,
    ResultKind,
    TaskInput,
    TaskInputs,
    TaskRecord,
    TaskStart,
)
from signoff.model.states import StateType
from tests.support.waiting import wait_until

pytestmark = pytest.mark.service

RUN = UUID(int=1)


def finished(size: int = 0) -> FinishTasks:
    body = Result(ResultKind.PICKLE, b"x" * size)
    done = StateType.COMPLETED
    record = TaskRecord(
        uuid4(), RUN, 1, 1, "", "t", "", 0, "p", "t-0", done, "Completed", None, body, 1, 2, 1
    )
    return FinishTasks((record,))


def started() -> StartTasks:
    return StartTasks((TaskStart(uuid4(), RUN, 1, "", "t", "t-0", 1, 1),))


def line() -> WriteLogs:
    return WriteLogs((LogLine(uuid4(), RUN, None, 20, "x", "hello", 1),))


class Service:
    """Takes commands, and can be told to refuse or to be away."""

    def __init__(self) -> None:
        self.taken: list[Command[Any]] = []
        self.errors: list[Exception] = []
        self.open = threading.Event()
        self.open.set()

    def __call__(self, command: Command[Any]) -> None:
        self.open.wait()
        if self.errors:
            raise self.errors.pop(0)
        self.taken.append(command)

    def tasks(self) -> list[UUID]:
        return [task.id for one in self.taken if isinstance(one, FinishTasks) for task in one.tasks]


class Trouble:
    """Takes note of what failed, and complains about refusals when told to."""

    def __init__(self, complain: bool = False) -> None:
        self.refusals: list[RequestRefused] = []
        self.failures: list[Exception] = []
        self.complain = complain

    def refused(self, command: Command[Any], error: RequestRefused) -> None:
        self.refusals.append(error)
        if self.complain:
            raise error

    def failed(self, command: Command[Any], error: Exception) -> None:
        self.failures.append(error)


def outbox(service: Service, trouble: Trouble, delay: float = 3600.0) -> Outbox:
    return Outbox(service, trouble.refused, trouble.failed, delay)


def test_commands_posted_together_are_sent_together_and_in_order() -> None:
    service = Service()
    box = outbox(service, Trouble())
    posted = [finished() for _ in range(CHUNK + 10)]
    for one in posted:
        box.post(one)
    box.settle()
    assert service.tasks() == [one.tasks[0].id for one in posted]
    assert len(service.taken) == 2
    box.close()


def test_large_results_travel_apart() -> None:
    service = Service()
    box = outbox(service, Trouble())
    for _ in range(3):
        box.post(finished(3_000_000))
    box.settle()
    assert [len(one.tasks) for one in service.taken if isinstance(one, FinishTasks)] == [1, 1, 1]
    box.close()


def test_settle_does_not_wait_for_logs_and_close_does() -> None:
    service = Service()
    box = outbox(service, Trouble())
    box.post(line())
    box.post(started())
    box.post(line())
    box.settle()
    assert service.taken == []
    box.close()
    kinds = [type(one) for one in service.taken]
    assert kinds == [StartTasks, WriteLogs]
    assert isinstance(service.taken[1], WriteLogs)
    assert len(service.taken[1].logs) == 2


def test_what_tasks_depend_on_travels_together() -> None:
    service = Service()
    box = outbox(service, Trouble())
    told = tuple(TaskInputs(uuid4(), RUN, (TaskInput("x", uuid4()),)) for _ in range(2))
    box.post(StartTasks((), told[:1]))
    box.post(started())
    box.post(StartTasks((), told[1:]))
    box.close()
    (sent,) = service.taken
    assert isinstance(sent, StartTasks)
    assert (len(sent.tasks), sent.inputs) == (1, told)


def test_what_nobody_asks_for_is_sent_by_itself() -> None:
    service = Service()
    box = outbox(service, Trouble(), delay=0.0)
    box.post(line())
    wait_until(lambda: len(service.taken) == 1)
    box.close()


def test_different_commands_keep_their_order() -> None:
    service = Service()
    box = outbox(service, Trouble())
    taken = TakeOutcome(RUN, 1, uuid4())
    for one in (finished(), taken, finished()):
        box.post(one)
    box.settle()
    assert [type(one) for one in service.taken] == [FinishTasks, TakeOutcome, FinishTasks]
    box.close()


def test_settle_says_that_the_service_is_away_and_the_next_one_sends_it() -> None:
    service = Service()
    box = outbox(service, Trouble())
    one = finished()
    box.post(one)
    service.errors = [ServiceUnavailable("away")]
    with pytest.raises(ServiceUnavailable):
        box.settle()
    box.settle()
    assert service.tasks() == [one.tasks[0].id]
    box.close()


def test_a_refused_command_is_told_and_the_others_are_sent() -> None:
    service, trouble = Service(), Trouble()
    box = outbox(service, trouble)
    taken = TakeOutcome(RUN, 1, uuid4())
    box.post(finished())
    box.post(taken)
    service.errors = [StaleEntry("fenced")]
    box.settle()
    assert [str(error) for error in trouble.refusals] == ["fenced"]
    assert service.taken == [taken]
    box.close()


def test_settle_raises_the_complaint_about_a_refusal() -> None:
    service = Service()
    box = outbox(service, Trouble(complain=True))
    taken = TakeOutcome(RUN, 1, uuid4())
    box.post(finished())
    box.post(taken)
    service.errors = [StaleEntry("fenced")]
    with pytest.raises(StaleEntry):
        box.settle()
    box.settle()
    assert service.taken == [taken]
    box.close()


def test_a_refusal_in_the_background_is_told_to_whoever_settles() -> None:
    service, trouble = Service(), Trouble(complain=True)
    service.errors = [StaleEntry("fenced")]
    box = outbox(service, trouble, delay=0.0)
    box.post(finished())
    wait_until(lambda: trouble.refusals)
    # The background thread keeps the complaint just after it was told; settle waits for it.
    with pytest.raises(StaleEntry):
        wait_until(lambda: box.settle())
    box.close()


def test_logs_are_given_up_and_results_are_kept_while_the_service_is_away() -> None:
    service, trouble = Service(), Trouble()
    service.open.clear()
    service.errors = [ServiceUnavailable("away")]
    box = outbox(service, trouble, delay=0.0)
    box.post(line())
    service.open.set()
    wait_until(lambda: trouble.failures)
    one = finished()
    box.post(one)
    box.settle()
    assert service.tasks() == [one.tasks[0].id]
    box.close()


def test_many_threads_share_groups_and_lose_nothing() -> None:
    service = Service()
    box = outbox(service, Trouble())
    posted: list[UUID] = []
    lock = threading.Lock()

    def work() -> None:
        for _ in range(50):
            one = finished()
            with lock:
                posted.append(one.tasks[0].id)
            box.post(one)
            box.settle()
            assert one.tasks[0].id in service.tasks()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(service.tasks()) == sorted(posted)
    box.close()
