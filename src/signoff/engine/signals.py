"""How a run hears that it shall stop, hold, or look again.

Owns the newest standing of one run in this process and the waking of whoever sleeps on it.
Called on the watcher's thread; must never block it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from signoff.core.standing import AWAKE, Standing, standing
from signoff.model.runs import Phase

if TYPE_CHECKING:
    from signoff.model.replies import RunSignal, WaitOutcome

Wake = Callable[[], object]


class Signals:
    """What is known of a run, and who to wake when it changes.

    Attributes:
        count: grows with every change heard of, so that none is missed between a look and a sleep.
        standing: what this process may do with the run.
        phase: the newest phase heard of.
    """

    def __init__(self, entry: int, phase: Phase = Phase.RUNNING) -> None:
        self.entry = entry
        self.count = 0
        self.phase = phase
        self.standing = Standing.GO
        self._leaves = False
        self._outcomes: dict[str, WaitOutcome] = {}
        self._wakes: set[Wake] = set()
        self._lock = threading.Lock()

    def __call__(self, signal: RunSignal | None) -> None:
        """Take note of a signal (None: something changed) and wake everybody."""
        with self._lock:
            if signal is not None and signal.entry >= self.entry:
                self.phase = signal.phase
                self.standing = standing(
                    signal.phase, signal.entry, signal.hold, self.entry, signal.suspend
                )
                if self._leaves and self.standing in AWAKE:
                    self.standing = Standing.SUSPEND
                if signal.outcome is not None:
                    self._outcomes[signal.outcome.key] = signal.outcome
            self.count += 1
            wakes = list(self._wakes)
        for wake in wakes:
            wake()

    def outcome(self, known: WaitOutcome) -> WaitOutcome | None:
        """What was told of a wait since it stood as `known`; told once."""
        with self._lock:
            told = self._outcomes.pop(known.key, None)
        if told is None or told.wait_id != known.wait_id or told.version <= known.version:
            return None
        return told

    def fenced(self) -> None:
        """A newer process has entered the run, or the run is gone."""
        with self._lock:
            self.standing = Standing.GONE
            self.count += 1
            wakes = list(self._wakes)
        for wake in wakes:
            wake()

    def leave(self) -> None:
        """This process stops working on the run, whatever becomes of the reason for it."""
        with self._lock:
            self._leaves = True
            if self.standing in AWAKE:
                self.standing = Standing.SUSPEND
            self.count += 1
            wakes = list(self._wakes)
        for wake in wakes:
            wake()

    def held(self) -> None:
        """The request to hold has been obeyed."""
        with self._lock:
            if self.standing is Standing.HOLD:
                self.standing = Standing.GO

    def subscribe(self, wake: Wake, seen: int) -> Callable[[], None]:
        """Call `wake` at the next change, and at once when one came after `seen`."""
        with self._lock:
            self._wakes.add(wake)
            missed = self.count != seen
        if missed:
            wake()

        def cancel() -> None:
            with self._lock:
                self._wakes.discard(wake)

        return cancel
