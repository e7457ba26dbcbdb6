"""Questions that were asked, each as people saw it and with what was said to it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from pydantic import BaseModel, Field, SecretStr

from signoff.gateway.http import HttpGateway
from signoff.model.commands import AnswerWait, ReopenWait, WithdrawWait
from signoff.model.forms import FieldError
from signoff.model.waits import WaitStatus
from signoff.server.pages.recap import MOST, entries_of, questions
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import form_of, wait_of
from tests.pages.runs import Worked
from tests.support.browser import violations
from tests.support.waiting import wait_until


class Line(BaseModel):
    item: str
    count: int = 1


class Refund(BaseModel):
    approved: bool
    amount: float = Field(ge=0, le=500, description="In EUR.")
    lines: list[Line] = []
    code: SecretStr
    comment: str = ""


ANSWER = {
    "approved": True,
    "amount": 70,
    "lines": [{"item": "bolt", "count": 3}],
    "code": "hunter2",
    "comment": "",
}


@pytest.mark.parametrize("style", LOOKS)
def test_answers_are_told_in_words_with_what_was_shown(
    look: Open, gateway: HttpGateway, style: str
) -> None:
    run = Worked(gateway, name="told")
    run.ask("pay?", form_of(Refund, description="For **Ada**.", initial={"amount": 129.0}))
    gateway.send(AnswerWait(run.id, ANSWER | {"amount": 9}, "pay?"))
    error = FieldError(("amount",), "is too little")
    gateway.send(ReopenWait(run.id, run.handle.entry, "pay?", (error,)))
    gateway.send(AnswerWait(run.id, ANSWER, "pay?"))
    run.ask("late?", form_of(Refund, initial={"amount": 1.0}), timeout=1)
    wait_until(lambda: wait_of(gateway, run.id, "late?").status is WaitStatus.EXPIRED)
    page = look(f"/runs/{run.id}", timezone_id="Asia/Tokyo", **LOOKS[style])
    told = page.locator(".question").first
    refused, taken = told.locator(".reply").all()
    expect(refused).to_contain_text("Refused by the flow (amount: is too little")
    expect(refused.locator("dd").nth(1)).to_have_text("9")
    expect(taken).to_contain_text("(name not verified) over the API")
    assert taken.locator("dt").all_inner_texts()[:3] == ["Approved", "Amount", "Lines"]
    expect(taken).to_contain_text("bolt")
    expect(taken).to_contain_text("empty")
    assert "hunter2" not in page.content()
    at = taken.locator("time")
    expect(at).to_have_attribute("title", re.compile(r"\d\d:\d\d:\d\d UTC$"))
    told.get_by_text("What was shown").click()
    expect(told.locator("details strong")).to_have_text("Ada")
    expect(told.locator("details")).to_contain_text("In EUR. number, 0 to 500")
    expect(told.locator("details")).to_contain_text("Began with 129.0")
    late = page.locator(".question").last
    expect(late).to_contain_text("Nobody answered in time, so the run fails")
    expect(late).to_contain_text("Began with 1.0")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert violations(page) == []


def test_a_question_that_nobody_needs_any_more(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway)
    run.ask("gone?", form_of(Refund))
    gateway.send(WithdrawWait(run.id, run.handle.entry, "gone?"))
    page = look(f"/runs/{run.id}")
    expect(page.locator(".question")).to_contain_text("The question was withdrawn")
    run.finish()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_of_an_answered_wait_says_what_was_shown(
    look: Open, gateway: HttpGateway, scripts: bool
) -> None:
    run = Worked(gateway)
    form = form_of(Refund, description="For **Ada**.", initial={"amount": 129.0})
    path = run.question(form=form)
    gateway.send(AnswerWait(run.id, ANSWER, "ok?"))
    page = look(path, java_script_enabled=scripts)
    expect(page.locator(".settled")).to_contain_text("********")
    page.get_by_text("What was shown").click()
    expect(page.locator(".settled details")).to_contain_text("Began with 129.0")
    assert "hunter2" not in page.content()
    run.finish()


def test_many_questions_come_in_pages(gateway: HttpGateway) -> None:
    run = Worked(gateway)
    run.ask("pay?", form_of(Refund, initial={"lines": [{"item": "bolt"}], "code": "x"}))
    wait = wait_of(gateway, run.id, "pay?")
    many = [wait] * (MOST * 2 + 3)
    newest = questions(many, 0)
    assert (len(newest.shown), newest.newer, newest.older) == (MOST, None, str(MOST))
    oldest = questions(many, MOST * 2)
    assert (len(oldest.shown), oldest.newer, oldest.older) == (3, str(MOST), None)
    assert questions(many, MOST * 9).shown == ()
    entries = {each.label: each.start for each in entries_of(wait)}
    assert entries["Lines"] == "Item bolt"
    assert entries["Code"] == "********"
    assert entries["Comment"] == ""
    run.finish()
