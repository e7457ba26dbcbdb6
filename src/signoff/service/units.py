"""Making units of work: the transaction around them, and telling whoever waits after the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from signoff.core.ports import Clock, Poke, Store, TryAgain
from signoff.model.actors import Actor
from signoff.service.unit import Means, Seen, Unit

T = TypeVar("T")

_TRIES = 10
"""How often work is done again that lost against a concurrent transaction."""


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

    def change(
        self, actor: Actor, durable: bool, work: Callable[[Unit], T], seen: Seen | None = None
    ) -> T:
        """Do work in a unit that is committed when it returns, and undone when it raises.

        The moment of the unit is taken inside the transaction, so that moments follow each other
        in the order of commits. Work that lost against a concurrent transaction is done again.
        `seen`: what was read of a run before, which holds as long as the run has not changed.
        """
        for left in reversed(range(_TRIES)):
            try:
                with self.store.write(durable) as tx:
                    unit = Unit(tx, self.clock(), actor, self.means, seen)
                    done = work(unit)
                    unit.settle()
                    if unit.took is not None:
                        unit.took(self.clock() - unit.now)
            except TryAgain:
                if not left:
                    raise
                continue
            if unit.pokes:
                self.wake(unit.pokes.values())
            break
        return done

    @contextmanager
    def read(self, actor: Actor) -> Iterator[Unit]:
        """A unit that only looks."""
        with self.store.read() as tx:
            yield Unit(tx, self.clock(), actor, self.means)
