"""A real Chromium for the bench: what a page weighs, and when somebody can use it.

Owns the profiles and the way of looking. Ready is when the content that was come for has been
painted and the last long task is over. Every load is the first one: a fresh browser profile, so an
empty cache. Bytes are what went over the wire, headers included.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, CDPSession, Error, Page, sync_playwright

from bench.processes import Broken
from tests.support.browser import FLAGS, find_chromium

QUIET = 1.0
"""Seconds without a long task after which none is expected to follow."""
LONGEST = 90.0
"""Seconds until a page counts as broken."""

_WATCH = """
window.benchContent = 0;
window.benchBusy = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries())
    window.benchBusy = Math.max(window.benchBusy, each.startTime + each.duration);
}).observe({ type: "longtask", buffered: true });
const look = () => {
  const shown = document.body && document.body.textContent.includes(%s);
  if (shown) window.benchContent = performance.now();
  else requestAnimationFrame(look);
};
look();
"""
_FOUND = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint ? paint.startTime : 0, window.benchContent, window.benchBusy, performance.now()];
}"""


@dataclass(frozen=True, slots=True)
class Profile:
    """Through what a page is looked at.

    Args:
        name: as the report says it.
        window: options of the browser's window.
        latency: milliseconds added to every request; None for an unthrottled network.
        rate: bytes per second, in both directions.
        slower: how many times the processor is slowed down.
    """

    name: str
    window: dict[str, Any]
    latency: float | None = None
    rate: float = -1
    slower: float = 1


DESKTOP = Profile("desktop", {"viewport": {"width": 1366, "height": 900}})
PHONE = Profile(
    "slow phone",
    {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    latency=150,
    rate=1.6e6 / 8,
    slower=4,
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """One load of a page.

    Args:
        kilobytes, requests: what it took until it was ready.
        paint, ready: milliseconds from the start.
    """

    kilobytes: float
    requests: int
    paint: float
    ready: float


@dataclass  # Playwright keeps attributes of its own on whoever listens.
class _Traffic:
    """Requests of a page, by the browser's own clock in seconds."""

    began: dict[str, float] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)

    def watch(self, session: CDPSession) -> None:
        """Listen to the browser."""
        session.on("Network.requestWillBeSent", self._begun)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _begun(self, said: dict[str, Any]) -> None:
        if not said["request"]["url"].startswith(("data:", "blob:")):
            self.began.setdefault(said["requestId"], said["timestamp"])

    def _finished(self, said: dict[str, Any]) -> None:
        self.sizes[said["requestId"]] = said["encodedDataLength"]

    def until(self, milliseconds: float) -> tuple[float, int]:
        """Kilobytes, and how many requests, of what was asked for until then."""
        start = min(self.began.values())
        meant = [one for one, at in self.began.items() if (at - start) * 1000 <= milliseconds]
        return sum(self.sizes.get(one, 0.0) for one in meant) / 1000, len(meant)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser.

    Raises:
        Broken: the system has none.
    """
    path = find_chromium()
    if path is None:
        raise Broken("there is no Chromium; install the system's package `chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser, profile: Profile) -> Iterator[Page]:
    """A window of a fresh browser.

    Raises:
        Broken: what is done in it does not come about.
    """
    context = browser.new_context(**profile.window, locale="en-GB")
    try:
        page = context.new_page()
        page.set_default_timeout(LONGEST * 1000)
        yield page
    except Error as error:
        raise Broken(f"in the browser: {str(error).splitlines()[0]}") from error
    finally:
        context.close()


def load(browser: Browser, url: str, content: str, profile: Profile) -> Loaded:
    """Open a page, and wait until somebody can use it.

    Args:
        browser: a running one.
        url: the page.
        content: the text that one has come for.
        profile: through what.

    Raises:
        Broken: the text never shows.
    """
    with window(browser, profile) as page:
        session = page.context.new_cdp_session(page)
        traffic = _Traffic()
        traffic.watch(session)
        _throttle(session, profile)
        page.add_init_script(_WATCH % json.dumps(content))
        page.goto(url, wait_until="commit")
        paint, ready = _ready(page, content)
        kilobytes, requests = traffic.until(ready)
        return Loaded(kilobytes, requests, paint, ready)


def _throttle(session: CDPSession, profile: Profile) -> None:
    if profile.latency is not None:
        conditions = {"offline": False, "latency": profile.latency}
        rates = {"downloadThroughput": profile.rate, "uploadThroughput": profile.rate}
        session.send("Network.emulateNetworkConditions", conditions | rates)
    if profile.slower != 1:
        session.send("Emulation.setCPUThrottlingRate", {"rate": profile.slower})


def _ready(page: Page, content: str) -> tuple[float, float]:
    """First paint, and when the page was ready, in milliseconds."""
    give_up = time.monotonic() + LONGEST
    while True:
        page.wait_for_timeout(100)
        paint, shown, busy, now = page.evaluate(_FOUND)
        ready = max(paint, shown, busy)
        if paint and shown and now - ready > QUIET * 1000:
            return paint, ready
        if time.monotonic() > give_up:
            raise Broken(f"{page.url} does not show {content!r} in {LONGEST:g} s")


def watch(page: Page, condition: str) -> Callable[[], float]:
    """Have a page note when a condition in JavaScript comes true.

    Returns:
        Waits for it, and gives the moment in milliseconds since the epoch.
    """
    page.evaluate(
        f"""() => {{
          window.benchTitle = document.title;
          window.benchSeen = 0;
          const each = setInterval(() => {{
            if (!({condition})) return;
            window.benchSeen = Date.now();
            clearInterval(each);
          }}, 20);
        }}"""
    )

    def seen() -> float:
        page.wait_for_function("() => window.benchSeen")
        at: float = page.evaluate("() => window.benchSeen")
        return at

    return seen


def idle(browser: Browser, pages: dict[str, str], seconds: float) -> dict[str, float]:
    """Requests a minute of pages that are open and left alone.

    Args:
        browser: a running one.
        pages: what to wait for, by address; all are open at the same time.
        seconds: how long to watch.
    """
    counted = dict.fromkeys(pages, 0)
    contexts = [browser.new_context(**DESKTOP.window) for _ in pages]
    try:
        for context, (url, content) in zip(contexts, pages.items(), strict=True):
            page = context.new_page()
            page.set_default_timeout(LONGEST * 1000)
            page.goto(url, wait_until="commit")
            page.get_by_text(content).first.wait_for(timeout=LONGEST * 1000)
            page.wait_for_timeout(3_000)
            page.on("request", _counter(counted, url))
        # Playwright tells of what happens only while it is waited for something.
        contexts[0].pages[0].wait_for_timeout(seconds * 1000)
    except Error as error:
        raise Broken(f"in the browser: {str(error).splitlines()[0]}") from error
    finally:
        for context in contexts:
            context.close()
    return {url: 60 * count / seconds for url, count in counted.items()}


def _counter(counted: dict[str, int], url: str) -> Callable[[Any], None]:
    def count(_: Any) -> None:
        counted[url] += 1

    return count
