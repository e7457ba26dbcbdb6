"""Hearing of changes: one thread per process, however many runs it works on.

Owns which listener hears of which run. Must not know what a change means, nor how a poke travels:
that is the `Ear`'s.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from signoff.core.hearing import note
from signoff.core.ports import Ear, Heard, Listener
from signoff.model.errors import SignoffException
from signoff.model.replies import RunSignal

Look = Callable[[Sequence[UUID]], Sequence[RunSignal]]
"""Where runs stand, in one look at the store."""

IDLE = 5.0
"""Seconds after which the thread ends when nobody listens."""
_MOST_UNHEARD = 1_000

logger = logging.getLogger("signoff.gateway")


class Watcher:
    """Tells listeners of the runs that changed.

    Args:
        open_ear: opens the ear of this process; called once, on first need.
        look: reads where runs stand.
        idle: seconds after which the thread ends when nobody listens.
    """

    def __init__(self, open_ear: Callable[[], Ear], look: Look, idle: float = IDLE) -> None:
        self._open_ear = open_ear
        self._look = look
        self._idle = idle
        self._lock = threading.Lock()
        self._listeners: dict[UUID, list[Listener]] = {}
        self._seen: dict[UUID, RunSignal] = {}
        # Runs whose logs are followed, once for each follower: lines change no signal, and poke
        # nobody, so their followers look whenever something happened to the database.
        self._followed: list[UUID] = []
        # Runs that were poked before anybody listened: a change between the start of a run and
        # its first listener must not be missed.
        self._unheard: dict[UUID, None] = {}
        self._nudged: set[UUID] = set()
        self._ear: Ear | None = None
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def address(self) -> str:
        """Where this process is told of changes."""
        with self._lock:
            return self._opened().address

    def listen(self, run_id: UUID, listener: Listener, lines: bool = False) -> Callable[[], None]:
        """Call `listener` whenever the run may have changed, or with `lines` its log may have
        grown; the returned function ends that."""
        with self._lock:
            ear = self._opened()
            if lines:
                self._followed.append(run_id)
            self._listeners.setdefault(run_id, []).append(listener)
            ear.watch(tuple(self._listeners))
            if run_id in self._unheard:
                del self._unheard[run_id]
                self._nudged.add(run_id)
            self._start()
            if self._nudged:
                ear.interrupt()

        def stop() -> None:
            with self._lock:
                mine = self._listeners.get(run_id, [])
                if listener in mine:
                    mine.remove(listener)
                    if lines:
                        self._followed.remove(run_id)
                if not mine and self._listeners.pop(run_id, None) is not None:
                    self._seen.pop(run_id, None)
                    if self._ear is not None and not self._closed:
                        self._ear.watch(tuple(self._listeners))

        return stop

    def listens_to(self, run_id: UUID) -> bool:
        """Whether anybody listens to the run."""
        return run_id in self._listeners

    def tell(self, run_ids: Iterable[UUID]) -> None:
        """Tell the listeners of these runs where they stand, on the calling thread."""
        listened = [run_id for run_id in run_ids if run_id in self._listeners]
        if listened:
            self._dispatch(listened, dict.fromkeys(listened))

    def tell_to_look(self, run_id: UUID) -> None:
        """Have the listeners of a run look by themselves, on the calling thread."""
        for listener in tuple(self._listeners.get(run_id, ())):
            _call(listener, None)

    def close(self) -> None:
        """End the thread and close the ear."""
        with self._lock:
            self._closed = True
            ear, thread = self._ear, self._thread
            if ear is not None:
                ear.interrupt()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        if ear is not None:
            ear.close()

    def forget(self) -> None:
        """In a forked child: the thread is gone, and the ear is the parent's."""
        # Kept from being collected: closing it would take the parent's address away.
        self._inherited = self._ear
        self._lock = threading.Lock()
        self._listeners, self._seen, self._unheard = {}, {}, {}
        self._followed = []
        self._nudged = set()
        self._ear = self._thread = None

    # ----------------------------------------------------------------------------------------

    def _opened(self) -> Ear:
        if self._ear is None:
            self._ear = self._open_ear()
        return self._ear

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="signoff-watcher", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        ear = self._ear
        while ear is not None:
            heard: Heard | None = {}
            try:
                heard = ear.wait(self._idle)
            except SignoffException as error:
                logger.debug("Cannot hear of changes: %s", error)
            with self._lock:
                nudged, self._nudged = self._nudged, set()
                if self._closed or not (self._listeners or heard or nudged):
                    self._thread = None
                    return
                told = self._sort(heard or {}, nudged)
                if heard is None:
                    told.update(dict.fromkeys(self._followed))
                changed = tuple(self._listeners) if heard is None else tuple(told)
            if changed:
                self._dispatch(changed, told)

    def _sort(self, heard: Heard, nudged: set[UUID]) -> dict[UUID, RunSignal | None]:
        """The runs that surely changed and have a listener; the others are remembered."""
        told: dict[UUID, RunSignal | None] = dict.fromkeys(nudged)
        for run_id, signal in heard.items():
            note(told, run_id, signal)
            if run_id not in self._listeners:
                if len(self._unheard) >= _MOST_UNHEARD:
                    self._unheard.pop(next(iter(self._unheard)))
                self._unheard[run_id] = None
        return {run_id: signal for run_id, signal in told.items() if run_id in self._listeners}

    def _dispatch(self, run_ids: Sequence[UUID], told: Heard) -> None:
        """Tell listeners of the runs that changed; those in `told` surely did, and there is no need
        to look where they stand when that was told along."""
        signals: dict[UUID, RunSignal | None] = dict(told)
        unknown = [run_id for run_id in run_ids if told.get(run_id) is None]
        try:
            if unknown:
                signals.update((signal.run_id, signal) for signal in self._look(unknown))
        except SignoffException as error:
            logger.debug("Cannot look at runs: %s", error)
        for run_id in run_ids:
            signal = signals.get(run_id)
            with self._lock:
                listeners = tuple(self._listeners.get(run_id, ()))
                seen = self._seen.get(run_id)
                if signal is not None and seen is not None and signal.version < seen.version:
                    # Overtaken on its way: a later word has been passed on.
                    continue
                news = run_id in told or (signal is not None and seen != signal)
                if signal is not None and listeners:
                    self._seen[run_id] = signal
            if news:
                for listener in listeners:
                    _call(listener, signal)


def _call(listener: Listener, signal: RunSignal | None) -> None:
    try:
        listener(signal)
    except Exception:
        logger.exception("A listener failed.")
