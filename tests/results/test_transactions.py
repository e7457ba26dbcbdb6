"""Transactions: a whole or nothing, in this entry of a run or over several."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from signoff import flow, task, transaction
from signoff.cache_policies import INPUTS
from signoff.locking.memory import MemoryLockManager
from signoff.model.errors import ConfigurationError
from signoff.model.states import StateType
from signoff.results import ResultStore
from signoff.transactions import (
    AsyncTransaction,
    CommitMode,
    IsolationLevel,
    Transaction,
    TransactionState,
    atransaction,
    get_transaction,
)
from tests.results.counting import Counted, names_of
from tests.scenarios import desk
from tests.scenarios.scripts import Script
from tests.support.waiting import wait_until

notes: list[Any] = []


@pytest.fixture(autouse=True)
def fresh_notes() -> None:
    notes.clear()


@task
def write(name: str) -> str:
    notes.append(f"write {name}")
    found = get_transaction()
    assert found is not None
    found.set("name", name)
    return name


@write.on_rollback
def erase(txn: Transaction) -> None:
    notes.append(f"erase {txn.get('name')}")


@write.on_commit
def publish(txn: Transaction) -> None:
    notes.append(f"publish {txn.get('name')}")


@task
def fails() -> None:
    raise ValueError("no")


@fails.on_rollback
def never(txn: Transaction) -> None:
    notes.append("never")


def test_what_was_done_is_undone_latest_first(everywhere: Path) -> None:
    @flow
    def around() -> None:
        with transaction() as txn:
            write("a")
            write("b")
            assert txn.is_active()
            fails()

    with pytest.raises(ValueError, match="no"):
        around()
    assert notes == ["write a", "write b", "erase b", "erase a"]
    states = [record.state_name for record in desk.tasks(desk.only_run().id)]
    assert states == ["RolledBack", "RolledBack", "Failed"]


def test_it_commits_as_a_whole(everywhere: Path) -> None:
    @flow
    def around() -> None:
        with transaction() as txn:
            write("a")
            write.submit("b").wait()
            assert notes == ["write a", "write b"]
        assert txn.is_committed()

    around()
    assert notes == ["write a", "write b", "publish a", "publish b"]


def test_asynchronous_code(everywhere: Path) -> None:
    @task
    async def awrite(name: str) -> None:
        notes.append(f"write {name}")

    @awrite.on_rollback
    async def aerase(txn: AsyncTransaction) -> None:
        await asyncio.sleep(0)
        notes.append("erase")

    @flow
    async def around() -> None:
        async with atransaction() as outer:
            assert isinstance(outer, AsyncTransaction)
            await awrite("a")
            async with atransaction(key="inner"):
                await awrite("b")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        asyncio.run(around())
    assert notes == ["write a", "write b", "erase", "erase"]


@pytest.mark.usefixtures("home")
class TestEmbedded:
    """What does not depend on where the runs are kept."""

    def test_a_task_alone_is_a_transaction(self) -> None:
        @flow
        def around() -> None:
            write("a")

        around()
        assert notes == ["write a", "publish a"]

    @pytest.mark.parametrize(
        ("mode", "inside", "after"),
        [
            (CommitMode.LAZY, ["write a"], ["publish a"]),
            (CommitMode.EAGER, ["write a", "publish a"], []),
            (CommitMode.OFF, ["write a"], ["erase a"]),
        ],
    )
    def test_modes(self, mode: CommitMode, inside: list[str], after: list[str]) -> None:
        @flow
        def around() -> None:
            with transaction(commit_mode=mode):
                write("a")
                assert notes == inside
            assert notes == inside + after

        around()

    def test_without_a_mode_one_may_commit_by_hand(self) -> None:
        @flow
        def around() -> None:
            with transaction(commit_mode=CommitMode.OFF) as txn:
                write("a")
                assert txn.commit()
            assert txn.is_committed()
            with transaction() as txn:
                write("b")
                assert txn.rollback()
                assert txn.is_rolled_back()
                assert not txn.commit()

        around()
        assert notes == ["write a", "publish a", "write b", "erase b"]

    def test_one_inside_another_ends_with_it(self) -> None:
        @flow
        def around(good: bool) -> None:
            with transaction() as outer:
                write("a")
                with transaction() as inner:
                    write("b")
                    assert inner.get_parent() is outer
                assert inner.is_active()
                if not good:
                    raise ValueError("no")
            assert inner.is_committed()

        around(True)
        assert notes[2:] == ["publish a", "publish b"]
        notes.clear()
        with pytest.raises(ValueError, match="no"):
            around(False)
        assert notes[2:] == ["erase b", "erase a"]

    def test_one_that_commits_eagerly_stays(self) -> None:
        @flow
        def around() -> None:
            with transaction():
                write("a")
                with transaction(commit_mode=CommitMode.EAGER):
                    write("b")
                raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            around()
        assert notes == ["write a", "write b", "publish b", "erase a"]

    def test_values(self) -> None:
        with transaction() as outer:
            outer.set("a", 1)
            with transaction() as inner:
                inner.set("b", 2)
                assert (inner.get("a"), inner.get("b")) == (1, 2)
                assert outer.get("b", None) is None
                with pytest.raises(ValueError, match="unknown key: c"):
                    inner.get("c")
                assert get_transaction() is inner
                assert Transaction.get_active() is inner
            assert get_transaction() is outer
        assert get_transaction() is None

    def test_a_key_is_done_once(self) -> None:
        with transaction(key="job") as txn:
            assert not txn.is_committed()
            txn.stage({"a": 1})
            assert txn.is_staged()
        with transaction(key="job") as txn:
            assert txn.is_committed()
            record = txn.read()
            assert record is not None
            assert record.result == {"a": 1}
        with transaction(key="job", overwrite=True) as txn:
            assert txn.is_active()
            assert txn.state is TransactionState.ACTIVE
            txn.stage({"a": 2})
        assert ResultStore().read("job").result == {"a": 2}
        with transaction(key="other", write_on_commit=False) as txn:
            assert txn.read() is None
        assert not ResultStore().exists("other")

    def test_what_is_undone_is_not_reused(self) -> None:
        one = Counted(cache_policy=INPUTS)

        @flow
        def around(good: bool) -> None:
            with transaction():
                one.task(1)
                if not good:
                    raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            around(False)
        assert names_of(one.task, 1) == ["Completed"]
        around(True)
        assert one.calls == [1, 1]

    def test_serializable_ones_take_turns(self) -> None:
        locks = ResultStore(lock_manager=MemoryLockManager())
        inside = [0]

        def work() -> None:
            with transaction(
                key="turn", store=locks, isolation_level=IsolationLevel.SERIALIZABLE, overwrite=True
            ):
                inside[0] += 1
                assert inside == [1]
                inside[0] -= 1

        for call in [desk.Call(work) for _ in range(4)]:
            call.returned()
        assert not locks.is_locked("turn")

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"key": "k", "isolation_level": "SERIALIZABLE"}, "has no lock manager"),
            ({"isolation_level": "LOOSE"}, "isolation_level='LOOSE' is unknown"),
            ({"commit_mode": "SOON"}, "commit_mode='SOON' is unknown; use one of EAGER, LAZY"),
        ],
    )
    def test_mistakes_are_named(self, options: dict[str, Any], said: str) -> None:
        with pytest.raises(ConfigurationError, match=said), transaction(**options):
            pass

    def test_hooks_that_raise_are_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        def bad(txn: Transaction) -> None:
            raise RuntimeError("bad hook")

        def good(txn: Transaction) -> None:
            notes.append("good")

        with pytest.raises(ValueError, match="no"), transaction(key="k") as txn:
            txn.stage(1, on_rollback_hooks=[good, bad])
            raise ValueError("no")
        assert notes == ["good"], "the others are called all the same"
        assert "while rolling back transaction 'k'" in caplog.text
        logger = logging.getLogger("mine")
        with transaction(key="k", logger=logger) as txn:
            txn.stage(1, on_commit_hooks=[bad], on_rollback_hooks=[good])
        assert txn.is_rolled_back()
        assert ("mine", logging.ERROR) in [record[:2] for record in caplog.record_tuples]
        assert not ResultStore().exists("k")

    def test_the_reader_of_a_generator_is_not_in_its_transaction(self) -> None:
        @task(cache_policy=INPUTS)
        def count(number: int) -> Any:
            for value in range(number):
                assert get_transaction() is not None
                yield value

        @flow
        def around() -> None:
            with transaction() as txn:
                for value in count(2):
                    assert get_transaction() is txn
                    write(str(value))
            for _ in count(3):
                assert get_transaction() is None
                write("c")

        around()
        assert [note for note in notes if note[:5] == "write"] == [
            "write 0",
            "write 1",
            *["write c"] * 3,
        ]

    def test_hooks_stay_with_copies(self) -> None:
        @flow
        def around() -> None:
            with transaction():
                write.with_options(name="copy")("a")
                fails()

        with pytest.raises(ValueError, match="no"):
            around()
        assert notes == ["write a", "erase a"]


# Over several attempts and entries ---------------------------------------------------------


@pytest.mark.usefixtures("home")
class TestEnteredAgain:
    """The journal remembers what was undone, and what was committed."""

    def test_a_new_attempt_does_again_what_was_undone(self) -> None:
        @flow(retries=1)
        def around() -> None:
            with transaction():
                write("a")
                if desk.only_run().run_count == 1:
                    raise ValueError("again")

        around()
        assert notes == ["write a", "erase a", "write a", "publish a"]

    def test_and_not_what_was_committed(self) -> None:
        @flow(retries=1)
        def around() -> None:
            with transaction():
                write("a")
            if desk.only_run().run_count == 1:
                raise ValueError("again")

        around()
        assert notes == ["write a", "publish a"]


SCRIPT = """
from signoff import transaction
from signoff.transactions import get_transaction

@task
def write(name):
    note("write " + name)
    get_transaction().set("name", name)

@write.on_rollback
def erase(txn):
    note("erase " + txn.get("name"))

@flow
def around():
    with transaction():
        write("a")
        gate("between")
        answer = pause_flow_run(wait_for_input=str, key="go-on")
        write("b")
        if answer == "no":
            raise ValueError("no")

if __name__ == "__main__":
    around()
"""


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_another_process_undoes_what_a_killed_one_did(script: Callable[[str], Script]) -> None:
    job = script(SCRIPT)
    process = job.start()
    job.has_noted("at between")
    job.open("between")
    question = desk.reached_question("go-on")
    process.kill()
    wait_until(lambda: not desk.reached_question("go-on").alive, desk.PATIENCE)
    job.resume(question.run_id, "no")
    desk.reached(question.run_id, StateType.FAILED)
    assert [line for line in job.noted() if not line.startswith("at ")] == [
        *["write a", "write b", "erase b", "erase a"]
    ]


POOL = """
from signoff import transaction
from signoff.transactions import get_transaction

@task
def write(name):
    get_transaction().set("name", name)
    return os.getpid()

@write.on_commit
def publish(txn):
    note(f"publish {txn.get('name')} {os.getpid() == ours}")

@write.on_rollback
def erase(txn):
    note(f"erase {txn.get('name')} {os.getpid() == ours}")

ours = os.getpid()

@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def around(good):
    with transaction():
        assert write.submit("a").result() != ours
        note("between")
        if not good:
            raise ValueError("no")

if __name__ == "__main__":
    around(True)
    around(False, return_state=True)
"""


def test_tasks_in_process_pools_take_part(script: Callable[[str], Script]) -> None:
    job = script(POOL)
    job.start().wait_ok()
    assert job.noted() == ["between", "publish a True", "between", "erase a True"]
