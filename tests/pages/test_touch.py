"""Fingers: on every page at the width of a phone, what is touched is large enough."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from signoff.gateway.http import HttpGateway
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import Asking, Everything, approval, form_of
from tests.pages.test_guarded import GETS, Place

LEAST = 44
PHONE = LOOKS["phone"]
SMALL = """(least) => {
  const shown = (each) => {
    const box = each.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(each).visibility !== "hidden";
  };
  // Links inside of text are as high as their line; those of a drawing have a twin in its table.
  const inText = (each) => each.matches("a") && (each.closest("svg, .prose, dd, .log")
    || [...each.parentElement.childNodes].some((one) => one.nodeType === 3 && one.data.trim()));
  const found = [];
  const all = "a[href], button, input, select, textarea, summary";
  for (const each of document.querySelectorAll(all)) {
    if (!shown(each) || inText(each)) continue;
    const ticked = each.matches("[type=checkbox], [type=radio]");
    const target = (ticked && each.closest("label")) || each;
    const box = target.getBoundingClientRect();
    const narrow = target.matches("a, summary") ? false : box.width < least - 0.5;
    if (box.height < least - 0.5 || narrow)
      found.push(`${target.outerHTML.slice(0, 90)} ${box.width}x${box.height}`);
  }
  return found;
}"""


def small(page: Page) -> list[str]:
    """What is too small to be touched."""
    found: list[str] = page.evaluate(SMALL, LEAST)
    return found


def test_on_every_page(look: Open, gateway: HttpGateway) -> None:
    place = Place(gateway)
    place.run.tasks("load", "clean")
    place.run.log((20, "hello"))
    page = look("/", **PHONE)
    offences = {}
    for route in GETS:
        path = place.path(route)
        if path.endswith((".txt", "/lines")):
            continue
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path)
        expect(page.locator("main")).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        found = [*small(page), *(["scrolls sideways"] if wide else [])]
        if found:
            offences[route.pattern] = found
    assert offences == {}


def test_nothing_of_a_run_is_out_of_sight(look: Open, gateway: HttpGateway) -> None:
    Asking(gateway, name="in-sight").question(form=approval())
    page = look("/runs?q=in-sight", **PHONE)
    row = page.locator("tbody tr")
    edge = page.evaluate("innerWidth")
    for text in ("Paused", "Go on?"):
        box = row.get_by_text(text, exact=True).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= edge
    page.goto(page.url.split("/runs")[0] + "/settings")
    expect(page.get_by_role("link", name="Settings")).to_be_in_viewport(ratio=0.9)


def test_in_every_shape_of_form(look: Open, gateway: HttpGateway) -> None:
    place = Place(gateway)
    path = place.run.question("all", form_of(Everything))
    page = look(path, **PHONE)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert small(page) == []
