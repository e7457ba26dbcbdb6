"""Locks: one holder at a time, in threads and processes; a dead holder holds nothing."""

from __future__ import annotations

import asyncio
import pickle
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from signoff.locking.filesystem import FileSystemLockManager
from signoff.locking.memory import MemoryLockManager
from signoff.locking.protocol import LockManager
from tests.support.processes import Spawner
from tests.support.waiting import wait_until


@pytest.fixture(params=["memory", "files"])
def locks(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return MemoryLockManager() if request.param == "memory" else FileSystemLockManager(tmp_path)


@pytest.fixture
def key() -> str:
    return f"a/key with: odd characters {uuid.uuid4()}"


def test_one_holder_at_a_time(locks: Any, key: str) -> None:
    assert isinstance(locks, LockManager)
    assert not locks.is_locked(key)
    assert locks.acquire_lock(key, "a")
    assert locks.acquire_lock(key, "a"), "a holder gets its lock again"
    assert not locks.acquire_lock(key, "b", acquire_timeout=0)
    assert locks.is_locked(key)
    assert locks.is_lock_holder(key, "a")
    assert not locks.is_lock_holder(key, "b")
    with pytest.raises(ValueError, match="No lock held by b for transaction with key"):
        locks.release_lock(key, "b")
    assert not locks.wait_for_lock(key, timeout=0)
    locks.release_lock(key, "a")
    assert not locks.is_locked(key)
    assert locks.wait_for_lock(key, timeout=0)
    with pytest.raises(ValueError, match="No lock held by a"):
        locks.release_lock(key, "a")


@pytest.mark.parametrize("timeout", [None, 60])
def test_threads_take_turns(locks: Any, key: str, timeout: float | None) -> None:
    inside, most, turns = [0], [0], []

    def work(name: str) -> None:
        for _ in range(5):
            assert locks.acquire_lock(key, name, acquire_timeout=timeout)
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            turns.append(name)
            inside[0] -= 1
            locks.release_lock(key, name)

    threads = [threading.Thread(target=work, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert len(turns) == 20


def test_asynchronous_code_waits_without_blocking(locks: Any, key: str) -> None:
    async def both() -> bool:
        assert await locks.aacquire_lock(key, "a")
        second = asyncio.create_task(locks.aacquire_lock(key, "b", acquire_timeout=60))
        waiting = asyncio.create_task(locks.await_for_lock(key, timeout=60))
        await asyncio.sleep(0)
        locks.release_lock(key, "a")
        taken: bool = await second
        locks.release_lock(key, "b")
        assert await waiting
        return taken

    assert asyncio.run(both())


def test_a_lock_may_end_by_itself(locks: Any, key: str) -> None:
    assert locks.acquire_lock(key, "a", hold_timeout=0.01)
    assert locks.acquire_lock(key, "b", acquire_timeout=60)
    assert not locks.is_lock_holder(key, "a")
    locks.release_lock(key, "b")


def test_managers_of_one_folder_are_one(tmp_path: Path, key: str) -> None:
    ours, theirs = FileSystemLockManager(tmp_path), FileSystemLockManager(str(tmp_path))
    assert ours.acquire_lock(key, "a")
    assert theirs.is_lock_holder(key, "a")
    assert not theirs.acquire_lock(key, "b", acquire_timeout=0)
    travelled = pickle.loads(pickle.dumps(theirs))
    assert travelled.is_locked(key)
    ours.release_lock(key, "a")
    assert theirs.acquire_lock(key, "b", acquire_timeout=60)
    theirs.release_lock(key, "b")
    assert pickle.loads(pickle.dumps(MemoryLockManager())) is MemoryLockManager()


def test_long_keys_have_locks_of_their_own(tmp_path: Path) -> None:
    locks = FileSystemLockManager(tmp_path)
    assert locks.acquire_lock("k" * 500 + "a", "h")
    assert not locks.is_locked("k" * 500 + "b")


@pytest.mark.faults
def test_the_lock_of_a_killed_process_is_free(
    tmp_path: Path, spawn_python: Spawner, key: str
) -> None:
    folder = tmp_path / "locks"
    child = spawn_python(
        "from signoff.locking.filesystem import FileSystemLockManager\n"
        f"locks = FileSystemLockManager({str(folder)!r})\n"
        f"print(locks.acquire_lock({key!r}, 'child'), flush=True)\n"
        "input()\n"
    )
    child.wait_for_output("^True$")
    locks = FileSystemLockManager(folder)
    assert locks.is_lock_holder(key, "child")
    child.kill()
    wait_until(lambda: not locks.is_locked(key))
    assert locks.acquire_lock(key, "us", acquire_timeout=60)
