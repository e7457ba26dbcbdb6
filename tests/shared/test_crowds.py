"""Limits among real processes, on both databases: exact under contention, free after a death."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from signoff.gateway.connect import close_gateways, get_gateway
from signoff.model.shared.limits import CreateLimit, LimitKind, ReadLimit
from signoff.store import open_store
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import wait_until

pytestmark = pytest.mark.faults

WORKING = """
import os, sys, threading
from pathlib import Path
from signoff.concurrency.sync import concurrency

folder, most, rounds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])

def work(name):
    for number in range(rounds):
        with concurrency("crowd"):
            mine = folder / f"{os.getpid()}-{name}-{number}"
            mine.touch()
            inside = len(list(folder.iterdir()))
            mine.unlink()
            assert inside <= most, f"{inside} inside"
threads = [threading.Thread(target=work, args=(each,)) for each in range(2)]
for each in threads: each.start()
for each in threads: each.join()
print("done", flush=True)
os._exit(0)
"""

HOLDING = """
import signal
from signoff.concurrency.sync import concurrency
with concurrency("crowd", lease_duration=LEASE):
    print("inside", flush=True)
    signal.pause()
"""


@pytest.fixture
def here(db_url: str, signoff_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """This process and its children use one fresh database."""
    monkeypatch.setenv("SIGNOFF_SERVER_DATABASE_CONNECTION_URL", db_url)
    return db_url


@pytest.fixture
def taken(here: str) -> Callable[[], int]:
    """How many slots of the limit `crowd` are taken."""
    return lambda: get_gateway().send(ReadLimit("crowd")).active_slots


@pytest.fixture(autouse=True)
def closing() -> object:
    yield
    close_gateways()


def test_never_more_than_the_limit_at_a_time(
    here: str, spawn_python: Spawner, tmp_path: Path, taken: Callable[[], int]
) -> None:
    get_gateway().send(CreateLimit("crowd", 2))
    inside = tmp_path / "inside"
    inside.mkdir()
    program = tmp_path / "working.py"
    program.write_text(WORKING)
    crowd = [spawn_python([str(program), str(inside), "2", "12"]) for _ in range(4)]
    for each in crowd:
        each.wait_for_output("done", timeout=120)
    wait_until(lambda: taken() == 0, timeout=60)


def holding(spawn_python: Spawner, lease: float) -> PythonProcess:
    process = spawn_python(HOLDING.replace("LEASE", str(lease)))
    process.wait_for_output("inside")
    return process


def test_a_killed_holder_makes_room_for_the_next(
    here: str, spawn_python: Spawner, taken: Callable[[], int]
) -> None:
    get_gateway().send(CreateLimit("crowd", 1))
    # Where a lock tells of the death, the lease may be as long as it likes.
    first = holding(spawn_python, 3600 if here.startswith("sqlite") else 1)
    second = spawn_python(HOLDING.replace("LEASE", "60"))
    assert taken() == 1
    first.send_signal(signal.SIGKILL)
    second.wait_for_output("inside")
    assert taken() == 1
    os.kill(second.pid, signal.SIGKILL)


def test_a_stopped_holder_that_lives_keeps_its_slots(
    signoff_home: Path, spawn_python: Spawner
) -> None:
    gateway = get_gateway()
    gateway.send(CreateLimit("crowd", 1))
    holder = holding(spawn_python, 0.05)
    holder.send_signal(signal.SIGSTOP)
    waiting = spawn_python(
        "from signoff.concurrency.sync import concurrency\n"
        "try:\n"
        "    with concurrency('crowd', timeout_seconds=1): print('taken', flush=True)\n"
        "except TimeoutError: print('in vain', flush=True)\n"
    )
    assert waiting.wait_ok() == "in vain\n"
    holder.send_signal(signal.SIGCONT)


def test_a_living_holder_renews_its_lease(
    pg_url: str, signoff_home: Path, monkeypatch: pytest.MonkeyPatch, spawn_python: Spawner
) -> None:
    monkeypatch.setenv("SIGNOFF_SERVER_DATABASE_CONNECTION_URL", pg_url)
    get_gateway().send(CreateLimit("crowd", 1))
    holding(spawn_python, 3)
    store = open_store(pg_url, home=signoff_home)

    def ends() -> int:
        with store.read() as tx:
            limit = tx.limits.look(LimitKind.GLOBAL, None, "crowd")
            assert limit is not None
            return tx.limits.holds(limit.no)[0].ends

    first = ends()
    wait_until(lambda: ends() > first, timeout=60)
    store.close()
