"""Whether a process lives, told without asking it.

Owns the lock files under `SIGNOFF_HOME/run`: a process holds one for life, and the kernel frees it
at death, however the process died. Must not know what a process works on.
"""

from __future__ import annotations

import fcntl
import os
import socket
import uuid
import weakref
from contextlib import suppress
from pathlib import Path

from signoff.core.ports import Owner
from signoff.model import journal

_MACHINE_ID_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_LOCK, _SOCKET = ".lock", ".sock"


def machine_id(home: Path, files: tuple[Path, ...] = _MACHINE_ID_FILES) -> str:
    """A name of this machine that survives restarts.

    Args:
        home: where one is made and kept when the operating system has none.
        files: where operating systems keep it.
    """
    for path in files:
        with suppress(OSError):
            text = path.read_text(encoding="ascii").strip()
            if text:
                return text
    kept = home / "machine-id"
    with suppress(FileExistsError):
        home.mkdir(parents=True, exist_ok=True)
        # Written whole before it can be read: two processes may come here at once.
        fresh = home / f"machine-id.{uuid.uuid4().hex}"
        fresh.write_text(uuid.uuid4().hex, encoding="ascii")
        try:
            os.link(fresh, kept)
        finally:
            fresh.unlink()
    return kept.read_text(encoding="ascii").strip()


class Liveness:
    """Holds this process's lock, and judges other processes.

    Args:
        folder: where the lock files are: `SIGNOFF_HOME/run`.
        host: the id of this machine.
    """

    def __init__(self, folder: Path, host: str) -> None:
        self._folder = folder
        self._host = host
        self._held: dict[str, int] = {}
        _all.add(self)

    def hold(self, process_id: str) -> None:
        """Hold the lock of this process until `release`, or until the process dies."""
        if process_id in self._held:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(process_id)
        while True:
            number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            # Only somebody who judges or tidies can hold it, and only for a moment.
            fcntl.flock(number, fcntl.LOCK_EX)
            if _is_at(number, path):
                break
            os.close(number)
        self._held[process_id] = number

    def release(self) -> None:
        """Give the locks back: this process no longer works on anything."""
        for process_id, number in list(self._held.items()):
            self._path(process_id).unlink(missing_ok=True)
            del self._held[process_id]
            os.close(number)

    def __call__(self, owner: Owner, now: int) -> bool:
        """Whether the process lives.

        Args:
            owner: the process.
            now: UTC microseconds since the epoch.

        A process on another machine that holds a lock there cannot be judged here, and is believed
        to live.
        """
        process = owner.process
        if process.liveness is journal.Liveness.LEASE:
            return owner.lease_until is not None and owner.lease_until > now
        if process.host != self._host or process.id in self._held:
            return True
        return self._is_locked(self._path(process.id))

    def tidy(self) -> None:
        """Remove what dead processes of this machine left behind: lock files and sockets."""
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(_LOCK):
                    if entry.name.removesuffix(_LOCK) not in self._held:
                        _bury(Path(entry.path))
                elif entry.name.endswith(_SOCKET) and not _is_heard(entry.path):
                    Path(entry.path).unlink(missing_ok=True)

    def _is_locked(self, path: Path) -> bool:
        try:
            number = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        except PermissionError:
            # Another user's process: not ours to judge.
            return True
        try:
            # Shared, so that two who judge at once do not take each other for the owner.
            fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(number)
        return False

    def _path(self, process_id: str) -> Path:
        return self._folder / f"{process_id}{_LOCK}"

    def _forked(self) -> None:
        """In a forked child: the lock is the parent's, and must end with the parent alone."""
        held, self._held = self._held, {}
        for number in held.values():
            # Closing a copy frees nothing while the parent has it open.
            os.close(number)


def _bury(lock: Path) -> None:
    """Remove a lock file that nobody holds."""
    try:
        number = os.open(lock, os.O_RDWR)
    except OSError:
        return
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Its process may have begun anew under the same name since the file was opened.
        if _is_at(number, lock):
            lock.unlink()
    except BlockingIOError:
        return
    finally:
        os.close(number)


def _is_heard(path: str) -> bool:
    """Whether a process still listens at a datagram socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
    return True


def _is_at(number: int, path: Path) -> bool:
    """Whether an open file is still the one at this path."""
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(number), there)


_all: weakref.WeakSet[Liveness] = weakref.WeakSet()


def _forked() -> None:
    for liveness in list(_all):
        liveness._forked()


os.register_at_fork(after_in_child=_forked)
