"""How many clicks and keys it takes, from home on: counted in the browser, not in the test."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import expect
from pydantic import BaseModel, Field

from signoff.gateway.http import HttpGateway
from signoff.model.waits import WaitStatus
from tests.pages.conftest import LOOKS, Open
from tests.pages.counting import Steps
from tests.pages.questions import Asking, approval, form_of, wait_of
from tests.pages.runs import Worked
from tests.server.serving import record

STOPS = """() => [...document.querySelectorAll("form.decide :is(input, select, textarea, button)")]
  .filter((each) => each.type !== "hidden" && each.tabIndex >= 0 && !each.hidden)
  .map((each) => each.type === "radio" ? each.name : each)
  .filter((each, at, all) => all.indexOf(each) === at).length"""


class Ten(BaseModel):
    name: str
    count: int = Field(ge=1)
    share: float
    urgent: bool
    way: Literal["mail", "post"]
    word: Literal["a", "b", "c", "d", "e", "f", "g"]
    mail: str
    web: str
    story: str
    note: str = ""


def ask(gateway: HttpGateway, name: str) -> Asking:
    asking = Asking(gateway, name=name, flow_name=f"way-{name}")
    asking.question(form=approval())
    return asking


@pytest.mark.parametrize("style", LOOKS)
def test_two_clicks_approve_any_run(look: Open, gateway: HttpGateway, style: str) -> None:
    first, other = ask(gateway, f"first-{style}"), ask(gateway, f"other-{style}")
    page = look("/", **LOOKS[style])
    steps = Steps(page)
    page.locator("[data-item]", has_text=f"other-{style}").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Answered: Go on?")).to_be_visible()
    assert wait_of(gateway, other.id).answer["approved"] is True
    assert (steps.clicks, steps.keys) == (2, 0)
    first.finish()


@pytest.mark.parametrize(("key", "approved"), [("a", True), ("r", False)])
def test_two_keys_decide(look: Open, gateway: HttpGateway, key: str, approved: bool) -> None:
    asking = ask(gateway, f"keys-{key}")
    page = look(f"/?q=keys-{key}")
    steps = Steps(page)
    page.keyboard.press(key)
    assert wait_of(gateway, asking.id).status is WaitStatus.OPEN
    page.keyboard.press("Enter")
    expect(page.get_by_text("Answered: Go on?")).to_be_visible()
    assert wait_of(gateway, asking.id).answer["approved"] is approved
    assert (steps.clicks, steps.keys) == (0, 2)


def test_one_click_by_the_address_of_a_question(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=approval()), **LOOKS["phone"])
    steps = Steps(page)
    page.get_by_role("button", name="Approve").tap()
    expect(page.get_by_text("You answered this")).to_be_visible()
    assert (steps.clicks, steps.keys) == (1, 0)


def test_a_field_is_one_stop_and_two_keys_together_send(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    initial = {"name": "x", "count": 1, "share": 0.5, "urgent": True, "way": "mail", "word": "a"}
    form = form_of(Ten, initial=initial | dict.fromkeys(("mail", "web", "story"), "y"))
    page = look(asking.question(form=form))
    # Ten fields, and what sends them.
    assert page.evaluate(STOPS) == len(Ten.model_fields) + 1
    page.get_by_label("Share").press("Control+Enter")
    expect(page.get_by_text("You answered this")).to_be_visible()


def test_a_failed_run_is_retried_with_three_clicks(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway, name="broken-journey", entry_record=record())
    run.fail("no connection")
    page = look("/")
    steps = Steps(page)
    page.get_by_role("link", name="Runs", exact=True).click()
    page.get_by_role("link", name="broken-journey").click()
    page.get_by_role("button", name="Retry").click()
    expect(page.locator("h1 ~ .badge")).not_to_have_text("Failed")
    assert (steps.clicks, steps.keys) == (3, 0)


def test_lists_are_gone_through_by_keys(look: Open, gateway: HttpGateway) -> None:
    runs = [Worked(gateway, name=f"walked-{number}") for number in range(3)]
    page = look("/runs?q=walked-")
    for key in "jj":
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="walked-1")).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_label("Select walked-1")).to_be_checked()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="walked-2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/runs')[0]}/runs/{runs[2].id}")
