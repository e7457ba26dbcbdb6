"""No change is lost between two polls, whatever comes in between."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from signoff.core.ports import Poke
from signoff.model.replies import RunSignal
from signoff.model.runs import Phase
from signoff.server.hub import Hub
from signoff.wire.watching import Watch
from tests.server.serving import process

pytestmark = pytest.mark.server

MINE = process(id="mine")
RUNS = [UUID(int=number) for number in range(1, 6)]
FOREVER = 3600.0


class Database:
    """Versions of runs, readable at once or only when let."""

    def __init__(self) -> None:
        self.versions = dict.fromkeys(RUNS, 1)
        self.looks = 0
        self.before_look: Callable[[], None] = lambda: None

    async def look(self, run_ids: tuple[UUID, ...]) -> tuple[RunSignal, ...]:
        self.looks += 1
        found = tuple(
            RunSignal(run_id, self.versions[run_id], 1, Phase.RUNNING, False) for run_id in run_ids
        )
        self.before_look()
        await asyncio.sleep(0)
        return found


def run(test: Callable[[Hub, Database], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        database = Database()
        await test(Hub(database.look), database)

    asyncio.run(main())


def poll(hub: Hub, known: dict[UUID, int], hold: float = FOREVER) -> asyncio.Task[Any]:
    return asyncio.ensure_future(hub.poll(Watch(MINE, known), hold))


def poke(run_id: UUID, address: str = "poll:mine") -> Poke:
    return Poke(address, run_id)


async def settle() -> None:
    """Let every task that can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_poll_that_knows_less_than_the_database_ends_at_once() -> None:
    async def test(hub: Hub, database: Database) -> None:
        database.versions[RUNS[0]] = 4
        news = await poll(hub, {RUNS[0]: 3, RUNS[1]: 1})
        assert [(signal.run_id, signal.version) for signal in news] == [(RUNS[0], 4)]

    run(test)


def test_a_poll_waits_until_it_is_told() -> None:
    async def test(hub: Hub, database: Database) -> None:
        waiting = poll(hub, {RUNS[0]: 1})
        await settle()
        assert not waiting.done()
        database.versions[RUNS[0]] = 2
        hub.wake([poke(RUNS[0], "poll:other"), poke(RUNS[0], "unix:/x"), poke(RUNS[0])])
        assert [signal.version for signal in await waiting] == [2]

    run(test)


def test_a_poke_that_says_where_the_run_stands_needs_no_look() -> None:
    async def test(hub: Hub, database: Database) -> None:
        waiting = poll(hub, {RUNS[0]: 1})
        await settle()
        before = database.looks
        told = RunSignal(RUNS[0], 2, 1, Phase.PAUSED, False)
        hub.wake([Poke("poll:mine", RUNS[0], told)])
        assert await waiting == (told,)
        assert database.looks == before

    run(test)


def test_a_poke_about_nothing_new_is_not_passed_on() -> None:
    async def test(hub: Hub, database: Database) -> None:
        waiting = poll(hub, {RUNS[0]: 1})
        await settle()
        hub.wake([poke(RUNS[0])])
        await settle()
        assert not waiting.done()
        hub.end()
        assert await waiting == ()

    run(test)


def test_a_poke_between_two_polls_is_kept_even_for_a_run_not_listed() -> None:
    async def test(hub: Hub, database: Database) -> None:
        await poll(hub, {RUNS[0]: 1}, 0.0)
        database.versions[RUNS[1]] = 2
        hub.wake([poke(RUNS[1])])
        await settle()
        assert [signal.run_id for signal in await poll(hub, {RUNS[0]: 1})] == [RUNS[1]]

    run(test)


def test_a_change_while_the_database_is_read_is_not_lost() -> None:
    async def test(hub: Hub, database: Database) -> None:
        def change() -> None:
            database.before_look = lambda: None
            database.versions[RUNS[0]] = 2
            hub.wake([poke(RUNS[0])])

        database.before_look = change
        assert [signal.version for signal in await poll(hub, {RUNS[0]: 1})] == [2]

    run(test)


def test_a_newer_poll_of_the_process_ends_the_older_one() -> None:
    async def test(hub: Hub, database: Database) -> None:
        older = poll(hub, {RUNS[0]: 1})
        await settle()
        newer = poll(hub, {RUNS[0]: 1})
        assert await older == ()
        assert not newer.done()
        database.versions[RUNS[0]] = 2
        hub.wake([poke(RUNS[0])])
        assert len(await newer) == 1

    run(test)


def test_a_run_that_was_begun_and_ended_during_a_poll_is_looked_at_no_more() -> None:
    async def test(hub: Hub, database: Database) -> None:
        waiting = poll(hub, {RUNS[0]: 1})
        await settle()
        for each in RUNS[1:]:
            hub.begins("mine", each, 1)
            hub.ends("mine", each)
            database.versions[each] = 2
        hub.look_all()
        await settle()
        assert not waiting.done()
        hub.end()
        assert await waiting == ()

    run(test)


def test_time_ends_a_poll() -> None:
    async def test(hub: Hub, database: Database) -> None:
        assert await poll(hub, {RUNS[0]: 1}, 0.001) == ()

    run(test)


def test_a_server_that_stops_ends_polls_and_takes_no_more() -> None:
    async def test(hub: Hub, database: Database) -> None:
        waiting = poll(hub, {RUNS[0]: 1})
        await settle()
        hub.end()
        assert await waiting == ()
        assert await poll(hub, {RUNS[0]: 1}) == ()

    run(test)


def test_others_hear_of_a_run_they_listen_for_and_the_one_who_did_it_does_not() -> None:
    async def test(hub: Hub, database: Database) -> None:
        waiting = poll(hub, {RUNS[0]: 1})
        await settle()
        database.versions[RUNS[0]] = 2
        hub.changed({RUNS[0]: None}, by="mine")
        hub.changed({RUNS[1]: None}, by="other")
        await settle()
        assert not waiting.done()
        hub.changed({RUNS[0]: None}, by="other")
        assert len(await waiting) == 1

    run(test)


def test_a_run_that_was_begun_during_a_poll_is_listened_for() -> None:
    async def test(hub: Hub, database: Database) -> None:
        waiting = poll(hub, {RUNS[0]: 1})
        await settle()
        hub.begins("mine", RUNS[1], 1)
        hub.look_all()
        await settle()
        assert not waiting.done()
        database.versions[RUNS[1]] = 2
        hub.look_all()
        assert [signal.run_id for signal in await waiting] == [RUNS[1]]

    run(test)


def test_when_it_is_not_known_what_changed_everything_is_looked_at() -> None:
    async def test(hub: Hub, database: Database) -> None:
        waiting = poll(hub, dict.fromkeys(RUNS, 1))
        await settle()
        database.versions[RUNS[3]] = 9
        hub.look_all()
        assert [signal.run_id for signal in await waiting] == [RUNS[3]]

    run(test)


def test_processes_that_ended_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(hub: Hub, database: Database) -> None:
        await poll(hub, {RUNS[0]: 1}, 0.0)
        monkeypatch.setattr("signoff.server.hub.FORGET", -1.0)
        await hub.poll(Watch(process(id="later"), {RUNS[0]: 1}), 0.0)
        assert set(hub._mailboxes) == {"later"}

    run(test)


def test_a_thousand_quick_pokes_from_another_thread_lose_nothing() -> None:
    """Whatever the interleaving: once the changes stop, the process knows every last version."""

    async def test(hub: Hub, database: Database) -> None:
        chance = random.Random(7)
        changes = [(chance.choice(RUNS), version) for version in range(2, 1_002)]
        last = {run_id: max(v for r, v in changes if r == run_id) for run_id in RUNS}

        def change() -> None:
            for run_id, version in changes:
                database.versions[run_id] = version
                hub.wake([poke(run_id)])

        thread = threading.Thread(target=change)
        thread.start()
        known = dict.fromkeys(RUNS, 1)
        while known != last:  # A lost poke would leave the last poll waiting for ever.
            for signal in await poll(hub, known):
                known[signal.run_id] = signal.version
        thread.join()

    run(test)


def test_a_grown_log_is_told_to_who_follows_it() -> None:
    async def test(hub: Hub, database: Database) -> None:
        known = {RUNS[0]: 1, RUNS[1]: 1}
        waiting = asyncio.ensure_future(hub.poll(Watch(MINE, known, lines=(RUNS[0],)), FOREVER))
        await settle()
        hub.wrote({RUNS[1], RUNS[2]})
        await settle()
        assert not waiting.done()
        hub.wrote({RUNS[0]})
        assert [signal.run_id for signal in await waiting] == [RUNS[0]]
        # What is written between two polls is told with the next one.
        hub.wrote({RUNS[0]})
        again = await hub.poll(Watch(MINE, known, lines=(RUNS[0],)), FOREVER)
        assert [signal.run_id for signal in again] == [RUNS[0]]

    run(test)


def test_a_log_may_have_grown_elsewhere() -> None:
    async def test(hub: Hub, database: Database) -> None:
        known = {RUNS[0]: 1, RUNS[1]: 1}
        waiting = asyncio.ensure_future(hub.poll(Watch(MINE, known, lines=(RUNS[1],)), FOREVER))
        await settle()
        hub.look_all()
        assert [signal.run_id for signal in await waiting] == [RUNS[1]]

    run(test)
