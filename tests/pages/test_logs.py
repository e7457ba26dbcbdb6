"""The log on the page of a run: long ones, new lines, one line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from signoff.engine.clock import new_id
from signoff.gateway.http import HttpGateway
from signoff.model.commands import WriteLogs
from signoff.model.journal import LogLine
from signoff.server.pages.runs.logs import PAGE, pieces
from tests.pages.conftest import LOOKS, Open
from tests.pages.runs import Worked
from tests.server.serving import Served, call
from tests.support.browser import violations

MANY = 10_000
AT_END = """() => {
  const log = document.querySelector("ol.log");
  return log.scrollTop > 0 && log.scrollTop + log.clientHeight >= log.scrollHeight - 2;
}"""
PLACES = re.compile(r'data-place="([^"]+)"')


def write(run: Worked, count: int, apart: int = 1, first: int = 0) -> None:
    """Lines with `apart` microseconds between them."""
    lines = [
        LogLine(new_id(), run.id, None, 20, "x", f"line {first + n}", run.began + n * apart)
        for n in range(count)
    ]
    for start in range(0, count, 2_000):
        run.gateway.send(WriteLogs(tuple(lines[start : start + 2_000])))


def walk(site: Served, run: Worked, word: str, query: str = "") -> list[str]:
    """The places of all lines, page by page in one direction."""
    found: list[str] = []
    while True:
        status, body, _ = call(site, "GET", f"/runs/{run.id}{query}")
        assert status == 200
        text = body.decode()
        places = PLACES.findall(text)
        found = [*places, *found] if word == "Earlier" else [*found, *places]
        match = re.search(rf'href="/runs/[^"?]+(\?[^"]+)#log">{word} lines', text)
        if match is None:
            return found
        query = match[1].replace("&amp;", "&")


@pytest.mark.parametrize("apart", [1, 0])
def test_every_line_is_on_one_page(site: Served, gateway: HttpGateway, apart: int) -> None:
    run = Worked(gateway)
    count = 1_000 if apart else 3 * PAGE + 7
    write(run, count, apart)
    back = walk(site, run, "Earlier")
    assert len(back) == len(set(back)) == count
    assert back == sorted(back, key=lambda place: (int(place.split("-")[0]), place))
    forth = walk(site, run, "Later", "?after=0-" + "0" * 32)
    assert forth == back
    run.finish()


def test_ten_thousand_lines_stay_usable(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway, name="long")
    write(run, MANY)
    page = look(f"/runs/{run.id}")
    lines = page.locator("ol.log li")
    expect(lines).to_have_count(PAGE)
    expect(lines.last).to_contain_text("line 9999")
    assert len(page.content()) < 200_000
    page.get_by_label("Contains").fill("LINE 77")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(lines).to_have_count(111)
    expect(page.locator("mark").first).to_have_text("line 77")
    lines.first.get_by_role("link").click()
    expect(page.locator("li.here")).to_contain_text("line 77")
    page.goto(page.url.replace("find=LINE+77", "find="))
    expect(page.locator("li.here")).to_be_in_viewport()
    expect(page.locator("li.here + li")).to_contain_text("line 78")
    page.get_by_role("link", name="Newest lines").click()
    expect(lines.last).to_contain_text("line 9999")
    assert violations(page) == []


@pytest.mark.parametrize("style", LOOKS)
def test_new_lines_come_by_themselves(look: Open, gateway: HttpGateway, style: str) -> None:
    run = Worked(gateway, name="live")
    page = look(f"/runs/{run.id}", **LOOKS[style])
    expect(page.get_by_text("No lines.")).to_be_visible()
    run.log((20, "the first"))
    lines = page.locator("ol.log li")
    expect(lines).to_have_count(1)
    expect(page.get_by_text("No lines.")).to_be_hidden()
    page.get_by_label("Follow").uncheck()
    run.log(*((20, f"line {n}") for n in range(PAGE + 50)))
    expect(lines).to_have_count(PAGE + 51)
    assert page.evaluate("document.querySelector('ol.log').scrollTop") == 0
    page.get_by_label("Follow").check()
    page.wait_for_function(AT_END)
    run.log((40, "the last"))
    expect(lines.last).to_contain_text("the last")
    page.wait_for_function(AT_END)
    run.tasks("a task")
    expect(page.locator("#tasks")).to_contain_text("a task")


def test_where_the_hits_are() -> None:
    assert pieces("a.b A.B axb", "a.b") == (
        ("a.b", True),
        (" ", False),
        ("A.B", True),
        (" axb", False),
    )
    assert pieces("text", "") == (("text", False),)
    (long,) = pieces("x" * 30_000, "")
    assert len(long[0]) == 20_001
