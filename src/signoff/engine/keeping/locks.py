"""Locks by which one key is computed once: the documented lock managers.

Owns taking and giving up locks among the threads of a process and, through files, among the
processes of a machine. Must not know what is locked.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from urllib.parse import quote

from signoff.core.fingerprint import digest

PAUSE, LONGEST_PAUSE = 0.002, 0.05
"""Seconds between two tries to take a file's lock within a time limit; the pause grows."""


@runtime_checkable
class LockManager(Protocol):
    """What anything that hands out locks has to offer.

    A lock is taken under a key by a holder, any text; a holder that has the lock gets it again.
    """

    def acquire_lock(
        self,
        key: str,
        holder: str,
        acquire_timeout: float | None = None,
        hold_timeout: float | None = None,
    ) -> bool:
        """Take the lock, waiting at most `acquire_timeout` seconds; it is given up by itself
        after `hold_timeout` seconds. Returns whether it was taken."""

    async def aacquire_lock(
        self,
        key: str,
        holder: str,
        acquire_timeout: float | None = None,
        hold_timeout: float | None = None,
    ) -> bool:
        """Like `acquire_lock`, for asynchronous code."""

    def release_lock(self, key: str, holder: str) -> None:
        """Give the lock up. Raises `ValueError` when the holder does not have it."""

    def is_locked(self, key: str) -> bool:
        """Whether anybody has the lock."""

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Whether this holder has the lock."""

    def wait_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Wait until nobody has the lock, at most `timeout` seconds; whether that is so."""

    async def await_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Like `wait_for_lock`, for asynchronous code."""


class _Asynchronous:
    """The asynchronous faces, made from the blocking ones."""

    async def aacquire_lock(
        self: Any,
        key: str,
        holder: str,
        acquire_timeout: float | None = None,
        hold_timeout: float | None = None,
    ) -> bool:
        """Like `acquire_lock`, for asynchronous code."""
        return bool(
            await asyncio.to_thread(self.acquire_lock, key, holder, acquire_timeout, hold_timeout)
        )

    async def await_for_lock(self: Any, key: str, timeout: float | None = None) -> bool:
        """Like `wait_for_lock`, for asynchronous code."""
        return bool(await asyncio.to_thread(self.wait_for_lock, key, timeout))


def _not_held(key: str, holder: str) -> ValueError:
    return ValueError(f"No lock held by {holder} for transaction with key {key}")


def _alarm(seconds: float | None, call: Any, *args: Any) -> threading.Timer | None:
    """Call later, when there is a limit."""
    if seconds is None:
        return None
    timer = threading.Timer(seconds, call, args)
    timer.daemon = True
    timer.start()
    return timer


class MemoryLockManager(_Asynchronous):
    """Locks among the threads of this process. There is one manager per process."""

    _only: MemoryLockManager | None = None
    _making = threading.Lock()

    def __new__(cls) -> MemoryLockManager:
        with cls._making:
            if cls._only is None:
                made = super().__new__(cls)
                made._holders = {}
                made._changed = threading.Condition()
                cls._only = made
            return cls._only

    _holders: dict[str, tuple[str, threading.Timer | None]]
    _changed: threading.Condition

    def acquire_lock(
        self,
        key: str,
        holder: str,
        acquire_timeout: float | None = None,
        hold_timeout: float | None = None,
    ) -> bool:
        """Take the lock: see `LockManager`."""
        with self._changed:
            if self.is_lock_holder(key, holder):
                return True
            if not self._changed.wait_for(lambda: key not in self._holders, acquire_timeout):
                return False
            alarm = _alarm(hold_timeout, self._expire, key, holder)
            self._holders[key] = (holder, alarm)
            return True

    def release_lock(self, key: str, holder: str) -> None:
        """Give the lock up: see `LockManager`."""
        with self._changed:
            if not self.is_lock_holder(key, holder):
                raise _not_held(key, holder)
            _, alarm = self._holders.pop(key)
            if alarm is not None:
                alarm.cancel()
            self._changed.notify_all()

    def _expire(self, key: str, holder: str) -> None:
        with contextlib.suppress(ValueError):
            self.release_lock(key, holder)

    def is_locked(self, key: str) -> bool:
        """Whether anybody has the lock."""
        return key in self._holders

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Whether this holder has the lock."""
        found = self._holders.get(key)
        return found is not None and found[0] == holder

    def wait_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Wait until nobody has the lock: see `LockManager`."""
        with self._changed:
            return self._changed.wait_for(lambda: key not in self._holders, timeout)

    def __reduce__(self) -> Any:
        return MemoryLockManager, ()


@dataclass(frozen=True, slots=True)
class _Held:
    descriptor: int
    holder: str
    alarm: threading.Timer | None


class FileSystemLockManager(_Asynchronous):
    """Locks among the processes of a machine.

    A lock is the operating system's lock on a file, so that of a process that died is free at
    once.

    Args:
        lock_files_directory: folder of the files, made when it is missing.
    """

    def __init__(self, lock_files_directory: Path | str) -> None:
        self.lock_files_directory = Path(lock_files_directory).expanduser().resolve()
        self._held: dict[str, _Held] = {}
        self._guard = threading.RLock()

    def acquire_lock(
        self,
        key: str,
        holder: str,
        acquire_timeout: float | None = None,
        hold_timeout: float | None = None,
    ) -> bool:
        """Take the lock: see `LockManager`."""
        if self._is_ours(key, holder):
            return True
        self.lock_files_directory.mkdir(parents=True, exist_ok=True)
        until = None if acquire_timeout is None else time.monotonic() + acquire_timeout
        pause = PAUSE
        while True:
            descriptor = self._locked(key, blocking=until is None)
            if descriptor is not None:
                break
            left = LONGEST_PAUSE if until is None else until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(pause * 2, LONGEST_PAUSE)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.encode(), 0)
        with self._guard:
            alarm = _alarm(hold_timeout, self._expire, key, holder)
            self._held[key] = _Held(descriptor, holder, alarm)
        return True

    def _locked(self, key: str, blocking: bool) -> int | None:
        """The descriptor of the key's file, locked by it; None when somebody else has the lock."""
        path = self._path(key)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if blocking else fcntl.LOCK_NB))
            # Whoever had the lock takes the file away before giving it up: it may be gone by now.
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except (BlockingIOError, FileNotFoundError):
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None

    def release_lock(self, key: str, holder: str) -> None:
        """Give the lock up: see `LockManager`."""
        with self._guard:
            if not self._is_ours(key, holder):
                raise _not_held(key, holder)
            held = self._held.pop(key)
            if held.alarm is not None:
                held.alarm.cancel()
            self._path(key).unlink(missing_ok=True)
            os.close(held.descriptor)

    def _expire(self, key: str, holder: str) -> None:
        with contextlib.suppress(ValueError):
            self.release_lock(key, holder)

    def _is_ours(self, key: str, holder: str) -> bool:
        held = self._held.get(key)
        return held is not None and held.holder == holder

    def is_locked(self, key: str) -> bool:
        """Whether anybody has the lock."""
        return self._present_holder(key) is not None

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Whether this holder has the lock."""
        return self._present_holder(key) == holder

    def _present_holder(self, key: str) -> str | None:
        """Who has the lock; "" for somebody who has only just taken it."""
        try:
            descriptor = os.open(self._path(key), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return os.pread(descriptor, 4096, 0).decode()
        finally:
            os.close(descriptor)
        return None

    def wait_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Wait until nobody has the lock: see `LockManager`."""
        until = None if timeout is None else time.monotonic() + timeout
        pause = PAUSE
        while self.is_locked(key):
            left = LONGEST_PAUSE if until is None else until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(pause * 2, LONGEST_PAUSE)
        return True

    def _path(self, key: str) -> Path:
        name = quote(key, safe="")
        if len(name) > 200:
            name = f"{name[:150]}-{digest(key.encode(), 16)}"
        return self.lock_files_directory / f"{name}.lock"

    def __reduce__(self) -> Any:
        return FileSystemLockManager, (self.lock_files_directory,)
