"""The long polls of client processes, and how a change finds the one that waits for it.

Owns one mailbox per process: a change that comes between two polls is kept there, and every poll
compares the versions the process knows with the database when it arrives. So nothing is lost, and a
change that was reported twice is seen to be old. Must not know who makes changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import field
from uuid import UUID

from signoff.core.hearing import note
from signoff.core.ports import Heard, Poke
from signoff.model.replies import RunSignal
from signoff.model.values import dataclass
from signoff.wire.watching import Watch

SCHEME = "poll:"
"""How addresses of processes that poll begin; the id of the process follows."""
FORGET = 300.0
"""Seconds without a poll after which a process is forgotten."""

RECENT = 60.0
"""Seconds after which a process that does not say it listens for a run it began does not."""

Look = Callable[[tuple[UUID, ...]], Awaitable[tuple[RunSignal, ...]]]
"""Reads where runs stand."""


@dataclass(slots=True)
class _Mailbox:
    """What a process has not been told yet.

    Args:
        runs: changed runs, and where they stand by now where that is known.
        spoken: runs whose log has grown, of those the process follows.
        followed: the runs whose log the process follows, as its newest poll says.
        listed: the runs the process listens for, as its newest poll says, with their versions.
        topics: what else it is to be told of, whenever it is heard of.
        begun: runs it has begun to work on since, with their version and the moment: it listens
            for them, and will say so with its next poll.
        any: something changed, and it is not known what.
        filled: set while there is something in it, or when the poll must end.
        polls: how many polls have arrived; only the newest goes on.
        seen: when the last poll arrived or ended, by the loop's clock.
    """

    runs: dict[UUID, RunSignal | None] = field(default_factory=dict)
    spoken: set[UUID] = field(default_factory=set)
    followed: tuple[UUID, ...] = ()
    listed: Mapping[UUID, int] = field(default_factory=dict)
    topics: Collection[UUID] = ()
    begun: dict[UUID, tuple[int, float]] = field(default_factory=dict)
    any: bool = False
    filled: asyncio.Event = field(default_factory=asyncio.Event)
    polls: int = 0
    seen: float = 0.0

    def take(self) -> tuple[dict[UUID, RunSignal | None], set[UUID], bool]:
        """Empty it."""
        taken = self.runs, self.spoken, self.any
        self.runs, self.spoken, self.any = {}, set(), False
        self.filled.clear()
        return taken

    def listens(self, run_id: UUID) -> bool:
        """Whether the process wants to know of it."""
        return run_id in self.listed or run_id in self.begun or run_id in self.topics

    def knows(self, run_id: UUID) -> int:
        """The version of a run that the process has heard of."""
        version = self.listed.get(run_id)
        return version if version is not None else self.begun.get(run_id, (0, 0.0))[0]


class Hub:
    """Completes long polls. Lives on an event loop; `wake` and `look_all` may be called anywhere.

    Args:
        look: reads where runs stand.
    """

    def __init__(self, look: Look) -> None:
        self._look = look
        self._loop = asyncio.get_running_loop()
        self._mailboxes: dict[str, _Mailbox] = {}
        self._ended = False

    def begins(self, process_id: str, run_id: UUID, version: int) -> None:
        """A process begins to work on a run. Called on the event loop."""
        mailbox = self._mailboxes.get(process_id)
        if mailbox is not None:
            mailbox.begun[run_id] = version, self._loop.time()

    def ends(self, process_id: str, run_id: UUID) -> None:
        """A process has ended a run it worked on. Called on the event loop."""
        mailbox = self._mailboxes.get(process_id)
        if mailbox is not None:
            mailbox.begun.pop(run_id, None)

    # Changes ------------------------------------------------------------------------------

    def wake(self, pokes: Iterable[Poke]) -> None:
        """Tell the processes that are to be told about their runs."""
        mine = [poke for poke in pokes if poke.address.startswith(SCHEME)]
        if mine:
            self._call(self._put, mine)

    def changed(self, heard: Heard, by: str | None = None) -> None:
        """Tell the processes that listen for these runs, except the one that changed them.

        Called on the event loop.
        """
        for process_id, mailbox in self._mailboxes.items():
            told = [run_id for run_id in heard if mailbox.listens(run_id)]
            if told and process_id != by:
                for run_id in told:
                    note(mailbox.runs, run_id, heard[run_id])
                mailbox.filled.set()

    def wrote(self, run_ids: Collection[UUID]) -> None:
        """The logs of these runs have grown. Called on the event loop."""
        for mailbox in self._mailboxes.values():
            told = [run_id for run_id in mailbox.followed if run_id in run_ids]
            if told:
                mailbox.spoken.update(told)
                mailbox.filled.set()

    def changed_elsewhere(self, heard: Heard) -> None:
        """Like `changed`, for what another process did. May be called on any thread."""
        self._call(self.changed, heard)

    def look_all(self) -> None:
        """Something changed, and it is not known what: every process that polls is looked at."""
        self._call(self._fill_all)

    def end(self) -> None:
        """Every poll ends now, and later ones at once. Called on the event loop."""
        self._ended = True
        for mailbox in self._mailboxes.values():
            mailbox.filled.set()

    def _call(self, function: Callable[..., None], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _put(self, pokes: Iterable[Poke]) -> None:
        for poke in pokes:
            mailbox = self._mailboxes.get(poke.address[len(SCHEME) :])
            if mailbox is not None:
                note(mailbox.runs, poke.run_id, poke.signal)
                mailbox.filled.set()

    def _fill_all(self) -> None:
        for mailbox in self._mailboxes.values():
            mailbox.any = True
            mailbox.filled.set()

    # Polls --------------------------------------------------------------------------------

    async def poll(self, watch: Watch, hold: float) -> tuple[RunSignal, ...]:
        """The runs of a process that changed; waits for one when none has.

        Args:
            watch: the process, and the versions it knows.
            hold: seconds after which to return with nothing.
        """
        mailbox = self._mailbox(watch.process.id)
        if self._ended:
            return ()
        mailbox.polls += 1
        mailbox.listed, mailbox.followed = watch.runs, watch.lines
        mailbox.topics = frozenset(watch.topics)
        recent = self._loop.time() - RECENT
        for run_id in [r for r, (_, at) in mailbox.begun.items() if r in watch.runs or at < recent]:
            del mailbox.begun[run_id]
        mine = mailbox.polls
        mailbox.filled.set()  # A poll of the same process that is still open ends.
        told, spoken, _ = mailbox.take()
        # What the process says it knows is compared with the database, whatever was told before.
        news = await self._news(mailbox, dict.fromkeys((*watch.runs, *told)), spoken)
        deadline = self._loop.time() + hold
        try:
            async with asyncio.timeout_at(deadline):
                while not news:
                    await mailbox.filled.wait()
                    if mailbox.polls != mine or self._ended:
                        break
                    told, spoken, any_run = mailbox.take()
                    if any_run:
                        told = dict.fromkeys((*told, *watch.runs, *mailbox.begun))
                        spoken = {*watch.lines}
                    news = await self._news(mailbox, told, spoken)
        except TimeoutError:
            return ()
        finally:
            mailbox.seen = self._loop.time()
        return news

    async def _news(
        self, mailbox: _Mailbox, told: Heard, spoken: Collection[UUID]
    ) -> tuple[RunSignal, ...]:
        """Where those runs stand that changed, or whose log has grown (`spoken`)."""
        found = [signal for signal in told.values() if signal is not None]
        known = {signal.run_id for signal in found}
        unknown = tuple({*told, *spoken} - known)
        if unknown:
            found += await self._look(unknown)
        return tuple(
            signal
            for signal in found
            if signal.run_id in spoken or mailbox.knows(signal.run_id) != signal.version
        )

    def _mailbox(self, process_id: str) -> _Mailbox:
        mailbox = self._mailboxes.get(process_id)
        if mailbox is None:
            self._forget()
            mailbox = self._mailboxes[process_id] = _Mailbox()
        mailbox.seen = self._loop.time()
        return mailbox

    def _forget(self) -> None:
        """Drop mailboxes whose process has not polled for long: it has ended."""
        limit = self._loop.time() - FORGET
        for process_id in [p for p, box in self._mailboxes.items() if box.seen < limit]:
            del self._mailboxes[process_id]
