"""Pokes between processes of one machine: datagrams that say which run changed, and to what.

Owns the addresses (`unix:PATH`, `udp:PORT`), the sockets, and the payload. A lost poke is only
late, because every listener also looks by itself. What a poke says about the run is believed where
only its own user can send one (a unix socket in the home); one that came by UDP says only which
run to look at.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from signoff.core.hearing import note
from signoff.core.ports import DUE, SOME_RUN, Heard, Hears, Poke
from signoff.model.ids import uuid_of_bytes
from signoff.model.replies import RunSignal
from signoff.store import outcomes
from signoff.store.codes import HOLD, PHASE, SUSPEND, requests_of

LONGEST_PATH = 100
"""Bytes of a path that a unix socket can surely have; the limit is 104 or 108."""
PREFIXES = {Hears.OWN: "", Hears.DUE: "claimer-", Hears.ALL: "server-"}
"""How the names of mailboxes begin, by what is heard there."""
_SERVERS = ("server-",)
_CLAIMERS = ("server-", "claimer-")
_ID = 16
_STANDING = struct.Struct("!IIBB")
"""Version, entry, phase and hold, behind the id of the run; perhaps an outcome behind them."""
_SHORT = _ID + _STANDING.size
_LARGEST = 4096
_KNOCK = b"!"
"""What is shorter than an id comes from this process, to interrupt its own wait."""
_CROWD = 8
"""Datagrams found at once from which some may have been lost: ten are kept, as Linux is set up."""


class Sender:
    """Tells other processes, without ever waiting for them.

    Args:
        folder: where the sockets of processes are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pid = 0
        self._sockets: dict[int, socket.socket] = {}

    def send(self, pokes: Iterable[Poke]) -> None:
        """Send each poke to its address; `poll:` addresses go to every server of this home, and
        that a run may be due to every claimer."""
        if self._pid != os.getpid():
            # A forked child must not close or use what its parent has open.
            self._pid, self._sockets = os.getpid(), {}
        due = False
        for poke in pokes:
            if poke.address == DUE:
                due = True
                continue
            kind, _, place = poke.address.partition(":")
            payload = _written(poke)
            if kind == "unix":
                self._to_path(place, payload)
            elif kind == "udp":
                self._to_port(place, payload)
            else:
                self._to_all(_SERVERS, payload)
        if due:
            # Whoever hears it looks for himself: once is enough for all runs.
            self._to_all(_CLAIMERS, SOME_RUN.bytes)

    def close(self) -> None:
        """Give up the sockets."""
        sockets, self._sockets = self._sockets, {}
        for each in sockets.values():
            each.close()

    def _socket(self, family: int) -> socket.socket:
        """The socket of an address family. Several threads may send at the same time."""
        found = self._sockets.get(family)
        if found is None:
            made = socket.socket(family, socket.SOCK_DGRAM)
            made.setblocking(False)
            found = self._sockets.setdefault(family, made)
            if found is not made:
                made.close()
        return found

    def _to_path(self, path: str, payload: bytes) -> None:
        try:
            self._socket(socket.AF_UNIX).sendto(payload, path)
        except ConnectionRefusedError:
            # Its process died without tidying up; nobody will ever listen there again.
            with contextlib.suppress(OSError):
                os.unlink(path)
        except OSError:
            # Gone, or its buffer is full: it has enough to wake up for.
            return

    def _to_port(self, port: str, payload: bytes) -> None:
        with contextlib.suppress(OSError, ValueError, OverflowError):
            self._socket(socket.AF_INET).sendto(payload, ("127.0.0.1", int(port)))

    def _to_all(self, prefixes: tuple[str, ...], payload: bytes) -> None:
        for prefix in prefixes:
            for path in self._folder.glob(f"{prefix}*.sock"):
                self._to_path(str(path), payload)
            for path in self._folder.glob(f"{prefix}*.udp"):
                with contextlib.suppress(OSError):
                    self._to_port(path.read_text(encoding="ascii"), payload)


class Mailbox:
    """Where one process is poked.

    Args:
        folder: where the sockets of processes are; made when it is missing.
        name: name of this one, unique among them.

    Attributes:
        address: what others send to.
    """

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{name}.sock"
        self._note: Path | None = None
        if len(os.fsencode(path)) <= LONGEST_PATH:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._path: Path | None = path
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            self._socket.bind(str(path))
            self.address = f"unix:{path}"
        else:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._path = None
            self._socket.bind(("127.0.0.1", 0))
            port = self._socket.getsockname()[1]
            self.address = f"udp:{port}"
            # So that others find a server by looking into the folder, as they do with sockets.
            self._note = folder / f"{name}.udp"
            self._note.write_text(str(port), encoding="ascii")
        self._pid = os.getpid()
        # Whoever interrupts knocks where others poke: so there is one thing to wait for.
        self._knocker = socket.socket(self._socket.family, socket.SOCK_DGRAM)
        self._knocker.connect(self._socket.getsockname())
        self._knocker.setblocking(False)
        self.interrupted = False

    def wait(self, timeout: float) -> Heard:
        """The runs poked about, as soon as there are some; none after `timeout` seconds, or when
        interrupted (then `interrupted` is True until the next call)."""
        self.interrupted = False
        found: dict[UUID, RunSignal | None] = {}
        number, flags = 0, int(socket.MSG_DONTWAIT)
        if timeout > 0:
            # The limit is the socket's own, so that one system call waits and receives: a poke
            # finds a thread that has nothing else to do before it has the news.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _interval(timeout))
            flags = 0
        with contextlib.suppress(OSError):
            while True:
                payload = self._socket.recv(_LARGEST, flags)
                number, flags = number + 1, socket.MSG_DONTWAIT
                if len(payload) >= _ID:
                    signal = _read(payload) if self._path is not None else None
                    note(found, uuid_of_bytes(payload[:_ID]), signal)
                else:
                    self.interrupted = True
        if number >= _CROWD:
            # A word that takes an outcome back may be among the lost ones: whoever waits looks.
            for run_id in found:
                found[run_id] = None
        return found

    def interrupt(self) -> None:
        """Make a `wait` in another thread return at once, or the next one."""
        with contextlib.suppress(OSError):
            self._knocker.send(_KNOCK)

    def close(self) -> None:
        """Give up the socket, and its name unless a forked child does it for its parent."""
        self._knocker.close()
        self._socket.close()
        if self._pid == os.getpid():
            for path in (self._path, self._note):
                if path is not None:
                    with contextlib.suppress(OSError):
                        path.unlink()


def _interval(seconds: float) -> bytes:
    """A `struct timeval`; nothing at all would mean for ever."""
    whole = int(seconds)
    return struct.pack("ll", whole, max(int((seconds - whole) * 1_000_000), 1))


def _written(poke: Poke) -> bytes:
    signal = poke.signal
    if signal is None:
        return poke.run_id.bytes
    asked = requests_of(signal.hold, signal.suspend)
    standing = (signal.version, signal.entry, PHASE.number[signal.phase], asked)
    payload = poke.run_id.bytes + _STANDING.pack(*standing)
    outcome = b"" if signal.outcome is None else outcomes.write(signal.outcome)
    return payload + outcome if len(payload) + len(outcome) <= _LARGEST else payload


def _read(payload: bytes) -> RunSignal | None:
    """What a poke says about its run; None when it says nothing (that this version understands)."""
    if len(payload) < _SHORT:
        return None
    version, entry, phase, asked = _STANDING.unpack(payload[_ID:_SHORT])
    member = PHASE.member.get(phase)
    if member is None:
        return None
    outcome = None
    if len(payload) > _SHORT:
        outcome = outcomes.read(payload[_SHORT:], member, version)
        if outcome is None:
            return None
    flags = bool(asked & HOLD), bool(asked & SUSPEND)
    return RunSignal(uuid_of_bytes(payload[:_ID]), version, entry, member, *flags, outcome)
