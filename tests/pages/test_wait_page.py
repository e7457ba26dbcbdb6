"""The page of one wait in a real browser: with a script, without one, on a phone."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import pytest
from playwright.sync_api import expect
from pydantic import BaseModel, Field

from signoff.gateway.http import HttpGateway
from signoff.model.commands import AnswerWait
from signoff.model.files import ReadFile
from signoff.model.forms import Form
from signoff.model.runs import Phase
from signoff.model.waits import WaitStatus
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import Asking, Everything, approval, form_of, wait_of
from tests.server.serving import Served
from tests.support.browser import violations
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

MOST_BYTES = 15_000
HARM = "<img src=x onerror=\"document.title='harmed'\"><script>document.title='harmed'</script>"
TYPED = {
    "Text": "tä",
    "Story": "one\ntwo",
    "Whole": "7",
    "Share": "0.1",
    "Money": "10.50",
    "Day": "2026-03-01",
    "Clock": "09:30",
    "Moment": "2026-03-01T09:30",
    "Length": "90m",
    "Secret": "hunter2",
    "Mail": "a@example.com",
    "Web": "https://example.com/x?y=1",
    "Anything": '{"x": [1, null]}',
}
GIVEN: dict[str, Any] = {
    "text": "tä",
    "story": "one\ntwo",
    "whole": 7,
    "share": 0.1,
    "money": "10.50",
    "urgent": False,
    "level": "high",
    "word": "f",
    "day": "2026-03-01",
    "clock": "09:30",
    "moment": "2026-03-01T09:30",
    "length": "PT1H30M",
    "lines": [{"item": "bolt", "count": 3}],
    "names": ["Ann"],
    "flags": ["low"],
    "pair": [4, "four"],
    "limits": {"cpu": 2},
    "maybe": None,
    "pay": {"kind": "cash", "currency": "EUR"},
    "either": "12",
    "secret": "********",
    "mail": "a@example.com",
    "web": "https://example.com/x?y=1",
    "content": "from a file",
    "anything": {"x": [1, None]},
}


@pytest.mark.parametrize("scripts", [True, False])
def test_approve(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=approval()), java_script_enabled=scripts)
    expect(page.get_by_role("heading", level=1)).to_have_text("Go on?")
    expect(page.get_by_role("cell", name="Engine")).to_be_visible()
    expect(page.get_by_text("<b>not bold</b>")).to_be_visible()
    page.get_by_label("Comment").fill("fine <b>")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    expect(page.get_by_text("fine <b>")).to_be_visible()
    assert wait_of(gateway, asking.id).answer == {
        "approved": True,
        "amount": 129.0,
        "reason": "damaged",
        "comment": "fine <b>",
        "tags": [],
    }


def test_what_the_buttons_answer_can_be_read(look: Open, gateway: HttpGateway) -> None:
    yes = {"type": "boolean", "title": "Ship 4.2?", "description": "To all customers."}
    schema = {"type": "object", "properties": {"approved": yes}, "required": ["approved"]}
    page = look(Asking(gateway).question(form=Form(schema)), name="Ann")
    expect(page.get_by_text("Ship 4.2?", exact=True)).to_be_visible()
    expect(page.get_by_text("To all customers.", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()


def test_reject_needs_no_more_than_a_click(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=approval()), java_script_enabled=False)
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    assert wait_of(gateway, asking.id).answer["approved"] is False


def test_enter_never_decides(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=approval()))
    page.get_by_label("Amount").press("Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("press Approve or Reject")
    expect(summary).to_be_focused()
    assert wait_of(gateway, asking.id).status is WaitStatus.OPEN
    page.get_by_label("Amount").press("Control+Enter")
    expect(page.get_by_text("You answered this")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_every_mistake_is_shown_at_once_and_nothing_is_lost(
    look: Open, gateway: HttpGateway, scripts: bool
) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=approval()), java_script_enabled=scripts)
    page.get_by_label("Amount").fill("5000")
    page.get_by_label("Comment").fill("kept")
    page.get_by_role("button", name="Add one").click()
    expect(page.get_by_label("Item 1")).to_be_visible()
    page.get_by_label("Item 1").fill("first")
    page.get_by_role("button", name="Add another").click()
    page.get_by_label("Item 2").fill("second")
    page.get_by_role("button", name="Move Tags 2 up").click()
    expect(page.get_by_label("Item 1")).to_have_value("second")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text("Amount must be at most 500, got 5000")
    expect(page.get_by_label("Amount")).to_have_value("5000")
    expect(page.get_by_label("Amount")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Comment")).to_have_value("kept")
    expect(page.get_by_role("alert")).to_be_focused()
    if scripts:
        assert violations(page) == []
    page.get_by_role("link", name="Amount must be").click()
    page.get_by_label("Amount").fill("500")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    answer = wait_of(gateway, asking.id).answer
    assert (answer["amount"], answer["tags"]) == (500, ["second", "first"])


def test_every_shape_is_filled_in_by_a_person(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=form_of(Everything)), timezone_id="Asia/Kolkata")
    for label, text in TYPED.items():
        page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_role("group", name="Urgent").get_by_label("No", exact=True).check()
    page.get_by_role("group", name="Level").get_by_label("high").check()
    page.get_by_label("Word").select_option("f")
    page.get_by_role("group", name="Flags").get_by_label("low").check()
    page.get_by_role("button", name="Add one to Lines").click()
    page.get_by_role("textbox", name="Item", exact=True).first.fill("bolt")
    page.get_by_role("textbox", name="Count").first.fill("3")
    page.get_by_role("button", name="Add one to Names").click()
    page.get_by_role("group", name="Names").get_by_label("Item 1").fill("Ann")
    pair = page.get_by_role("group", name="Pair")
    pair.get_by_label("Item 1").fill("4")
    pair.get_by_label("Item 2").fill("four")
    page.get_by_role("button", name="Add one to Limits").click()
    limits = page.get_by_role("group", name="Limits")
    limits.get_by_label("Name").fill("cpu")
    limits.get_by_label("Value").fill("2")
    pay = page.get_by_role("group", name="Pay")
    pay.get_by_label("Cash").check()
    pay.get_by_label("Currency").fill("EUR")
    expect(pay.get_by_label("Number")).to_be_hidden()
    either = page.get_by_role("group", name="Either")
    either.get_by_label("Text", exact=True).first.check()
    either.get_by_role("textbox", name="Text").fill("12")
    page.get_by_label("Content").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"from a file"}
    )
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    expect(page.get_by_text("hunter2")).to_have_count(0)
    answer = wait_of(gateway, asking.id).answer
    assert answer == GIVEN


def test_somebody_else_was_first(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    path = asking.question(form=approval())
    page = look(path, java_script_enabled=False)
    gateway.send(AnswerWait(asking.id, {"approved": False, "comment": "too late"}, "ok?"))
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Your answer was not taken.")).to_be_visible()
    expect(page.get_by_text("Already answered by")).to_be_visible()
    expect(page.get_by_text("too late")).to_be_visible()
    assert wait_of(gateway, asking.id).answer["approved"] is False


def test_an_open_page_hears_of_a_decision(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=approval()))
    page.get_by_label("Comment").fill("I am typing")
    gateway.send(AnswerWait(asking.id, {"approved": True}, "ok?"))
    expect(page.locator(".settled")).to_contain_text("Already answered by")
    expect(page.get_by_role("status").filter(has_text="Already answered")).to_have_count(1)


def test_cancel_the_run_without_a_script(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    page = look(asking.question(form=approval()), java_script_enabled=False)
    page.get_by_text("Cancel the run instead").click()
    page.get_by_role("button", name="Cancel deploy-1").click()
    expect(page.get_by_text("No answer is needed any more")).to_be_visible()
    assert asking.handle.phase is not Phase.CANCELLED


def test_a_question_whose_deadline_passed(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    path = asking.question(form=approval(), timeout=1)
    wait_until(lambda: wait_of(gateway, asking.id).status is WaitStatus.EXPIRED)
    page = look(path)
    expect(page.get_by_text("Nobody answered in time")).to_be_visible()
    expect(page.get_by_text("so the run fails")).to_be_visible()
    assert violations(page) == []


def test_only_the_word_to_go_on(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    asking.ask("hold", None)
    page = look(f"/runs/{asking.id}/waits/hold", name=None)
    page.get_by_label("Your name").fill("Zoë")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    by = wait_of(gateway, asking.id, "hold").answered_by
    assert by is not None
    assert by.name == "Zoë"


def test_harm_is_shown_as_text(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway, name=HARM, flow_name=HARM)
    schema = {
        "type": "object",
        "title": HARM,
        "properties": {
            "x": {"type": "string", "title": HARM, "description": HARM, "default": HARM},
            HARM: {"enum": [HARM, "a"], "title": HARM},
            "list": {"type": "array", "items": {"type": "string"}, "default": [HARM]},
        },
    }
    text = f"{HARM}\n\n[x](javascript:alert(1)) ![x](http://127.0.0.1:1/x.png)\n\n```\n{HARM}\n```"
    form = Form(schema, HARM, text)
    key = f"{HARM}/../?#"
    page = look(asking.question(key, form))
    expect(page.get_by_label(HARM).first).to_have_value(HARM)
    assert "harmed" not in page.title().replace(HARM, "")
    assert page.locator("main img, main script").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    assert page.evaluate("document.title.startsWith('harmed')") is False
    assert page.locator("main img, main script").count() == 0
    assert violations(page) == []


@pytest.mark.parametrize("style", LOOKS)
def test_everybody_can_use_it(look: Open, gateway: HttpGateway, style: str) -> None:
    for form in (approval(), form_of(Everything, description="## Title\n\n#### x\n\n`code`")):
        asking = Asking(gateway)
        page = look(asking.question(form=form), name=None, **LOOKS[style])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
        for button in page.get_by_role("button").all():
            box = button.bounding_box()
            if box is not None and box["width"] > 1:
                assert min(box["width"], box["height"]) >= 44, button
        page.get_by_role("button", name=re.compile("Approve|Send")).click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert violations(page) == []


def test_the_page_is_light(look: Open, gateway: HttpGateway) -> None:
    page = look(Asking(gateway).question(form=approval()), name=None)
    page.wait_for_load_state("load")
    sizes = page.evaluate(
        "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
        ".filter(each => !each.name.includes('/api/events')).map(each => each.encodedBodySize)"
    )
    assert len(sizes) == 2, sizes
    assert 0 < sum(sizes) <= MOST_BYTES, sizes


def test_times_are_the_readers(look: Open, gateway: HttpGateway) -> None:
    asking = Asking(gateway)
    path = asking.question(form=approval(), timeout=7_200_000_000)
    deadline = wait_of(gateway, asking.id).item.deadline
    assert deadline is not None
    plain = look(path, java_script_enabled=False).locator("time[data-at]")
    exact = plain.inner_text()
    assert exact.endswith(" UTC")
    local = look(path, timezone_id="Asia/Kolkata").locator("time[data-at]")
    expect(local).not_to_have_text(exact)
    assert local.get_attribute("title") == exact


def test_a_file_of_a_yaml_flow_is_kept_and_answered_by_its_address(
    look: Open, gateway: HttpGateway
) -> None:
    stored = {"type": "string", "contentMediaType": "application/octet-stream", "x-stored": True}
    properties = {
        "data": {**stored, "pattern": "[.]csv$"},
        "note": {"type": "string", "x-prefill": "draft"},
    }
    schema = {"type": "object", "properties": properties, "required": ["data"]}
    asking = Asking(gateway, flow_name="company.team.load")
    page = look(asking.question(form=Form(schema)))
    expect(page.get_by_label("Note")).to_have_value("draft")
    table = {"name": "a table.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    page.get_by_label("Data").set_input_files({**table, "name": "a.txt"})
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("must match the pattern")
    page.get_by_label("Data").set_input_files(table)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    answer = wait_of(gateway, asking.id).answer
    assert answer["note"] == "draft"
    assert gateway.send(ReadFile(answer["data"])).content == b"a,b\n1,2\n"


def test_a_real_flow_goes_on(look: Open, site: Served, spawn_python: Spawner) -> None:
    flow = spawn_python(
        "from signoff import flow, pause_flow_run\n"
        "from signoff.input import RunInput\n"
        "class Approval(RunInput):\n"
        "    model_config = {'title': 'Ship it?'}\n"
        "    approved: bool\n"
        "    comment: str = ''\n"
        "@flow\n"
        "def ship():\n"
        "    answer = pause_flow_run(wait_for_input=Approval)\n"
        "    print('shipped', answer.approved, answer.comment)\n"
        "ship()\n",
        env={"SIGNOFF_API_URL": site.url},
    )
    page = look("/?q=Ship", java_script_enabled=False)

    def asks() -> bool:
        page.reload()
        return page.get_by_label("Comment").count() == 1

    wait_until(asks)
    page.get_by_label("Comment").fill("at last")
    page.get_by_role("button", name="Approve").click()
    flow.wait_for_output("^shipped True at last$")


def test_buttons_of_a_choice_are_alike(look: Open, gateway: HttpGateway) -> None:
    class Release(BaseModel):
        decision: Literal["ship", "hold"]
        story: Annotated[str, Field(json_schema_extra={"format": "multiline"})] = "\n" * 60

    page = look(
        Asking(gateway).question(form=form_of(Release)),
        viewport={"width": 1366, "height": 900},
    )
    ship, hold = (page.get_by_role("button", name=each) for each in ("ship", "hold"))
    boxes = [each.bounding_box() for each in (ship, hold)]
    assert all(box is not None and box["height"] <= 50 for box in boxes), boxes
    assert page.evaluate(
        "[...document.querySelectorAll('#decide button')].map(b => getComputedStyle(b).padding)"
    ) == ["0px 18px", "0px 18px"]


def test_radios_are_radios_whatever_their_number(look: Open, gateway: HttpGateway) -> None:
    sizes = {"enum": ["a", "b", "c", "d", "e", "f", "g"], "x-widget": "radio"}
    properties = {
        "size": sizes,
        "other": {"anyOf": [sizes, {"type": "null"}], "default": None},
        "third": {"enum": sizes["enum"]},
    }
    form = Form({"type": "object", "properties": properties, "required": ["size", "third"]})
    asking = Asking(gateway)
    page = look(asking.question(form=form))
    page.get_by_role("group", name="Size").get_by_label("g").check()
    expect(page.get_by_role("group", name="Other").get_by_role("radio")).to_have_count(8)
    page.get_by_label("Third").select_option("f")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    assert wait_of(gateway, asking.id).answer == {"size": "g", "other": None, "third": "f"}
