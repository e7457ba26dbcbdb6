"""A server with pages, and a browser to look at them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from signoff.gateway.http import HttpGateway
from tests.server.serving import Served, Servers, process
from tests.support.browser import chromium
from tests.support.processes import Spawner

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
"""How pages are looked at."""

Open = Callable[..., Page]

# A busy machine is no defect: conditions are waited for as long as elsewhere.
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a module: while it runs, nobody else may have an event loop."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running server, shared by the tests of a module."""
    home = Path(tempfile.mkdtemp(prefix="so-"))
    spawn = Spawner(tmp_path_factory.mktemp("site"))
    yield Servers(spawn, home).start()
    spawn.close()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def sqlite_servers(spawn_python: Spawner, signoff_home: Path) -> Servers:
    """Starts servers with settings of their own."""
    return Servers(spawn_python, signoff_home)


@pytest.fixture
def gateway(site: Served) -> Iterator[HttpGateway]:
    """A process whose flows ask questions."""
    made = HttpGateway(site.url, process())
    yield made
    made.close()


@pytest.fixture
def look(browser: Browser, site: Served) -> Iterator[Open]:
    """Opens pages, each in a browser of its own; what a page complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        path: str, name: str | None = "Ann", base: str | None = None, **options: Any
    ) -> Page:
        context = browser.new_context(**({"locale": "en-GB"} | options))
        contexts.append(context)
        base = base or f"http://127.0.0.1:{site.port}"
        if name is not None:
            context.add_cookies([{"name": "signoff_name", "value": name, "url": base}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
        )
        page.goto(base + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
