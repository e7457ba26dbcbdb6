"""Running a server: `serve` returns when it was told to stop.

Owns who may listen where, and puts the server together from the settings.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import sys
from collections.abc import Callable
from importlib.metadata import version

from signoff.core.ports import Ear, Hears, Store
from signoff.engine.clock import new_id, now_us
from signoff.gateway import connect
from signoff.gateway.liveness import Liveness, machine_id
from signoff.model.errors import ServiceUnavailable
from signoff.model.settings import Settings
from signoff.server.app import App, Parts, Wake
from signoff.server.identity import Gate
from signoff.server.included import IncludedWorker, scope_of
from signoff.server.lifetime import Server, bind, new_loop
from signoff.service.orchestrator import Orchestrator
from signoff.wire.endpoints import PREFIX

SWITCH_INTERVAL = 0.0005
"""Seconds a thread keeps the interpreter when another wants it (docs/decisions/0003): with Python's
own 5 ms, a request now and then waits that long for the thread that writes."""

Ready = Callable[[str, int], object]
"""Is told the URL of the API and the port when the server answers."""


def serve(
    settings: Settings,
    host: str | None = None,
    port: int | None = None,
    insecure: bool = False,
    on_ready: Ready | None = None,
    worker: bool = False,
) -> None:
    """Run a server until SIGTERM or SIGINT.

    Args:
        settings: database, home, credentials.
        host: address to listen on; that of the settings when not given.
        port: port, 0 for any free one; that of the settings when not given.
        insecure: listen beyond this machine without asking for credentials.
        on_ready: told the URL of the API and the port when the server answers.
        worker: bring a worker along for runs that were started on this machine by this user.

    Raises:
        ServiceUnavailable: it may not or cannot listen there.
        StoreError: the database cannot be used.
    """
    address = settings.server_api_host if host is None else host
    number = settings.server_api_port if port is None else port
    auth = settings.server_api_auth_string
    if auth is None and not insecure and not _is_loopback(address):
        raise ServiceUnavailable(
            f"Refusing to listen on {address} without credentials: whoever reaches it could answer "
            "and cancel runs. Set SIGNOFF_SERVER_API_AUTH_STRING to user:password, or say "
            "--insecure."
        )
    listening = bind(address, number)
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        store = connect.open_store(settings)
        try:
            with asyncio.Runner(loop_factory=new_loop) as runner:
                bound = int(listening.getsockname()[1])
                hosts = frozenset({address.lower()}) if _is_loopback(address) else None
                gate = Gate(auth, hosts)
                url = _url(address, bound)
                runner.run(_serve(settings, store, gate, listening, url, on_ready, worker))
        finally:
            store.close()
    finally:
        listening.close()


async def _serve(
    settings: Settings,
    store: Store,
    gate: Gate,
    listening: socket.socket,
    url: str,
    on_ready: Ready | None,
    worker: bool,
) -> None:
    ear = await asyncio.to_thread(store.ear, new_id().hex, Hears.ALL)
    app = App(_parts(settings, store, gate, ear, worker))
    server = Server(app, app.hang_up)
    app.begin()
    included: IncludedWorker | None = None
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    try:
        begun = asyncio.ensure_future(server.begun.wait())
        await asyncio.wait({begun, serving}, return_when=asyncio.FIRST_COMPLETED)
        if begun.done() and on_ready is not None:
            on_ready(url, int(listening.getsockname()[1]))
        if begun.done() and worker:
            included = IncludedWorker(settings, url)
        await serving
    finally:
        if included is not None:
            included.stop()
        server.stop()
        await app.close()


def _parts(settings: Settings, store: Store, gate: Gate, ear: Ear, worker: bool) -> Parts:
    host = machine_id(settings.home)
    judge = Liveness(settings.home / "run", host)

    def service(wake: Wake) -> Orchestrator:
        return connect.orchestrator(settings, store, judge, wake)

    return Parts(
        service=service,
        grouped=connect.is_sqlite(settings),
        wake=store.wake,
        gate=gate,
        worker=scope_of(settings) if worker else None,
        ear=ear,
        clock=now_us,
        new_id=new_id,
        lease=settings.process_lease_seconds,
        late_after=int(settings.server_services_late_runs_after_seconds * 1_000_000),
        version=version("signoff"),
        images=settings.ui_image_hosts,
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _url(host: str, port: int) -> str:
    """Where clients on this machine find the server."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}{PREFIX}"
