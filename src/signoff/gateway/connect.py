"""Choosing the way to the service: in this process, or over HTTP.

The composition root of the embedded mode. Nothing is opened at import; the rooms below are loaded
when the first request needs them, so that `import signoff` stays light.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from signoff.gateway.settings import current_settings
from signoff.model.errors import SignoffException

if TYPE_CHECKING:
    from signoff.core.ports import Gateway, Poke, Store
    from signoff.gateway.liveness import Liveness
    from signoff.model.actors import Actor
    from signoff.model.forms import FieldError, Form
    from signoff.model.journal import Process
    from signoff.model.settings import Settings
    from signoff.service.orchestrator import Orchestrator

_logger = logging.getLogger("signoff.gateway")
_lock = threading.Lock()
_gateways: dict[tuple[int, str], Gateway] = {}
_latest: tuple[Settings, int, Gateway] | None = None
_installed: Gateway | None = None
_named: tuple[str, str] | None = None


def get_gateway() -> Gateway:
    """This process's gateway for the present settings.

    Raises:
        SettingsError: a setting is not allowed.
        StoreError: the database cannot be opened.
    """
    global _latest
    if _installed is not None:
        return _installed
    settings, pid = current_settings(), os.getpid()
    latest = _latest
    if latest is not None and latest[0] is settings and latest[1] == pid:
        return latest[2]
    with _lock:
        key = (pid, f"{settings.api_url} {settings.home} {settings.server_database_connection_url}")
        gateway = _gateways.get(key)
        if gateway is None:
            if not _gateways:
                atexit.register(_close_at_exit)
            gateway = _gateways[key] = _open(settings)
        _latest = (settings, pid, gateway)
    return gateway


@contextmanager
def using(gateway: Gateway) -> Iterator[None]:
    """Inside the block, this process reaches the service through `gateway`, whatever is set."""
    global _installed
    before, _installed = _installed, gateway
    try:
        yield
    finally:
        _installed = before


def begin_child(process_id: str, supervisor: str) -> None:
    """This process was started for a run; the next gateway it opens goes by these names.

    Args:
        process_id: how its supervisor knows it.
        supervisor: the process that claimed the run, and watches this one.
    """
    global _named
    _named = process_id, supervisor


def is_open() -> bool:
    """Whether this process has a way to the service open."""
    return bool(_gateways)


def close_gateways() -> None:
    """Put everything posted on record, and give up connections, threads and locks."""
    global _latest
    with _lock:
        _latest = None
        pid = os.getpid()
        gateways = [gateway for key, gateway in _gateways.items() if key[0] == pid]
        _gateways.clear()
    for gateway in gateways:
        gateway.close()


def _close_at_exit() -> None:
    """Nobody can handle an error any more: it is told, and the process ends as it was to end."""
    try:
        close_gateways()
    except SignoffException as error:
        _logger.error("What this process said last is not on record: %s", error)


def _open(settings: Settings) -> Gateway:
    if settings.api_url:
        return _http(settings)
    return _local(settings)


def _http(settings: Settings) -> Gateway:
    from signoff.gateway.http import HttpGateway

    process = _process(settings, lease=True)
    return HttpGateway(
        settings.api_url or "",
        process,
        settings.api_auth_string,
        settings.api_request_timeout,
        settings.client_max_retries,
        settings.process_lease_seconds,
    )


def _local(settings: Settings) -> Gateway:
    from signoff.gateway.liveness import Liveness, machine_id
    from signoff.gateway.local import LocalGateway

    store = open_store(settings)
    judge = Liveness(settings.home / "run", machine_id(settings.home))
    # A database that other machines share needs leases: a lock is seen on its own machine only.
    process = _process(settings, lease=not is_sqlite(settings))
    # Whoever has started a process for a run sweeps by itself; a crowd of them would do it over
    # and over, and each of them look at all the others.
    sweep = process.supervisor is None
    return LocalGateway(
        orchestrator(settings, store, judge), store, process, _actor(), judge, sweep
    )


def is_sqlite(settings: Settings) -> bool:
    """Whether the database is a SQLite file."""
    url = settings.server_database_connection_url
    return url is None or url.startswith("sqlite")


def open_store(settings: Settings) -> Store:
    """Open the database of the settings.

    Raises:
        StoreError: it cannot be opened; the message says what to do.
    """
    url = settings.server_database_connection_url
    if url is not None and not is_sqlite(settings):
        from signoff.store.postgres import open_postgres

        return open_postgres(url)
    from signoff.store.sqlite.store import open_sqlite

    return open_sqlite(url or f"sqlite:///{settings.home / 'signoff.db'}", home=settings.home)


def orchestrator(
    settings: Settings,
    store: Store,
    judge: Liveness,
    wake: Callable[[Iterable[Poke]], None] | None = None,
) -> Orchestrator:
    """The service over a store, for this process or for a server (which passes its own `wake`)."""
    from signoff.engine.clock import new_id, now_us
    from signoff.gateway.vault import FernetVault
    from signoff.service.orchestrator import Orchestrator

    return Orchestrator(
        store,
        now_us,
        new_id,
        judge,
        _check,
        FernetVault(settings.home, settings.secret_key),
        wake,
        lease=int(settings.process_lease_seconds * 1_000_000),
    )


def _check(form: Form, answer: Any) -> list[FieldError]:
    """Judge an answer. The validator is loaded with the first one: it costs 100 ms."""
    from signoff.core.forms.checking import check

    errors = check(form, answer)
    if errors or "x-depends-on" not in str(form.schema):
        return errors
    from signoff.core.depending import missing_dependents

    return missing_dependents(form, answer)


def _process(settings: Settings, lease: bool) -> Process:
    from signoff.engine.clock import new_id
    from signoff.engine.entry import os_user
    from signoff.gateway.liveness import machine_id
    from signoff.model.journal import Liveness, Process

    global _named
    (name, supervisor), _named = _named or (new_id().hex, None), None
    return Process(
        name,
        machine_id(settings.home),
        os.getpid(),
        os_user(),
        Liveness.LEASE if lease else Liveness.LOCK,
        None,
        supervisor,
    )


def _actor() -> Actor:
    import socket

    from signoff.engine.entry import os_user
    from signoff.model.actors import Actor, Via

    return Actor(os_user(), Via.PYTHON, socket.gethostname(), verified=True)
