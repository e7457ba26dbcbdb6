"""Who lives: locks that the kernel frees, leases that run out."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest

from signoff.core.ports import Owner
from signoff.gateway.liveness import Liveness, machine_id
from signoff.model import journal
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

pytestmark = pytest.mark.service


def owner(id: str, host: str = "here", lease_until: int | None = None) -> Owner:
    kind = journal.Liveness.LOCK if lease_until is None else journal.Liveness.LEASE
    return Owner(journal.Process(id, host, 1, "ann", kind, None), lease_until, ())


HOLDER = """
import sys, pathlib
from signoff.gateway.liveness import Liveness
liveness = Liveness(pathlib.Path(sys.argv[1]), "here")
liveness.hold("other")
print("holding")
sys.stdin.read()
"""


def test_a_process_lives_until_the_kernel_frees_its_lock(
    tmp_path: Path, spawn_python: Spawner
) -> None:
    judge = Liveness(tmp_path, "here")
    assert not judge(owner("other"), 0)
    holder = spawn_python(HOLDER, str(tmp_path))
    holder.wait_for_output("holding")
    assert judge(owner("other"), 0)
    holder.send_signal(signal.SIGSTOP)
    assert judge(owner("other"), 0)
    holder.kill()
    assert not judge(owner("other"), 0)


FORKING = """
import os, sys, pathlib, signal, subprocess, time
from signoff.gateway.liveness import Liveness
liveness = Liveness(pathlib.Path(sys.argv[1]), "here")
liveness.hold("other")
child = os.fork()
if child == 0:
    sys.stdin.read()
    os._exit(0)
subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"])
print("forked", flush=True)
sys.stdin.read()
"""


@pytest.mark.faults
def test_a_forked_child_does_not_keep_its_dead_parent_alive(
    tmp_path: Path, spawn_python: Spawner
) -> None:
    judge = Liveness(tmp_path, "here")
    parent = spawn_python(FORKING, str(tmp_path))
    parent.wait_for_output("forked")
    assert judge(owner("other"), 0)
    parent.kill()
    wait_until(lambda: not judge(owner("other"), 0))


def test_judging_does_not_disturb_the_judged(tmp_path: Path) -> None:
    mine, judge = Liveness(tmp_path, "here"), Liveness(tmp_path, "here")
    mine.hold("a")
    for _ in range(3):
        assert judge(owner("a"), 0)
        assert mine(owner("a"), 0)
    mine.release()
    assert not judge(owner("a"), 0)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_means_dead_here_and_alive_elsewhere(tmp_path: Path) -> None:
    judge = Liveness(tmp_path / "none", "here")
    assert not judge(owner("a"), 0)
    assert judge(owner("a", host="elsewhere"), 0)


def test_a_lease_is_judged_by_the_clock(tmp_path: Path) -> None:
    judge = Liveness(tmp_path, "here")
    assert judge(owner("a", lease_until=10), 9)
    assert not judge(owner("a", lease_until=10), 10)
    assert judge(owner("a", "elsewhere", lease_until=10), 9)


def test_holding_twice_is_holding(tmp_path: Path) -> None:
    mine = Liveness(tmp_path, "here")
    mine.hold("a")
    mine.hold("a")
    mine.release()
    mine.release()
    assert not Liveness(tmp_path, "here")(owner("a"), 0)


def test_tidying_takes_away_what_dead_processes_left_and_nothing_else(signoff_home: Path) -> None:
    mine, judge = Liveness(signoff_home, "here"), Liveness(signoff_home, "here")
    mine.hold("alive")
    (signoff_home / "dead.lock").touch()
    (signoff_home / "note.txt").touch()
    listening, left = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
    listening.bind(str(signoff_home / "alive.sock"))
    left.bind(str(signoff_home / "dead.sock"))
    left.close()
    judge.tidy()
    mine.tidy()
    names = sorted(each.name for each in signoff_home.iterdir())
    assert names == ["alive.lock", "alive.sock", "note.txt"]
    assert judge(owner("alive"), 0)
    listening.close()
    Liveness(signoff_home / "none", "here").tidy()


def test_a_lock_taken_away_by_a_tidier_is_taken_anew(tmp_path: Path) -> None:
    mine = Liveness(tmp_path, "here")
    (tmp_path / "a.lock").touch()
    Liveness(tmp_path, "here").tidy()
    mine.hold("a")
    assert Liveness(tmp_path, "here")(owner("a"), 0)


def test_the_machine_has_one_name(tmp_path: Path) -> None:
    given, missing, empty = tmp_path / "id", tmp_path / "missing", tmp_path / "empty"
    given.write_text("abc\n")
    empty.write_text("")
    home = tmp_path / "home"
    assert machine_id(home, (missing, empty, given)) == "abc"
    assert not home.exists()
    made = machine_id(home, (missing, empty))
    assert made
    assert machine_id(home, ()) == made
    assert [each.name for each in home.iterdir()] == ["machine-id"]
