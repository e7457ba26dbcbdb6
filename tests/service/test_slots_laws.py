"""Any life of a limit: what the service grants is what a queue on paper would grant."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signoff.model.shared.limits import CreateLimit, ReadLimit
from signoff.model.shared.slots import AcquireSlots, ReleaseSlots
from signoff.store import open_store
from tests.service.world import World

pytestmark = pytest.mark.service

SLOTS = 3
PROCESSES = 3
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, 5), st.integers(1, SLOTS)),
        st.tuples(st.just("release"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("kill"), st.integers(0, PROCESSES - 1), st.just(0)),
    ),
    max_size=25,
)


class Paper:
    """The same limit, on paper: who holds how much, and who waits in which order."""

    def __init__(self) -> None:
        self.holds: dict[int, int] = {}
        self.queue: list[int] = []
        self.dead: set[int] = set()

    def bury(self) -> None:
        self.holds = {who: n for who, n in self.holds.items() if who % PROCESSES not in self.dead}
        self.queue = [who for who in self.queue if who % PROCESSES not in self.dead]

    def ask(self, who: int, wanted: int) -> bool:
        self.bury()
        if who in self.holds:
            return True
        ahead = self.queue[: self.queue.index(who)] if who in self.queue else self.queue
        if ahead or sum(self.holds.values()) + wanted > SLOTS:
            if who not in self.queue:
                self.queue.append(who)
            return False
        self.holds[who] = wanted
        self.queue = [each for each in self.queue if each != who]
        return True

    def release(self, who: int) -> None:
        self.holds.pop(who, None)
        self.queue = [each for each in self.queue if each != who]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_the_service_grants_what_the_paper_grants(steps: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory(prefix="so-") as folder:
        store = open_store(f"sqlite:///{folder}/signoff.db", home=Path(folder))
        try:
            _live(World(store, Path(folder)), steps)
        finally:
            store.close()


def _live(world: World, steps: list[tuple[str, int, int]]) -> None:
    for number in range(PROCESSES):
        world.process(f"p{number}")
    world.ask(CreateLimit("db", SLOTS))
    leases: dict[int, UUID] = {who: world.new_id() for who in range(6)}
    paper = Paper()
    for kind, who, wanted in steps:
        process = who % PROCESSES
        if kind == "kill":
            paper.dead.add(who)
            world.dead.add(f"p{who}")
        elif process in paper.dead:
            continue
        elif kind == "release":
            world.ask(ReleaseSlots(leases[who]))
            paper.release(who)
        else:
            request = AcquireSlots(
                leases[who],
                ("db",),
                wanted,
                process_id=f"p{process}",
                address=f"poll:p{process}",
            )
            assert world.ask(request).granted == paper.ask(who, wanted)
        paper.bury()
        taken = world.ask(ReadLimit("db")).active_slots
        assert taken == sum(paper.holds.values()) <= SLOTS
