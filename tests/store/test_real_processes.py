"""Several processes on one database, and processes that die at the worst moment."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from signoff.store import open_store
from tests.store.samples import World
from tests.support.processes import Spawner

pytestmark = [pytest.mark.store, pytest.mark.faults]

PREPARE = """
import os, sys
from pathlib import Path
from uuid import UUID
from signoff.model.journal import NewRun
from signoff.model.runs import Phase
from signoff.store import open_store
from tests.store.samples import World, changed, fresh

url, home, *given = sys.argv[1:]
"""

COUNT = f"""{PREPARE}
run_id = UUID(given[0])
store = open_store(url, home=Path(home))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(25):
    with store.write(durable=False) as tx:
        run = tx.lock_run(run_id)
        tx.save_run(run, changed(run, 1, entry=run.entry + 1), 1)
store.close()
"""

OPEN = f"""{PREPARE}
print("ready", flush=True)
sys.stdin.readline()
world = World(open_store(url, home=Path(home)))
world.start(id=UUID(given[0]))
world.store.close()
"""

DIE = f"""{PREPARE}
world = World(open_store(url, home=Path(home)))
kept, lost = (UUID(each) for each in given)
world.start(id=kept)
with world.store.write() as tx:
    new = world.new(id=lost)
    assert world.insert(tx, new, fresh(new, Phase.RUNNING, None, world.now))
    tx.lock_run(kept)
    world.now += 1
    tx.save_run(tx.lock_run(kept), changed(tx.lock_run(kept), world.now, entry=9), world.now)
    print("inside", flush=True)
    sys.stdin.readline()
"""

FORK = f"""{PREPARE}
world = World(open_store(url, home=Path(home)))
parent, child, later = (UUID(each) for each in given)
world.start(id=parent)
with world.store.read() as tx:
    assert tx.lock_run(parent) is not None
world.store.wake([])
pid = os.fork()
if pid == 0:
    world.start(id=child)
    with world.store.read() as tx:
        assert tx.lock_run(child) is not None
    world.store.close()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
world.start(id=later)
with world.store.read() as tx:
    assert tx.lock_run(child) is not None
world.store.close()
"""

REPOSITORY = {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def test_processes_that_change_the_same_run_take_turns(
    spawn_python: Spawner, store_url: str, signoff_home: Path, world: World
) -> None:
    run = world.start()
    started = [
        spawn_python(COUNT, store_url, str(signoff_home), str(run.id), env=REPOSITORY)
        for _ in range(2)
    ]
    for each in started:
        each.wait_for_output("ready")
    for each in started:
        each.write("go\n")
    for each in started:
        each.wait_ok()
    assert world.locked(run.id).entry == run.entry + 50


def test_processes_that_open_a_fresh_database_at_once_all_work(
    spawn_python: Spawner, db_url: str, signoff_home: Path
) -> None:
    ids = [str(uuid4()) for _ in range(3)]
    started = [spawn_python(OPEN, db_url, str(signoff_home), each, env=REPOSITORY) for each in ids]
    for each in started:
        each.wait_for_output("ready")
    for each in started:
        each.write("go\n")
    for each in started:
        each.wait_ok()
    store = open_store(db_url, home=signoff_home)
    with store.read() as tx:
        assert {str(event.run_id) for event in tx.events(0, 10)} == set(ids)
    store.close()


def test_kill_leaves_what_was_committed_and_nothing_else(
    spawn_python: Spawner, store_url: str, signoff_home: Path, world: World
) -> None:
    kept, lost = world.id(), world.id()
    victim = spawn_python(DIE, store_url, str(signoff_home), str(kept), str(lost), env=REPOSITORY)
    victim.wait_for_output("inside")
    victim.kill()
    with world.store.read() as tx:
        run = tx.lock_run(kept)
        assert run is not None
        assert run.entry == 1
        assert tx.lock_run(lost) is None
        assert [event.run_id for event in tx.events(0, 10)] == [kept]
    # Its locks are free at once, or as soon as the server has noticed.
    assert world.change(run, entry=2).entry == 2


def test_a_forked_child_gets_connections_of_its_own(
    spawn_python: Spawner, store_url: str, signoff_home: Path, world: World
) -> None:
    ids = [str(world.id()) for _ in range(3)]
    spawn_python(FORK, store_url, str(signoff_home), *ids, env=REPOSITORY).wait_ok()
    with world.store.read() as tx:
        assert [str(event.run_id) for event in tx.events(0, 10)] == ids
