"""Processes hear of changes: at once by a poke, and soon without one."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest

from signoff.core.hearing import note
from signoff.core.ports import DUE, SOME_RUN, Ear, Hears, Poke, Store
from signoff.model.actors import Actor, Via
from signoff.model.replies import RunSignal, WaitOutcome
from signoff.model.runs import Phase
from signoff.model.waits import DeadlineAction, WaitStatus
from signoff.store import open_store
from signoff.store.datagrams import LONGEST_PATH, Mailbox, Sender
from tests.store.samples import World
from tests.support.waiting import DEFAULT_TIMEOUT, wait_until

pytestmark = pytest.mark.store


@contextlib.contextmanager
def listening(store: Store, process_id: str, hears: Hears = Hears.OWN) -> Iterator[Ear]:
    ear = store.ear(process_id, hears)
    try:
        yield ear
    finally:
        ear.close()


def heard(ear: Ear, run_id: UUID) -> bool:
    """Whether the ear hears of a run; what else it hears does not matter."""
    found: list[UUID] = []

    def hears() -> bool:
        found.extend(ear.wait(1.0) or ())
        return run_id in found

    return wait_until(hears)


def test_a_poke_reaches_the_process_it_is_meant_for(world: World) -> None:
    mine, other = uuid4(), uuid4()
    with listening(world.store, "p1") as first, listening(world.store, "p2") as second:
        assert first.address != second.address
        world.store.wake([Poke(first.address, mine), Poke(second.address, other)])
        assert heard(first, mine)
        assert heard(second, other)


def standing(run_id: UUID, version: int = 7, phase: Phase = Phase.PAUSED) -> RunSignal:
    return RunSignal(run_id, version, 2, phase, True)


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.ABSENT])
def test_a_poke_says_where_the_run_stands(world: World, phase: Phase) -> None:
    run_id = uuid4()
    told = standing(run_id, phase=phase)
    with listening(world.store, "p1") as ear:
        world.store.wake([Poke(ear.address, run_id, told)])
        assert ears_last_word(ear, run_id) == told


def test_of_several_pokes_the_latest_version_counts_and_doubt_asks_for_a_look(
    world: World,
) -> None:
    sure, doubted = uuid4(), uuid4()
    with listening(world.store, "p1") as ear:
        pokes = [standing(sure, 7), standing(sure, 9), standing(sure, 8), standing(doubted, 9)]
        sent = [Poke(ear.address, told.run_id, told) for told in pokes]
        world.store.wake([*sent, Poke(ear.address, doubted)])
        heard: dict[UUID, RunSignal | None] = {}

        def all_heard() -> bool:
            for run_id, signal in (ear.wait(1.0) or {}).items():
                note(heard, run_id, signal)
            return heard == {sure: pokes[1], doubted: None}

        assert wait_until(all_heard)


def ears_last_word(ear: Ear, run_id: UUID) -> RunSignal | None:
    """What the ear hears of a run, once it hears of it."""
    found: dict[UUID, RunSignal | None] = {}

    def hears() -> bool:
        found.update(ear.wait(1.0) or {})
        return run_id in found

    assert wait_until(hears)
    return found[run_id]


def outcome(run_id: UUID, answer: object) -> RunSignal:
    """Where a run stands that was answered."""
    said = WaitOutcome(
        wait_id=uuid4(),
        key="go/é",
        status=WaitStatus.ANSWERED,
        answer=answer,
        deadline=8,
        on_deadline=DeadlineAction.CONTINUE,
        now=9,
        phase=Phase.RUNNING,
        version=7,
        by=Actor("zoë", Via.CLI, "desk", True),
        closed_at=9,
    )
    return replace(standing(run_id, 7, Phase.RUNNING), outcome=said)


@pytest.mark.parametrize("answer", [None, {"approved": True, "why": ["é", 1.5, None]}])
def test_a_poke_may_say_what_was_answered(tmp_path: Path, answer: object) -> None:
    mailbox, sender = Mailbox(tmp_path, "mine"), Sender(tmp_path)
    told = outcome(uuid4(), answer)
    sender.send([Poke(mailbox.address, told.run_id, told)])
    heard = mailbox.wait(DEFAULT_TIMEOUT)[told.run_id]
    assert heard == told
    assert heard is not None
    assert heard.outcome == told.outcome
    sender.close()
    mailbox.close()


def test_what_is_too_long_for_a_poke_is_left_to_be_looked_at(tmp_path: Path) -> None:
    mailbox, sender = Mailbox(tmp_path, "mine"), Sender(tmp_path)
    told = outcome(uuid4(), "long" * 2_000)
    sender.send([Poke(mailbox.address, told.run_id, told)])
    heard = mailbox.wait(DEFAULT_TIMEOUT)[told.run_id]
    assert heard == told
    assert heard is not None
    assert heard.outcome is None
    sender.close()
    mailbox.close()


def test_where_pokes_may_have_been_lost_nothing_is_believed(tmp_path: Path) -> None:
    """The lost one may have said that the run was cancelled since."""
    mailbox, sender = Mailbox(tmp_path, "mine"), Sender(tmp_path)
    told = [outcome(uuid4(), True) for _ in range(30)]
    sender.send([Poke(mailbox.address, one.run_id, one) for one in told])
    heard = mailbox.wait(DEFAULT_TIMEOUT)
    assert len(heard) >= 8
    assert set(heard.values()) == {None}
    sender.close()
    mailbox.close()


def test_pokes_that_came_before_listening_are_not_lost(world: World) -> None:
    runs = [uuid4() for _ in range(5)]
    with listening(world.store, "p1") as ear:
        world.store.wake([Poke(ear.address, run_id) for run_id in runs])
        found: set[UUID] = set()

        def all_heard() -> bool:
            found.update(ear.wait(1.0) or ())
            return found >= set(runs)

        assert wait_until(all_heard)


def test_servers_hear_what_is_meant_for_processes_that_poll(world: World) -> None:
    run_id, own = uuid4(), uuid4()
    with (
        listening(world.store, "s1", Hears.ALL) as one,
        listening(world.store, "s2", Hears.ALL) as two,
        listening(world.store, "p1") as client,
    ):
        world.store.wake([Poke("poll:p7", run_id), Poke(one.address, own)])
        assert heard(one, run_id)
        assert heard(two, run_id)
        world.store.wake([Poke(client.address, own)])
        assert heard(client, own)


def test_claimers_and_servers_hear_that_runs_may_be_due(world: World) -> None:
    own = uuid4()
    with (
        listening(world.store, "s1", Hears.ALL) as server,
        listening(world.store, "c1", Hears.DUE) as claimer,
        listening(world.store, "p1") as client,
    ):
        world.store.wake([Poke(DUE, uuid4()), Poke(DUE, uuid4()), Poke(client.address, own)])
        assert heard(server, SOME_RUN)
        assert heard(claimer, SOME_RUN)
        assert heard(client, own)
        world.store.wake([Poke("poll:p7", own), Poke(claimer.address, own)])
        assert heard(server, own)
        assert heard(claimer, own)


def test_a_commit_without_a_poke_is_noticed(world: World) -> None:
    world.start()
    with listening(world.store, "p1") as ear:
        # What was committed before may be noticed first; once all is quiet, nothing is.
        wait_until(lambda: ear.wait(1.5) == {})
        world.start()
        assert wait_until(lambda: ear.wait(DEFAULT_TIMEOUT) is None)


def test_an_interrupt_ends_the_wait_of_another_thread(world: World) -> None:
    with listening(world.store, "p1") as ear:
        done: list[object] = []

        def listen() -> None:
            while not done:
                ear.wait(DEFAULT_TIMEOUT)

        thread = Thread(target=listen)
        thread.start()
        done.append(True)
        ear.interrupt()
        thread.join(DEFAULT_TIMEOUT)
        assert not thread.is_alive()


def test_an_interrupt_before_the_wait_counts(world: World) -> None:
    with listening(world.store, "p1") as ear:
        ear.interrupt()
        ear.wait(DEFAULT_TIMEOUT)


def test_a_wait_without_time_returns_at_once(world: World) -> None:
    with listening(world.store, "p1") as ear:
        ear.wait(0)
        ear.watch([uuid4()])


def test_telling_nobody_or_somebody_unreachable_never_fails(world: World) -> None:
    addresses = ["unix:/nowhere/x.sock", "udp:1", "udp:none", "udp:99999999", "poll:x", "pg:y", "?"]
    world.store.wake([Poke(address, uuid4()) for address in addresses])
    world.store.wake([])


# Datagrams ---------------------------------------------------------------------------------


def test_threads_that_send_their_first_poke_together_share_a_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = Barrier(2)
    made: list[socket.socket] = []

    class Slow(socket.socket):
        def __init__(self, family: int, kind: int) -> None:
            super().__init__(family, kind)
            made.append(self)
            together.wait(DEFAULT_TIMEOUT)

    monkeypatch.setattr(socket, "socket", Slow)
    sender = Sender(tmp_path)
    pokes = [Poke(f"unix:{tmp_path / 'nobody.sock'}", uuid4())]
    threads = [Thread(target=sender.send, args=(pokes,)) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(DEFAULT_TIMEOUT)
    assert sorted(each.fileno() >= 0 for each in made) == [False, True]
    sender.close()
    assert all(each.fileno() < 0 for each in made)


def test_the_socket_of_a_process_that_died_is_tidied_away(signoff_home: Path) -> None:
    folder = signoff_home / "run"
    dead = Mailbox(folder, "server-dead")
    path = Path(dead.address.removeprefix("unix:"))
    copy = path.with_name("server-copy.sock")
    copy.hardlink_to(path)
    dead.close()
    assert not path.exists()
    sender = Sender(folder)
    sender.send([Poke("poll:x", uuid4())])
    assert not copy.exists()
    sender.close()


def test_a_full_mailbox_blocks_nobody(signoff_home: Path) -> None:
    mailbox = Mailbox(signoff_home / "run", "p1")
    sender = Sender(signoff_home / "run")
    runs = [uuid4() for _ in range(2_000)]
    sender.send(Poke(mailbox.address, run_id) for run_id in runs)
    first = mailbox.wait(DEFAULT_TIMEOUT)
    assert 0 < len(first) < len(runs)
    assert list(first) == runs[: len(first)]
    sender.send([Poke(mailbox.address, runs[-1])])
    assert mailbox.wait(DEFAULT_TIMEOUT) == {runs[-1]: None}
    sender.close()
    mailbox.close()


@pytest.mark.parametrize("name", ["p1", "server-s1"])
def test_a_path_too_long_for_a_socket_is_no_obstacle(tmp_path: Path, name: str) -> None:
    folder = tmp_path / ("x" * LONGEST_PATH)
    mailbox = Mailbox(folder, name)
    assert mailbox.address.startswith("udp:")
    sender = Sender(folder)
    run_id = uuid4()
    address = "poll:x" if name.startswith("server") else mailbox.address
    sender.send([Poke(address, run_id, standing(run_id))])
    # Anybody on the machine can send a datagram there, so it only says where to look.
    assert mailbox.wait(DEFAULT_TIMEOUT) == {run_id: None}
    sender.close()
    mailbox.close()
    assert list(folder.iterdir()) == []


def test_a_process_that_comes_back_takes_its_old_name(signoff_home: Path) -> None:
    url = f"sqlite:///{signoff_home / 'signoff.db'}"
    store = open_store(url, home=signoff_home)
    abandoned = store.ear("p1")
    with listening(store, "p1") as ear:
        run_id = uuid4()
        store.wake([Poke(ear.address, run_id)])
        assert heard(ear, run_id)
    abandoned.close()
    store.close()
