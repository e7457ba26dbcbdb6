"""A real Chromium for tests, and what keeps people from using a page, found by axe-core.

Owns starting the browser that the system has; it downloads none.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import missing

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
"""Without the network ones Chromium looks up its maker's hosts at every start."""
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def find_chromium() -> str | None:
    """The system's Chromium; None when it has none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    path = find_chromium()
    if path is None:
        missing.unavailable("Chromium", "install the system's package `chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


def violations(page: Page) -> list[str]:
    """What keeps people from using the page as it is shown now.

    The window is made as high as the page, so that where one has scrolled to plays no part.
    """
    width = page.evaluate("innerWidth")
    height = page.evaluate("Math.max(document.documentElement.scrollHeight, innerHeight)")
    page.set_viewport_size({"width": width, "height": height})
    found = Axe().run(page, options=_RULES).response["violations"]
    return [
        f"{each['id']} ({each['impact']}): {[node['target'] for node in each['nodes']]}"
        for each in found
    ]
