"""Time limits that do not tick while the run waits for a person.

Owns how long user code may still run, and how a synchronous function is interrupted: by a signal
in the main thread, by an asynchronous exception in any other (which takes effect at the next
Python instruction, not inside a blocking C call). One thread per process keeps the time, started
on first use.
"""

from __future__ import annotations

import heapq
import importlib
import itertools
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any


class TimedOut(BaseException):
    """User code took longer than its limit. Not an `Exception`: user code must not swallow it."""


class Countdown:
    """The time that is left, stopped while `pause` calls outnumber `resume` calls.

    Args:
        seconds: the limit.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = seconds
        self._since: float | None = None
        self._stops = 0
        self._lock = threading.RLock()
        self._changed: Callable[[float | None], None] | None = None
        self.expired = False

    @property
    def ticks(self) -> bool:
        """Whether time is running out."""
        return self._since is not None

    def start(self, changed: Callable[[float | None], None]) -> None:
        """Begin to tick. `changed` is told the seconds left now, or None when it stops."""
        with self._lock:
            self._changed = changed
            if self._stops == 0:
                self._run()

    def finish(self) -> None:
        """Stop for good."""
        with self._lock:
            self._halt()
            self._changed = None

    def pause(self) -> None:
        with self._lock:
            self._stops += 1
            if self._stops == 1:
                self._halt()

    def resume(self) -> None:
        with self._lock:
            self._stops -= 1
            if self._stops == 0 and self._changed is not None:
                self._run()

    def _run(self) -> None:
        self._since = time.monotonic()
        if self._changed is not None:
            self._changed(max(self._left, 0.0))

    def _halt(self) -> None:
        if self._since is not None:
            self._left -= time.monotonic() - self._since
            self._since = None
        if self._changed is not None:
            self._changed(None)


class _Timekeeper:
    """One thread that calls functions at moments."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._dead: set[int] = set()
        self._numbers = itertools.count()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None

    def at(self, seconds: float, call: Callable[[], None]) -> int:
        with self._wake:
            number = next(self._numbers)
            heapq.heappush(self._queue, (time.monotonic() + seconds, number, call))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._keep, name="signoff-timekeeper", daemon=True
                )
                self._thread.start()
            self._wake.notify()
        return number

    def drop(self, number: int) -> None:
        with self._wake:
            self._dead.add(number)
            if len(self._dead) > 64 and len(self._dead) * 2 > len(self._queue):
                # Limits far in the future must not pile up behind calls that are long over.
                self._queue = [item for item in self._queue if item[1] not in self._dead]
                heapq.heapify(self._queue)
                self._dead.clear()

    def _keep(self) -> None:
        while True:
            with self._wake:
                while not self._queue:
                    self._wake.wait()
                moment, number, call = self._queue[0]
                left = moment - time.monotonic()
                if left > 0 and number not in self._dead:
                    self._wake.wait(left)
                    continue
                heapq.heappop(self._queue)
                if number in self._dead:
                    self._dead.discard(number)
                    continue
            call()


_timekeeper = _Timekeeper()


class Interrupter:
    """Raises `TimedOut` in the thread that runs user code when its countdown reaches zero."""

    def __init__(self, countdown: Countdown) -> None:
        self._countdown = countdown
        self._thread = threading.get_ident()
        self._main = threading.current_thread() is threading.main_thread()
        self._lock = threading.Lock()
        self._number: int | None = None
        self._active = False
        self._before: Any = None

    def __enter__(self) -> Interrupter:
        if self._main:
            self._before = signal.signal(signal.SIGALRM, self._on_alarm)
        self._active = True
        self._countdown.start(self._changed)
        return self

    def __exit__(self, *_: object) -> None:
        self._countdown.finish()
        with self._lock:
            self._active = False
        if self._main:
            signal.signal(signal.SIGALRM, self._before)
        elif self._countdown.expired:
            # An exception still on its way would hit code that has nothing to do with this call.
            _raise_in(self._thread, None)

    def _changed(self, left: float | None) -> None:
        with self._lock:
            if self._number is not None:
                _timekeeper.drop(self._number)
                self._number = None
            if left is not None:
                self._number = _timekeeper.at(left, self._expire)

    def _expire(self) -> None:
        with self._lock:
            if not self._active:
                return
            self._number = None
            self._countdown.expired = True
            if self._main:
                signal.pthread_kill(self._thread, signal.SIGALRM)
            else:
                _raise_in(self._thread, TimedOut)

    def _on_alarm(self, number: int, frame: FrameType | None) -> None:
        if self._countdown.expired and self._active:
            self._active = False
            raise TimedOut
        if callable(self._before):
            self._before(number, frame)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    # Loaded on first use: few limits run out.
    ctypes = importlib.import_module("ctypes")
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(error) if error else None
    )
