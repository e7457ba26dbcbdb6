"""Making units of work: the transaction around them, and telling whoever waits after the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from signoff.core.ports import Clock, Poke, Store
from signoff.model.actors import Actor
from signoff.service.unit import Means, Unit


class Units:
    """Makes units on one store.

    Args:
        store: the database.
        clock: its time, UTC microseconds since the epoch.
        means: what every unit needs.
        wake: tells waiting processes.
    """

    def __init__(
        self, store: Store, clock: Clock, means: Means, wake: Callable[[Iterable[Poke]], None]
    ) -> None:
        self.store = store
        self.clock = clock
        self.means = means
        self.wake = wake

    @contextmanager
    def write(self, actor: Actor, durable: bool = True) -> Iterator[Unit]:
        """A unit that is committed when the block ends, and undone when it raises.

        The moment of the unit is taken inside the transaction, so that moments follow each other
        in the order of commits.
        """
        with self.store.write(durable) as tx:
            unit = Unit(tx, self.clock(), actor, self.means)
            yield unit
        if unit.pokes:
            self.wake(unit.pokes)

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Unit]:
        """A unit that only looks."""
        with self.store.read() as tx:
            yield Unit(tx, self.clock(), actor, self.means)
