"""Finding anything by its name: the dialog of Ctrl+K, and the page without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import Asking, approval
from tests.pages.test_catalog import HARM, deploy
from tests.support.browser import violations


def test_without_a_script(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway, name="plainly", flow_name="flow-plainly")
    asking.question(form=approval())
    deploy(gateway, "plainly")
    page = look("/settings", java_script_enabled=False)
    page.get_by_role("link", name="Find", exact=True).click()
    expect(page.locator("[data-found] a")).to_have_count(6)
    page.get_by_role("searchbox").fill("plainly")
    page.get_by_role("button", name="Find").click()
    kinds = [re.compile(kind) for kind in ("Question", "Run", "Flow", "Deployment")]
    expect(page.locator("[data-found] .sub")).to_have_text(kinds)
    page.get_by_role("link", name=re.compile("plainly Run")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("plainly")
    page.goto(page.url.split("/runs")[0] + f"/find?q={asking.id}")
    expect(page.locator("[data-found] a")).to_have_attribute("href", f"/runs/{asking.id}")
    page.goto(page.url.split("/find")[0] + "/find?q=nothing-is-called-so")
    expect(page.get_by_text("Nothing has “nothing-is-called-so”")).to_be_visible()


def test_by_keys_alone(look: Open, gateway: HttpGateway) -> None:
    run = Asking(gateway, name="quickly-found")
    page = look("/")
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Find")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("quickly-")
    expect(dialog.get_by_role("link")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("link")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/runs/{run.id}$"))
    # Also out of a field, and nothing on the page has changed when one leaves it.
    page.get_by_label("Contains").fill("kept")
    page.keyboard.press("Control+k")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Contains")).to_have_value("kept")
    page.keyboard.press("Control+k")
    page.keyboard.type("work po")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Work pools")


@pytest.mark.parametrize("style", LOOKS)
def test_everybody_can_use_it(look: Open, gateway: HttpGateway, style: str) -> None:
    Asking(gateway, name=f"found-{style} {HARM}", flow_name=f"found-{style}")
    page = look(f"/find?q=found-{style}", **LOOKS[style])
    expect(page.locator("[data-found] a")).to_have_count(2)
    assert page.locator("main img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert violations(page) == []
    page.get_by_role("link", name="Find", exact=True).click()
    dialog = page.get_by_role("dialog", name="Find")
    dialog.get_by_role("searchbox").fill(f"found-{style}")
    expect(dialog.get_by_role("link")).to_have_count(2)
    assert page.locator("dialog img").count() == 0
    assert violations(page) == []
