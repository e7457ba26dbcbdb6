"""The long polls of claimers: rung when a run may be due.

Owns one bell per claimer, which stays rung until its claimer has heard it: so nothing that becomes
due between two polls is missed. Must not know which runs are due; whoever is rung out asks.
"""

from __future__ import annotations

import asyncio
from dataclasses import field
from uuid import UUID

from signoff.core.claiming import enters
from signoff.model.claims import Scope
from signoff.model.journal import EntryRecord
from signoff.model.values import dataclass
from signoff.wire.watching import WatchDue

FORGET = 300.0
"""Seconds without a poll after which a claimer is forgotten."""
AT_WORK = 60.0
"""Seconds after its last poll for which a claimer is relied on."""


@dataclass(slots=True)
class _Bell:
    """What a claimer has to hear.

    Args:
        scope: which runs it takes.
        seen: when it polled last, by the loop's clock.
        polls: how many polls of it are open.
        rung: set until it has heard.
    """

    scope: Scope
    seen: float
    polls: int = 0
    rung: asyncio.Event = field(default_factory=asyncio.Event)


class Doorbells:
    """Completes the polls of claimers. Lives on an event loop; `ring` may be called anywhere."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._bells: dict[str, _Bell] = {}
        self._ended = False

    def ring(self) -> None:
        """A run may be due."""
        try:
            self._loop.call_soon_threadsafe(self._ring)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def end(self) -> None:
        """Every poll ends now, and later ones at once. Called on the event loop."""
        self._ended = True
        self._ring()

    def takes(
        self, record: EntryRecord | None, deployment: UUID | None, other: Scope | None = None
    ) -> bool:
        """Whether a claimer is at work that enters a run which is in no pool.

        Args:
            record: how the flow of the run is loaded.
            deployment: the deployment that the run belongs to.
            other: the scope of one that is relied on before it has polled.
        """
        recent = self._loop.time() - AT_WORK
        scopes = [b.scope for b in self._bells.values() if b.polls > 0 or b.seen > recent]
        scopes += [other] if other is not None else []
        return any(enters(each, record, deployment) for each in scopes)

    async def poll(self, watch: WatchDue, hold: float) -> bool:
        """Whether a run may be due; waits for one when none may be.

        Args:
            watch: the claimer. Its first poll is told at once, because nobody knows what it missed.
            hold: seconds after which to return with nothing.
        """
        bell = self._bells.get(watch.process.id)
        if bell is None:
            self._forget()
            bell = self._bells[watch.process.id] = _Bell(watch.scope, self._loop.time())
            bell.rung.set()
        bell.scope = watch.scope
        bell.polls += 1
        try:
            async with asyncio.timeout(hold):
                await bell.rung.wait()
        except TimeoutError:
            return False
        except asyncio.CancelledError:
            # It hung up, and may have ended: nobody relies on it before it polls again.
            if bell.polls == 1:
                self._bells.pop(watch.process.id, None)
            raise
        finally:
            bell.polls -= 1
            bell.seen = self._loop.time()
        if not self._ended:
            bell.rung.clear()
        return True

    def _ring(self) -> None:
        for bell in self._bells.values():
            bell.rung.set()

    def _forget(self) -> None:
        """Drop claimers that have not polled for long: they have ended."""
        limit = self._loop.time() - FORGET
        for name in [n for n, bell in self._bells.items() if bell.seen < limit and not bell.polls]:
            del self._bells[name]
