"""`make bench-pages`: the pages people use, beside the peer's, on a laptop and on a slow phone.

Owns what is measured of a page, and the goals. What is in the stores belongs to `sites`, how a page
is looked at to `browsing`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial

from playwright.sync_api import Browser

from bench import browsing, run, sites
from bench.browsing import DESKTOP, PHONE
from bench.figures import Failure, Figures, Goal, Line
from bench.measuring import Sides, attempt_all
from bench.sites import PAGES, Site, Way
from tests.support.browser import violations

PROFILES = (DESKTOP, PHONE)
TITLES = (
    ("sent", "kB"),
    ("requests", "requests"),
    *((f"{what}, {each.name}", "ms") for each in PROFILES for what in ("first paint", "ready")),
    ("rules of accessibility broken", "rules"),
    ("left alone", "requests/min"),
)
"""What is measured of a page, and in which unit."""
_ANY = {"rules of accessibility broken": 0.0, "left alone": 5.0, "ready, desktop": 400.0}
_LIGHT = {"sent": 15.0, "requests": 2.0, "ready, slow phone": 1000.0}
_FULL = {"sent": 80.0, "ready, slow phone": 1500.0}
GOALS: Mapping[str, Mapping[str, float]] = {
    page: _ANY | (_LIGHT if page == PAGES[0] else _FULL) for page in PAGES
}
MOST_STEPS, MOST_LATE = 2, 1000.0
"""Clicks to an approval, and milliseconds until another page shows it."""
_FLOOR = "a page of one line"
_LOOKS = 20.0
_SETTLED = 5000.0


def pages(sides: Sides) -> list[Line]:
    """Weight, readiness and idle traffic of every page; steps from home to an approval."""
    loads, few, seconds = (2, 1, 10.0) if sides.quick else (5, 2, 60.0)
    runs = sites.RUNS // 10 if sides.quick else sites.RUNS
    count = len(PAGES) * len(TITLES) + 3
    opened = partial(sites.signoff, sides.signoff, runs)
    mine = attempt_all(count, partial(_measured, opened, loads, seconds))
    peer = attempt_all(
        count, partial(_measured, partial(sites.prefect, sides.prefect), few, seconds)
    )
    floor = attempt_all(len(TITLES), partial(_plain, loads, seconds))
    lines = []
    for number in range(count - 3):
        page, (title, unit) = PAGES[number // len(TITLES)], TITLES[number % len(TITLES)]
        bound = GOALS[page].get(title)
        lines.append(
            Line(
                *(f"{page}: {title}", unit, mine[number], peer[number]),
                *(floor[number % len(TITLES)], _FLOOR),
                [] if bound is None else [Goal("p50", bound)],
            )
        )
    goal = [Goal("p50", MOST_STEPS)]
    one = Figures([1.0])
    return [
        *lines,
        Line("home to approved, clicks", "clicks", mine[-3], peer[-3], one, "one", goal),
        Line(
            *("approval shown on another open page", "ms", mine[-2], peer[-2]),
            *(Figures([_LOOKS]), "how often it is looked for", [Goal("p50", MOST_LATE)]),
        ),
        Line("home to approved, keys", "keys", mine[-1], None, one, "one", goal),
    ]


def _measured(
    opened: Callable[[], AbstractContextManager[Site]], loads: int, seconds: float
) -> tuple[Figures | Failure, ...]:
    with opened() as site, browsing.chromium() as browser:
        left = attempt_all(len(PAGES), lambda: _left_alone(browser, site, seconds))
        found: list[Figures | Failure] = []
        for (address, text), idle in zip(site.addresses.values(), left, strict=True):
            looked = partial(_looked, browser, address, text, loads)
            found += [*attempt_all(len(TITLES) - 1, looked), idle]
        found += attempt_all(2, lambda: _walked(browser, site, site.clicks))
        keys = site.keys
        none = (Failure("there are no keys for it"),)
        found += attempt_all(1, lambda: none if keys is None else _walked(browser, site, keys)[:1])
        return tuple(found)


def _plain(loads: int, seconds: float) -> tuple[Figures | Failure, ...]:
    with sites.one_line() as address, browsing.chromium() as browser:
        found = _looked(browser, address, "One line", loads)
        idle = browsing.idle(browser, {address: "One line"}, seconds / 10)
        return (*found, Figures([idle[address]]))


def _left_alone(browser: Browser, site: Site, seconds: float) -> tuple[Figures, ...]:
    counted = browsing.idle(browser, dict(site.addresses.values()), seconds)
    return tuple(Figures([value]) for value in counted.values())


def _looked(browser: Browser, address: str, text: str, loads: int) -> tuple[Figures, ...]:
    """Every figure of a page but the last one, in the order of the titles."""
    seen = {
        profile.name: [browsing.load(browser, address, text, profile) for _ in range(loads)]
        for profile in PROFILES
    }
    there = seen[DESKTOP.name]
    found = [
        Figures([each.kilobytes for each in there]),
        Figures([float(each.requests) for each in there]),
    ]
    for profile in PROFILES:
        found.append(Figures([each.paint for each in seen[profile.name]]))
        found.append(Figures([each.ready for each in seen[profile.name]]))
    with browsing.window(browser, DESKTOP) as page:
        page.goto(address)
        page.get_by_text(text).first.wait_for()
        found.append(Figures([float(len(violations(page)))]))
    return tuple(found)


def _walked(browser: Browser, site: Site, way: Way) -> tuple[Figures, Figures]:
    """Steps to an approval, of somebody who has decided before; and how soon others see it."""
    address, condition = site.watched
    with browsing.window(browser, DESKTOP) as other, browsing.window(browser, DESKTOP) as page:
        other.goto(address)
        other.wait_for_timeout(_SETTLED)
        seen = browsing.watch(other, condition)
        page.context.add_cookies([{"name": "signoff_name", "value": "Ann", "url": site.home}])
        page.goto(site.home)
        walk = way(page)
        return Figures([float(walk.steps)]), Figures([seen() - walk.at])


if __name__ == "__main__":
    sys.exit(run.main(sys.argv[1:], {"pages": pages}, "pages.json"))
