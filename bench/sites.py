"""The two sides' pages: what is in their stores, where the pages are, and how one approves there.

Owns starting them and the ways through them. Must not know what is measured.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Locator, Page

from bench import filling
from bench.processes import Program, free_port
from bench.subjects import Subject, fresh_folder

RUNS, LINES = 10_000, 10_000
"""Waiting runs in the store, and lines in the log of the run whose page is looked at."""
THEIRS = 20
"""Waiting runs in the peer's store: its pages are measured with less to show."""
PAGES = ("page of a question", "inbox", "list of runs", "page of a run")


@dataclass(frozen=True, slots=True)
class Walk:
    """What a way to an approval took.

    Args:
        steps: clicks, or keys.
        at: when the last of them was made, in milliseconds since the epoch.
    """

    steps: int
    at: float


Way = Callable[[Page], Walk]


@dataclass(frozen=True, slots=True)
class Site:
    """Where one side's pages are.

    Args:
        addresses: of every page, each with the text that one comes for.
        home: where somebody begins who has something to approve.
        clicks: approves a run from there, and says how many clicks it took.
        keys: the same with the keyboard alone; None where there is no way.
        watched: another page, and the condition in JavaScript under which it shows the approval.
    """

    addresses: Mapping[str, tuple[str, str]]
    home: str
    clicks: Way
    keys: Way | None
    watched: tuple[str, str]


@contextmanager
def signoff(subject: Subject, runs: int) -> Iterator[Site]:
    """Signoff with so many waiting runs, and one that has written 10,000 log lines."""
    with fresh_folder() as folder:
        # A run whose process is gone keeps waiting, and so do its copies.
        with _talking(subject, folder, 1, 0):
            pass
        (copied,) = filling.fill(folder / "signoff.db", runs, 1)
        with (
            subject.server(folder, "--no-worker") as (_, url),
            _talking(subject, folder, 1, LINES, url) as (waiting, busy),
        ):
            base = url.removesuffix("/api")
            shown = (
                (f"{base}/runs/{waiting}/waits/ok", "Approve"),
                (f"{base}/", "Approve"),
                (f"{base}/runs", _name(url, copied)),
                (f"{base}/runs/{busy}", "of this task, as long as"),
            )
            addresses = dict(zip(PAGES, shown, strict=True))
            watched = (f"{base}/", "document.title !== benchTitle")
            yield Site(addresses, f"{base}/", _clicks_of_signoff, _keys_of_signoff, watched)


@contextmanager
def prefect(subject: Subject) -> Iterator[Site]:
    """Prefect with a few paused runs, and one that has written as many log lines."""
    port = free_port()
    # Its pages call the address that the server is told, whatever port it was given.
    told = {"PREFECT_SERVER_UI_API_URL": f"http://127.0.0.1:{port}/api"}
    subject = replace(subject, settings={**subject.settings, **told})
    with (
        fresh_folder() as folder,
        subject.server(folder, port=port) as (_, url),
        _talking(subject, folder, THEIRS, LINES, url) as (waiting, busy),
    ):
        base, name = f"{url.removesuffix('/api')}/v2", _name(url, waiting)
        shown = (
            (f"{base}/runs/flow-run/{waiting}", name),
            (f"{base}/dashboard", "Active Work Pools"),
            (f"{base}/runs", _name(url, busy)),
            (f"{base}/runs/flow-run/{busy}", "of this task, as long as"),
        )
        approve = partial(_clicks_of_prefect, url, waiting)
        watched = (shown[0][0], "document.body.textContent.includes('Completed')")
        addresses = dict(zip(PAGES, shown, strict=True))
        yield Site(addresses, f"{base}/dashboard", approve, None, watched)


@contextmanager
def one_line() -> Iterator[str]:
    """The floor: the address of a page of one line, from Python's own server."""

    class OneLine(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<!doctype html><title>x</title><link rel=icon href=data:,><p>One line</p>"
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), OneLine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _talking(
    subject: Subject, folder: Any, runs: int, lines: int, url: str | None = None
) -> Iterator[tuple[str, str]]:
    """A process whose runs wait: the ids of the first, and of the one with a log."""
    program: Program = subject.start("pages", runs, lines, folder=folder, api_url=url)
    try:
        ((waiting, busy),) = program.wait_for("runs")
        yield waiting[0], busy[0] if busy else ""
    finally:
        program.close()


def _read(url: str, run: str) -> Any:
    with urlopen(f"{url}/flow_runs/{run}") as answer:
        return json.load(answer)


def _name(url: str, run: str) -> str:
    name: str = _read(url, run)["name"]
    return name


# From home to approved ---------------------------------------------------------------------


def _clicked(targets: list[Callable[[], Locator]]) -> Walk:
    at = 0.0
    for target in targets:
        found = target()
        found.wait_for()
        at = time.time() * 1000
        found.click()
    return Walk(len(targets), at)


def _clicks_of_signoff(page: Page) -> Walk:
    walk = _clicked(
        [
            lambda: page.locator("[data-item]").nth(1),
            lambda: page.get_by_role("button", name="Approve"),
        ]
    )
    page.get_by_text("Answered:").wait_for()
    return walk


def _keys_of_signoff(page: Page) -> Walk:
    keys, at = ("a", "Enter"), 0.0
    for key in keys:
        at = time.time() * 1000
        page.keyboard.press(key)
    page.get_by_text("Answered:").wait_for()
    return Walk(len(keys), at)


def _clicks_of_prefect(url: str, run: str, page: Page) -> Walk:
    name = _name(url, run)
    dialog = page.get_by_role("dialog")
    walk = _clicked(
        [
            lambda: page.get_by_role("link", name="Runs", exact=True),
            lambda: page.get_by_role("link", name=name).first,
            lambda: page.get_by_role("button", name="Open menu"),
            lambda: page.get_by_role("menuitem", name="Resume"),
            lambda: dialog.get_by_role("switch"),
            lambda: dialog.get_by_role("button", name="Resume"),
        ]
    )
    page.get_by_text("Completed").first.wait_for()
    return walk
