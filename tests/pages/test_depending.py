"""Fields that depend on others, in a real browser: with a script, and without one."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.forms import Form
from signoff.model.waits import WaitStatus
from tests.pages.conftest import Open
from tests.pages.questions import Asking, wait_of
from tests.support.browser import violations

BOTH = pytest.mark.parametrize("scripts", [True, False])


def _form(properties: dict[str, Any], required: list[str]) -> Form:
    return Form({"type": "object", "properties": properties, "required": required})


def _refund() -> Form:
    way = {"inputs": ["way"], "condition": "{{ inputs.way == 'transfer' }}", "required": True}
    return _form(
        {
            "way": {"enum": ["cash", "transfer"]},
            "account": {"type": "string", "x-depends-on": way},
            "bank": {"type": "string", "x-depends-on": {"inputs": ["account"]}},
            "amount": {"type": "integer"},
        },
        ["way", "amount"],
    )


@BOTH
def test_what_nobody_needs_is_not_asked_for(
    look: Open, gateway: HttpGateway, scripts: bool
) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=_refund()), java_script_enabled=scripts)
    expect(page.get_by_label("Account")).to_have_count(0)
    page.get_by_label("cash").check()
    page.get_by_label("Amount").fill("7")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    assert wait_of(gateway, asking.id).answer == {"way": "cash", "amount": 7}


def test_without_a_script_it_is_asked_for_once_the_form_was_sent(
    look: Open, gateway: HttpGateway
) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=_refund()), java_script_enabled=False)
    send = page.get_by_role("button", name="Send the answer")
    page.get_by_label("transfer").check()
    page.get_by_label("Amount").fill("7")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Account is required")
    expect(page.get_by_label("Bank")).to_have_count(0)
    page.get_by_label("Account").fill("DE1")
    send.click()
    # Nobody must fill in the bank, but nobody was asked either.
    expect(page.get_by_role("alert")).to_contain_text("Bank is asked for now")
    page.get_by_label("Bank").fill("Ours")
    page.get_by_label("Amount").fill("many")
    page.get_by_label("cash").check()
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Amount")
    expect(page.get_by_label("Account")).to_have_count(0)
    # What was typed is there again when it is asked for again.
    page.get_by_label("transfer").check()
    page.get_by_label("Amount").fill("8")
    send.click()
    expect(page.get_by_label("Account")).to_have_value("DE1")
    expect(page.get_by_label("Bank")).to_have_value("Ours")
    assert wait_of(gateway, asking.id).status is WaitStatus.OPEN
    send.click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    said = {"way": "transfer", "account": "DE1", "bank": "Ours", "amount": 8}
    assert wait_of(gateway, asking.id).answer == said


def test_with_a_script_it_shows_at_once(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=_refund()))
    page.get_by_label("Amount").fill("7")
    page.get_by_label("transfer").check()
    page.get_by_label("Account").fill("DE1")
    expect(page.get_by_label("transfer")).to_be_checked()
    page.get_by_label("Account").press("Tab")
    page.get_by_label("Bank").fill("Ours")
    expect(page.get_by_label("Account")).to_have_value("DE1")
    page.get_by_label("cash").check()
    expect(page.get_by_label("Account")).to_have_count(0)
    expect(page.get_by_label("cash")).to_be_focused()
    page.get_by_label("transfer").check()
    expect(page.get_by_label("Bank")).to_have_value("Ours")
    assert violations(page) == []
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    said = {"way": "transfer", "account": "DE1", "bank": "Ours", "amount": 7}
    assert wait_of(gateway, asking.id).answer == said


@BOTH
def test_what_only_one_button_needs_says_so(
    look: Open, gateway: HttpGateway, scripts: bool
) -> None:
    rejected = {"inputs": ["approved"], "condition": "{{ not inputs.approved }}", "required": True}
    form = _form(
        {
            "approved": {"type": "boolean"},
            "reason": {"type": "string", "x-depends-on": rejected},
            "tags": {"type": "array", "items": {"type": "string"}, "default": []},
        },
        ["approved"],
    )
    asking = Asking(gateway)
    page = look(asking.question(form=form), java_script_enabled=scripts)
    expect(page.get_by_text("Only needed for Reject.")).to_be_visible()
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("alert")).to_contain_text("Reason is required")
    page.get_by_label("Reason").fill("too much")
    page.get_by_role("button", name="Add one").click()
    expect(page.get_by_label("Item 1")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("too much")
    page.get_by_label("Item 1").fill("x")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    assert wait_of(gateway, asking.id).answer == {"approved": True, "tags": ["x"]}
