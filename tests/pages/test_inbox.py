"""The inbox in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.commands import AnswerWait
from signoff.model.waits import WaitStatus
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import Asking, approval, wait_of
from tests.support.browser import violations


def ask(gateway: HttpGateway, name: str) -> Asking:
    """A run of this name that asks for approval; nothing is before it in the inbox."""
    asking = Asking(gateway, name=name, flow_name=f"flow-{name}")
    asking.question(form=approval())
    return asking


@pytest.mark.parametrize("scripts", [True, False])
def test_two_clicks_from_home(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    first, second = ask(gateway, "ada"), ask(gateway, "emmy")
    page = look("/?q=flow-", java_script_enabled=scripts)
    page.get_by_role("link", name=re.compile("emmy")).click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Answered: Go on?")).to_be_visible()
    assert wait_of(gateway, second.id).status is WaitStatus.ANSWERED
    assert wait_of(gateway, first.id).status is WaitStatus.OPEN
    # The next one is open already.
    expect(page.locator(".decision")).to_contain_text("ada")
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Answered: Go on?")).to_be_visible()
    assert wait_of(gateway, first.id).answer["approved"] is False


def test_mistakes_are_shown_where_one_is(look: Open, gateway: HttpGateway) -> None:
    asking = ask(gateway, "grace")
    page = look(f"/?run={asking.id}&key=ok%3F")
    page.get_by_label("Amount").fill("7000")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text("must be at most 500")
    expect(page.get_by_role("region", name="What waits")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Amount").fill("7")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Answered: Go on?")).to_be_visible()


def test_what_others_do_shows_at_once(look: Open, gateway: HttpGateway) -> None:
    asking = ask(gateway, "joan")
    page = look("/?q=joan")
    expect(page.locator(".decision")).to_contain_text("joan")
    ask(gateway, "joan-2")
    expect(page.get_by_role("link", name=re.compile("joan-2"))).to_be_visible()
    gateway.send(AnswerWait(asking.id, {"approved": True}, "ok?"))
    expect(page.locator(".settled")).to_contain_text("Already answered by")
    expect(page.locator(".items a", has_text=re.compile(r"flow-joan\s"))).to_have_count(0)


def test_nothing_waits(look: Open, gateway: HttpGateway) -> None:
    page = look("/?q=nobody-is-called-so")
    expect(page.get_by_text("Nothing that waits has")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("style", LOOKS)
def test_everybody_can_use_it(look: Open, gateway: HttpGateway, style: str) -> None:
    asking = ask(gateway, f"style-{style}")
    page = look(f"/?q=style-{style}", name=None, **LOOKS[style])
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    page.get_by_role("link", name=re.compile(f"style-{style}")).first.click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    assert violations(page) == []
    asking.finish()
