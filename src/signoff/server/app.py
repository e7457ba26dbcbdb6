"""The server put together: everything that one event loop needs to answer requests.

Owns what happens around a request: who else has to hear of it, what becomes due by it, and which
run must be started because of it. Must not know sockets or signals.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import parse_qs, quote
from uuid import UUID

from pydantic_core import to_json

from signoff.core.ports import DUE, Clock, Ear, NewId, Poke
from signoff.model.actors import Actor, Via
from signoff.model.bulk import BulkView
from signoff.model.claims import Claims, EndChildren, KeepAlive
from signoff.model.claims import Scope as RunScope
from signoff.model.commands import (
    Command,
    FinishRun,
    FinishTasks,
    NoteReentry,
    PollWait,
    RegisterProcess,
    Request,
    StartRun,
    StartTasks,
    TakeOutcome,
    WriteLogs,
)
from signoff.model.errors import InvalidRequest, SignoffException
from signoff.model.files import File, ReadFile
from signoff.model.queries import CountInbox
from signoff.model.replies import AnswerAccepted, EnteredRun, RunHandle, RunSignal, WaitOutcome
from signoff.model.saved_flows import SaveFlow
from signoff.model.starting import StartFlow
from signoff.model.values import dataclass
from signoff.server.api import Api, Sender
from signoff.server.asgi import (
    JSON,
    PRIVATE,
    Headers,
    Receive,
    Response,
    Scope,
    Send,
    gone,
    respond,
    start,
)
from signoff.server.desk import Desk, Service
from signoff.server.documents import Documents
from signoff.server.doorbells import Doorbells
from signoff.server.facts import Facts
from signoff.server.feed import HEARTBEAT, Feed
from signoff.server.following import Following
from signoff.server.front import Front
from signoff.server.hub import Hub
from signoff.server.identity import Gate
from signoff.server.leases import Leases
from signoff.server.progress import Progress
from signoff.server.services import Services, Swept
from signoff.server.timetable import PLANNING, Timetable
from signoff.server.webhooks import BELOW, Webhooks
from signoff.wire.endpoints import PREFIX
from signoff.wire.watching import Watch, WatchDue
from signoff.wire.yaml_flows import AnswerForm, ReadLanguage, ReadOutline, ValidateFlow

_QUIET = (
    FinishTasks,
    StartTasks,
    WriteLogs,
    PollWait,
    TakeOutcome,
    NoteReentry,
    RegisterProcess,
    KeepAlive,
)
"""Commands that change nothing another process waits for."""
_DEAF = 1.0
"""Seconds before listening is tried again after it failed."""
_SERVER = Actor("signoff", Via.SERVICE, None, True)


Wake = Callable[[Iterable[Poke]], None]
"""Tells waiting processes, after a commit."""

_logger = logging.getLogger("signoff.server")


class Sweeping(Service, Protocol):
    """The service, as the whole server uses it; `service.Orchestrator` is one."""

    def sweep(self) -> Swept: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a server is made of.

    Args:
        service: makes the service, given how to tell waiting processes after a commit.
        grouped: commands share commits (SQLite).
        wake: tells waiting processes that do not poll this server.
        gate: lets requests in.
        worker: which runs the worker takes that the server brings along; None without one.
        ear: hears of what other processes do to the same database.
        clock: the store's time, UTC microseconds since the epoch.
        new_id: makes identifiers.
        lease: how long a client process counts as alive without a sign of life, in seconds.
        late_after: how long a run may wait for a process before it is late, in microseconds.
        version: of Signoff.
        images: hosts whose images the pages show.
    """

    service: Callable[[Wake], Sweeping]
    grouped: bool
    wake: Wake
    gate: Gate
    worker: RunScope | None
    ear: Ear
    clock: Clock
    new_id: NewId
    lease: float
    late_after: int
    version: str
    images: tuple[str, ...] = ()


class App:
    """The ASGI application. Made and used on one event loop.

    Args:
        parts: what it is made of.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._service = parts.service(self._wake)
        self._desk = Desk(self._service, parts.grouped, 4 if parts.grouped else 8)
        self._leases = Leases(parts.lease / 10)
        self._hub = Hub(self._look)
        self._doorbells = Doorbells()
        self._feed = Feed(self._ask)
        self._documents = Documents(self._ask, self._now, self._desk.run, parts.new_id)
        self._following = Following(self._service, parts.clock, self._documents.parsed)
        webhooks = Webhooks(self._documents, self._now, self._desk.run, self._carry)
        timetable = Timetable(self._service, parts.late_after, self._following.sweep)
        self._services = Services(timetable.sweep, self._desk.run, parts.clock, self._feed.changed)
        open_to_all = {"/health": self._health}
        plain = {
            "/ready": self._ready,
            "/version": self._version,
            "/events": self._events,
            "/files/download": self._download,
        }
        self._api = Api(
            parts.gate,
            self._carry,
            self._poll,
            parts.new_id,
            open_to_all,
            plain,
            dict.fromkeys(BELOW, webhooks),
        )
        self._since = parts.clock()
        self._deaf: str | None = None
        self._front = Front(
            *(parts.gate, self._carry, self._desk.run, parts.clock, parts.version, self._facts),
            self._feed.newest,
            parts.images,
        )
        self._loops: list[asyncio.Task[None]] = []
        self._listener = threading.Thread(target=self._listen, name="server-ear", daemon=True)
        self._stopping = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["path"].startswith(f"{PREFIX}/"):
            return await self._api(scope, receive, send)
        await self._front(scope, receive, send)

    def begin(self) -> None:
        """Start the loops."""
        self._listener.start()
        self._loops.append(asyncio.ensure_future(self._services.work()))

    def hang_up(self) -> None:
        """End what stays open for long: polls and streams."""
        self._stopping.set()
        self._hub.end()
        self._doorbells.end()
        self._feed.end()
        for loop in self._loops:
            loop.cancel()

    async def close(self) -> None:
        """Finish the requests under way, and end the threads."""
        self.hang_up()
        self._parts.ear.interrupt()
        for loop in self._loops:
            with suppress(asyncio.CancelledError):
                await loop
        await asyncio.to_thread(self._desk.close)
        await asyncio.to_thread(self._listener.join)
        self._parts.ear.close()

    # Requests -----------------------------------------------------------------------------

    async def _carry(self, request: Request[Any], sender: Sender) -> Any:
        """Have a request carried out, and see to what follows from it."""
        if isinstance(request, ValidateFlow):
            return await self._documents.verdict(request)
        if isinstance(request, ReadLanguage):
            return await self._documents.language()
        if isinstance(request, ReadOutline):
            return await self._documents.outline(request)
        if isinstance(request, SaveFlow):
            request = await self._documents.read(request)
        elif isinstance(request, StartFlow):
            request = await self._documents.start(request)
        elif isinstance(request, AnswerForm):
            request = await self._documents.answer(request)
        reply = await self._desk.apply(request, sender.actor)
        if isinstance(request, Command) and not isinstance(request, _QUIET):
            reply = await self._follow_up(request, reply, sender)
        elif isinstance(request, WriteLogs):
            run_ids = {line.run_id for line in request.logs}
            self._hub.wrote(run_ids)
            self._feed.worked(run_ids)
        elif isinstance(request, FinishTasks | StartTasks):
            self._feed.worked({task.run_id for task in request.tasks})
        elif isinstance(request, RegisterProcess):
            self._services.due(self._parts.clock() + int(self._parts.lease * 1_000_000))
        return reply

    async def _ask(self, request: Request[Any]) -> Any:
        """Have a request of the server's own carried out."""
        return await self._desk.apply(request, _SERVER)

    def _now(self, request: Request[Any]) -> Any:
        """The same, on the thread that asks."""
        return self._service.apply(request, _SERVER)

    async def _follow_up(self, request: Command[Any], reply: Any, sender: Sender) -> Any:
        self._feed.changed()
        handle = reply.handle if isinstance(reply, EnteredRun) else reply
        run_id: UUID | None = getattr(handle, "run_id", None) or getattr(request, "run_id", None)
        if run_id is not None:
            if isinstance(request, StartRun) or isinstance(reply, EnteredRun):
                if sender.process_id is not None:
                    self._hub.begins(sender.process_id, run_id, handle.version)
            else:
                self._hub.changed({run_id: None}, by=sender.process_id)
                if isinstance(request, FinishRun) and sender.process_id is not None:
                    self._hub.ends(sender.process_id, run_id)
        if self._following.any or isinstance(request, PLANNING):
            self._services.due(self._parts.clock())
        if isinstance(reply, BulkView):
            # Whose runs they are is not known.
            self._hub.look_all()
        elif isinstance(reply, Claims):
            self._hub.changed({one.run_id: None for one in reply.runs}, by=sender.process_id)
        elif isinstance(request, EndChildren):
            self._hub.changed({one.run_id: None for one in request.ended}, by=sender.process_id)
        elif isinstance(reply, WaitOutcome) and reply.deadline is not None:
            self._services.due(reply.deadline)
        elif isinstance(reply, RunHandle) and reply.needs_entry:
            self._services.due(self._parts.clock())
        elif isinstance(reply, AnswerAccepted) and reply.needs_entry:
            where = reply.entry_record, reply.deployment
            if self._doorbells.takes(*where, self._parts.worker):
                return replace(reply, needs_entry=False)  # A claimer goes on with it already.
        return reply

    async def _poll(self, watch: Watch | WatchDue) -> tuple[RunSignal, ...] | bool:
        """A long poll: a sign of life of the process, and a wait for changes or due runs."""
        if self._leases.is_stale(watch.process.id):
            await self._desk.run(lambda: self._renew(watch))
        hold = min(max(watch.timeout, 0.0), self._parts.lease / 3)
        if isinstance(watch, WatchDue):
            return await self._doorbells.poll(watch, hold)
        return await self._hub.poll(watch, hold)

    def _renew(self, watch: Watch | WatchDue) -> None:
        if not self._service.renew(watch.process.id):
            self._service.apply(RegisterProcess(watch.process), _SERVER)
        self._leases.renewed(watch.process.id)

    async def _look(self, run_ids: tuple[UUID, ...]) -> tuple[RunSignal, ...]:
        return await self._desk.signals(run_ids)

    # What others do -----------------------------------------------------------------------

    def _wake(self, pokes: Iterable[Poke]) -> None:
        """After a commit, on whichever thread it was made."""
        told = tuple(pokes)
        self._hub.wake(told)
        if any(poke.address == DUE for poke in told):
            self._doorbells.ring()
        self._parts.wake(told)

    def _listen(self) -> None:
        """Hear of what other processes do, until the server ends."""
        while not self._stopping.is_set():
            try:
                heard = self._parts.ear.wait(60.0)
                self._deaf = None
            except SignoffException as error:
                self._deaf = str(error)
                _logger.warning("Cannot hear of other processes: %s", error)
                self._stopping.wait(_DEAF)
                heard = None
            if heard is None:
                self._hub.look_all()
            elif heard:
                self._hub.changed_elsewhere(heard)
            else:
                continue
            self._doorbells.ring()
            self._feed.look()
            self._services.look_soon()

    def _facts(self) -> Facts:
        """How the server is, as its own page says it."""
        database = "SQLite" if self._parts.grouped else "PostgreSQL"
        worker = self._parts.worker is not None
        return Facts(self._since, database, self._deaf, worker, self._feed.readers)

    # Paths that are in no table -----------------------------------------------------------

    async def _health(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        await respond(send, Response(200, b"true", (JSON, PRIVATE)))

    async def _ready(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        waiting: int = await self._desk.apply(CountInbox(), _SERVER)
        body = to_json({"status": "ready", "waiting": waiting})
        await respond(send, Response(200, body, (JSON, PRIVATE)))

    async def _version(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        await respond(send, Response(200, to_json(self._parts.version), (JSON, PRIVATE)))

    async def _download(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """A file as it is; never shown by a browser, for nobody has looked at what is in it."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        file: File = await self._ask(ReadFile((query.get("uri") or [""])[0]))
        named = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        kind = (b"content-type", b"application/octet-stream")
        saved = (b"content-disposition", named.encode())
        sniffed = (b"x-content-type-options", b"nosniff")
        await respond(send, Response(200, file.content, (kind, saved, sniffed, PRIVATE)))

    async def _events(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        after, run_id, works = _stream_of(scope, headers)
        clock = asyncio.get_running_loop().time
        progress = Progress(self._ask, run_id, clock, HEARTBEAT) if run_id and works else None
        stream = self._feed.stream(after, run_id, progress)
        first = await anext(stream)
        kind = (b"content-type", b"text/event-stream")
        await start(send, 200, (kind, PRIVATE, (b"x-accel-buffering", b"no")))
        hanging_up = asyncio.ensure_future(gone(receive))
        try:
            await send({"type": "http.response.body", "body": first, "more_body": True})
            while True:
                coming = asyncio.ensure_future(anext(stream, None))
                await asyncio.wait({coming, hanging_up}, return_when=asyncio.FIRST_COMPLETED)
                if hanging_up.done() or (part := await coming) is None:
                    coming.cancel()
                    break
                if part:
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            if not hanging_up.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            hanging_up.cancel()


def _stream_of(scope: Scope, headers: Headers) -> tuple[int | None, UUID | None, bool]:
    """Where a stream begins, of which run it is, and whether it tells of its log and tasks."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    after = headers.get(b"last-event-id") or (query.get("after") or [None])[0]
    run_id = (query.get("run_id") or query.get("flow_run_id") or [None])[0]
    try:
        begins = None if after is None else int(after)
        return begins, (None if run_id is None else UUID(run_id)), query.get("work") == ["1"]
    except ValueError:
        raise InvalidRequest(
            f"Field `after` must be the id of an event, and `run_id` that of a run; got "
            f"{after!r} and {run_id!r}."
        ) from None
