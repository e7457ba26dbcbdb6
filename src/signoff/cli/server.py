"""`signoff server start | stop | status`."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from signoff.cli.display import Format, Output, clean, note, print_json, print_table
from signoff.cli.serverfile import Running, announced, running_servers
from signoff.model.errors import ServiceUnavailable

if TYPE_CHECKING:
    from signoff.model.settings import Settings

app = typer.Typer(help="Start, stop and look at the server.", rich_markup_mode=None)

_PATIENCE = 30.0
"""Seconds that a server may take to start or to stop."""
_PAUSE = 0.02


@app.command()
def start(
    host: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Address; SIGNOFF_SERVER_API_HOST when not given."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER",
            help="Port, 0 for any free one; SIGNOFF_SERVER_API_PORT when not given.",
            min=0,
            max=65535,
        ),
    ] = None,
    insecure: Annotated[
        bool,
        typer.Option(
            "--insecure",
            help="Listen beyond this machine without SIGNOFF_SERVER_API_AUTH_STRING.",
        ),
    ] = False,
    worker: Annotated[
        bool,
        typer.Option(
            "--worker/--no-worker",
            help="Bring a worker along, so that runs of this machine and user go on by themselves.",
        ),
    ] = True,
    background: Annotated[
        bool, typer.Option("--background", "-b", help="Return when it is ready; it goes on.")
    ] = False,
) -> None:
    """Start a server in the foreground; Ctrl+C stops it."""
    from signoff.gateway.settings import current_settings

    settings = current_settings()
    address = host or settings.server_api_host
    number = settings.server_api_port if port is None else port
    for each in running_servers(settings.home):
        if each.port == number:
            raise ServiceUnavailable(
                f"A server already runs on port {number} (process {each.pid}, {each.url}). Stop "
                f"it with `signoff server stop --port {number}`, or give another --port."
            )
    if background:
        _in_background(settings, address, number, insecure, worker)
    else:
        _in_foreground(settings, address, number, insecure, worker)


def _in_foreground(settings: Settings, host: str, port: int, insecure: bool, worker: bool) -> None:
    from contextlib import ExitStack

    # What is loaded now stays; looking through it for garbage, again and again while it grows, took
    # a fifth of the time until the server answers.
    gc.disable()
    from signoff.server.run import serve

    with ExitStack() as until_stopped:

        def ready(url: str, bound: int) -> None:
            gc.freeze()
            gc.enable()
            running = Running(os.getpid(), bound, url)
            until_stopped.enter_context(announced(settings.home, running))
            print(f"Signoff serves {url} (Ctrl+C stops it)", flush=True)

        serve(settings, host=host, port=port, insecure=insecure, on_ready=ready, worker=worker)


def _in_background(settings: Settings, host: str, port: int, insecure: bool, worker: bool) -> None:
    log = settings.home / "logs" / "server.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    before = {each.pid for each in running_servers(settings.home)}
    words = ["server", "start", "--host", host, "--port", str(port)]
    words += ["--insecure"] if insecure else []
    words += [] if worker else ["--no-worker"]
    begun = log.stat().st_size if log.exists() else 0
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "signoff", *words],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    end = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < end:
        for each in running_servers(settings.home):
            if each.pid == process.pid and each.pid not in before:
                print(f"Signoff serves {each.url} (process {each.pid}, log {log})")
                return
        time.sleep(_PAUSE)
    process.terminate()
    raise ServiceUnavailable(_why(log, begun))


def _why(log: Path, begun: int) -> str:
    """What a server that did not start said last."""
    said = log.read_bytes()[begun:].decode(errors="replace").strip().splitlines()
    last = said[-1].removeprefix("Error: ") if said else "it said nothing"
    return f"The server did not start: {last} (log: {log})"


@app.command()
def stop(
    port: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", help="Port, when several run.", min=1, max=65535),
    ] = None,
) -> None:
    """Stop a server of this machine and home; requests under way are finished."""
    from signoff.gateway.settings import current_settings

    servers = running_servers(current_settings().home)
    meant = [each for each in servers if port is None or each.port == port]
    if not meant:
        where = "" if port is None else f" on port {port}"
        raise ServiceUnavailable(f"No server of {current_settings().home} runs{where}.")
    if len(meant) > 1:
        ports = ", ".join(str(each.port) for each in meant)
        raise ServiceUnavailable(f"Several servers run; say which with --port: {ports}.")
    server = meant[0]
    os.kill(server.pid, signal.SIGTERM)
    end = time.monotonic() + _PATIENCE
    while server in running_servers(current_settings().home):
        if time.monotonic() > end:
            raise ServiceUnavailable(
                f"The server on port {server.port} (process {server.pid}) has not stopped after "
                f"{_PATIENCE:g} seconds; it may still be answering requests."
            )
        time.sleep(_PAUSE)
    print(f"Stopped the server on port {server.port} (process {server.pid}).")


@app.command()
def status(output: Output = Format.TABLE) -> None:
    """Show the server in use and those that run on this machine. Exit code 1: none is ready."""
    from signoff.gateway.settings import current_settings

    settings = current_settings()
    local = {each.url: each.pid for each in running_servers(settings.home)}
    urls = [*([settings.api_url] if settings.api_url else []), *local]
    shown = [
        {
            "url": url,
            "pid": local.get(url),
            "ready": _is_ready(url, settings.api_request_timeout),
            "in_use": url == settings.api_url,
        }
        for url in dict.fromkeys(urls)
    ]
    if output is Format.JSON:
        print_json(shown)
    elif not shown:
        note(
            f"No server runs on {settings.home}, and SIGNOFF_API_URL is not set: runs are kept in "
            "the database of the home."
        )
    else:
        rows = [
            [
                clean(each["url"]),
                str(each["pid"] or "-"),
                "ready" if each["ready"] else "does not answer",
                "yes" if each["in_use"] else "no",
            ]
            for each in shown
        ]
        print_table(("URL", "Process", "Status", "In use"), rows)
    if not any(each["ready"] for each in shown):
        raise typer.Exit(1)


def _is_ready(url: str, timeout: float) -> bool:
    from urllib.request import urlopen

    try:
        with urlopen(f"{url}/ready", timeout=min(timeout, 5.0)) as reply:
            return bool(reply.status == 200)
    except (OSError, ValueError):
        return False
