"""All of a transaction happens, or nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from signoff.core.ports import Store, TryAgain, Tx
from signoff.model.actors import Actor, Via
from signoff.model.events import Kind
from signoff.model.runs import Phase, Run
from signoff.model.waits import WaitKind, WaitStatus
from signoff.store.sqlite.store import SqliteStore
from tests.store.samples import ANNA, ENTRY, FORM, World, changed, fresh

pytestmark = pytest.mark.store


class Oops(Exception):
    """Something went wrong half-way."""


@pytest.mark.parametrize("durable", [True, False])
def test_a_transaction_that_raises_leaves_nothing_behind(world: World, durable: bool) -> None:
    run = world.start()
    new = world.new(flow_name="other", entry_record=ENTRY)
    stranger = Actor("stranger", Via.PAGE)
    with pytest.raises(Oops), world.store.write(durable) as tx:
        world.insert(tx, new, fresh(new, Phase.RUNNING, None, world.now))
        tx.put_form(FORM)
        tx.append_history(run, Kind.HOLD, stranger, world.now)
        tx.delete_run(run.id)
        raise Oops
    with world.store.read() as tx:
        assert tx.lock_run(run.id) == run
        assert tx.lock_run(new.id) is None
        assert len(tx.history(run.id)) == 1
    # What the undone transaction learned about flows, actors, forms and entries is forgotten too.
    with world.store.write(durable) as tx:
        assert world.insert(tx, new, fresh(new, Phase.RUNNING, None, world.now))
        digest = tx.put_form(FORM)
        tx.append_history(run, Kind.HOLD, stranger, world.now)
    with world.store.read() as tx:
        facts = tx.run_facts(new.id)
        assert facts is not None
        assert (facts.flow_name, facts.entry_record) == ("other", ENTRY)
        assert tx.form(digest) == FORM
        assert tx.history(run.id)[-1].actor == stranger


def test_a_savepoint_undoes_only_what_happens_inside(world: World) -> None:
    kept, undone, after = world.new(), world.new(flow_name="b"), world.new(flow_name="b")

    def insert_all() -> None:
        with world.store.write() as tx:
            world.insert(tx, kept, fresh(kept, Phase.RUNNING, None, world.now))
            with pytest.raises(Oops), tx.savepoint():
                world.insert(tx, undone, fresh(undone, Phase.RUNNING, None, world.now))
                raise Oops
            assert tx.lock_run(undone.id) is None
            with tx.savepoint():
                world.insert(tx, after, fresh(after, Phase.RUNNING, None, world.now))
                with pytest.raises(Oops), tx.savepoint():
                    tx.delete_run(after.id)
                    raise Oops

    insert_all()
    with world.store.read() as tx:
        assert tx.lock_run(kept.id) is not None
        assert tx.lock_run(undone.id) is None
        facts = tx.run_facts(after.id)
    assert facts is not None
    assert facts.flow_name == "b"


def test_a_savepoint_undoes_what_was_counted(world: World) -> None:
    run = world.start()
    with world.store.write() as tx:
        before = tx.lock_run(run.id)
        assert before is not None
        after = changed(before, world.tick(), **world.asking(before))
        with pytest.raises(Oops), tx.savepoint():
            tx.save_run(before, after, world.now)
            raise Oops
        assert tx.inbox_count() == 0
    with world.store.read() as tx:
        assert tx.inbox_count() == 0


def test_a_look_is_consistent_while_others_commit(world: World) -> None:
    run = world.start()
    with world.store.read() as tx:
        before = tx.lock_run(run.id)
        world.change(run, phase=Phase.PAUSED)
        assert tx.lock_run(run.id) == before
        assert len(tx.history(run.id)) == 1
    assert world.locked(run.id).phase is Phase.PAUSED


def test_several_looks_at_once(world: World) -> None:
    run = world.start()
    with world.store.read() as one, world.store.read() as two, world.store.read() as three:
        assert one.lock_run(run.id) == two.lock_run(run.id) == three.lock_run(run.id)


def in_threads(count: int, work: Callable[[int], None]) -> None:
    """Run `work(0)`, `work(1)`, ... at the same time; what one of them raises is raised."""
    failed: list[BaseException] = []

    def guarded(index: int) -> None:
        try:
            work(index)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def count_up(store: Store, run_id: UUID, now: int) -> None:
    """Add one to the entry number of a run, the way the service does."""
    with store.write(durable=False) as tx:
        run = tx.lock_run(run_id)
        assert run is not None
        tx.save_run(run, changed(run, now, entry=run.entry + 1), now)


def test_threads_that_lock_the_same_run_take_turns(world: World) -> None:
    run = world.start()

    def work(index: int) -> None:
        for _ in range(20):
            count_up(world.store, run.id, world.now)

    in_threads(4, work)
    assert world.locked(run.id).entry == run.entry + 80


def test_threads_that_lock_runs_crosswise_all_get_their_turn(world: World) -> None:
    """Whoever loses is told to try again; nobody hangs, and nothing is lost."""
    runs = [world.start(), world.start()]
    # Where several transactions write at a time, both hold one run before they want the other.
    at_once = 1 if isinstance(world.store, SqliteStore) else 2
    first_tries = threading.Barrier(at_once)

    def work(index: int) -> None:
        order = runs if index % 2 else runs[::-1]
        wait = first_tries.wait if at_once == 2 else None
        while not attempt(order, wait):
            wait = None

    def attempt(order: list[Run], between: Callable[[], object] | None) -> bool:
        try:
            with world.store.write(durable=False) as tx:
                for each in order:
                    run = tx.lock_run(each.id)
                    assert run is not None
                    tx.save_run(run, changed(run, world.now, entry=run.entry + 1), world.now)
                    if between is not None and each is order[0]:
                        between()
        except TryAgain:
            return False
        return True

    in_threads(2, work)
    assert [world.locked(run.id).entry for run in runs] == [3, 3]


def test_one_thread_waits_for_another_to_create_a_flow(world: World) -> None:
    def work(index: int) -> None:
        with world.store.write() as tx:
            tx.flow_id(f"flow {index % 2}", world.now, lambda: UUID(int=index + 1))
            tx.append_history(run, Kind.HOLD, Actor(f"actor {index % 2}", Via.CLI), world.now)

    run = world.start()
    in_threads(6, work)
    with world.store.read() as tx:
        assert len({entry.actor for entry in tx.history(run.id)}) == 3


def test_the_count_of_the_inbox_is_exact_after_a_random_history(world: World) -> None:
    random = Random(7)
    runs = [world.start() for _ in range(6)]
    for _ in range(80):
        index = random.randrange(len(runs))
        run = runs[index]
        with world.store.write(durable=False) as tx:
            before = tx.lock_run(run.id)
            assert before is not None
            after = _next(world, random, before)
            try:
                with tx.savepoint():
                    tx.save_run(before, after, world.now)
                    tx.append_history(after, Kind.FORCE, ANNA, world.now)
                    if random.random() < 0.2:
                        raise Oops
                    if random.random() < 0.05:
                        tx.delete_run(run.id)
                        runs[index] = another(world, tx)
            except Oops:
                pass
    with world.store.read() as tx:
        items = tx.inbox(1000, 0, None)
        assert tx.inbox_count() == len(items)
        open_waits = [wait for run in runs for wait in tx.waits(run.id) if wait.is_open]
    people = (WaitKind.INPUT, WaitKind.APPROVAL, WaitKind.HOLD)
    assert len(items) == sum(wait.kind in people for wait in open_waits)


def another(world: World, tx: Tx) -> Run:
    """A new run in the same transaction."""
    new = world.new()
    run = fresh(new, Phase.RUNNING, "p1", world.now)
    world.insert(tx, new, run)
    return run


def _next(world: World, random: Random, run: Run) -> Run:
    """The run with one more wait, or with some of its waits closed or opened again."""
    if random.random() < 0.4:
        kind = random.choice(list(WaitKind))
        return changed(run, world.tick(), **world.asking(run, kind=kind))
    waits = tuple(
        replace(wait, status=random.choice(list(WaitStatus)), closed_at=world.now)
        for wait in run.waits
    )
    return changed(run, world.tick(), waits=waits)
