"""The inbox in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.commands import AnswerWait
from signoff.model.waits import WaitStatus
from signoff.server.pages.inbox import PAGE
from signoff.server.pages.visits import wait_path
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import Asking, Line, approval, form_of, wait_of
from tests.server.serving import Servers, process
from tests.support.browser import violations
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

MOST_BYTES = 80_000


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
    page.get_by_label("Comment").fill("kept")
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


def test_a_decision_shows_on_every_open_page(look: Open, gateway: HttpGateway) -> None:
    asking = ask(gateway, "everywhere")
    inbox, question, run, runs = (
        look(path, name="Bob")
        for path in (
            "/?q=everywhere",
            wait_path(asking.id, "ok?"),
            f"/runs/{asking.id}",
            "/runs?q=everywhere",
        )
    )
    expect(runs.get_by_role("row", name=re.compile("everywhere"))).to_contain_text("Go on?")
    page = look("/?q=everywhere")
    page.get_by_role("button", name="Approve").click()
    for other in (inbox, question):
        expect(other.locator(".settled")).to_contain_text("Already answered by Ann")
        expect(other.locator(".settled")).to_contain_text("Approved")
    expect(inbox.locator("[data-item]")).to_have_count(0)
    expect(run.get_by_role("button", name="Approve")).to_have_count(0)
    expect(run.locator(".flash")).to_contain_text("“Go on?” was answered by Ann")
    expect(runs.get_by_role("row", name=re.compile("everywhere"))).not_to_contain_text("Go on?")
    # ... and so does the next question, where nothing was asked for a while.
    asking.question("more?", form=approval())
    expect(run.get_by_role("button", name="Approve")).to_be_visible()
    expect(inbox.locator("[data-item]")).to_have_count(1)


def test_nothing_waits(look: Open, gateway: HttpGateway) -> None:
    page = look("/?q=nobody-is-called-so")
    expect(page.get_by_text("Nothing here has")).to_be_visible()
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


def test_two_keys_from_home(look: Open, gateway: HttpGateway) -> None:
    asking = ask(gateway, "hedy")
    page = look("/?q=hedy")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Answered: Go on?")).to_be_visible()
    assert wait_of(gateway, asking.id).answer["approved"] is True


def test_everything_by_the_keyboard(look: Open, gateway: HttpGateway) -> None:
    ask(gateway, "key-1")
    ask(gateway, "key-2")
    page = look("/?q=key-")
    first, second = page.locator("[data-item]").all()
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("[data-pick]").nth(1)).to_be_checked()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.get_by_role("searchbox")).to_have_value("jk?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Reject")).not_to_be_focused()
    page.keyboard.press("?")
    dialog.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Reject")).to_be_focused()
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(re.compile(r":\d+/$"))


def test_what_was_decided_and_what_has_expired(look: Open, gateway: HttpGateway) -> None:
    asking, late = ask(gateway, "mary"), Asking(gateway, name="late", flow_name="flow-late")
    gateway.send(AnswerWait(asking.id, {"approved": True, "comment": "well done"}, "ok?"))
    late.question(form=approval(), timeout=1)
    wait_until(lambda: wait_of(gateway, late.id).status is WaitStatus.EXPIRED)
    page = look("/?q=mary")
    page.get_by_role("link", name="Decided").click()
    expect(page.locator(".items")).to_contain_text("by 127.0.0.1")
    expect(page.locator(".settled")).to_contain_text("well done")
    assert violations(page) == []
    page.get_by_role("searchbox").fill("late")
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_text("Nothing here has")).to_be_visible()
    page.get_by_role("link", name="Expired").click()
    expect(page.locator(".settled")).to_contain_text("Nobody answered in time")


@pytest.mark.parametrize("scripts", [True, False])
def test_several_are_answered_together(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    run = "with" if scripts else "without"
    asked = [ask(gateway, f"{run}-{n}") for n in range(3)]
    page = look(f"/?q=flow-{run}-", java_script_enabled=scripts)
    for box in page.locator("[data-pick]").all():
        box.check()
    page.get_by_role("button", name="Answer the selected together").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Answer 3 together")
    page.get_by_label("Amount").fill("900")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("alert")).to_contain_text("must be at most 500")
    if scripts:
        assert violations(page) == []
    gateway.send(AnswerWait(asked[1].id, {"approved": False}, "ok?"))
    page.get_by_label("Amount").fill("90")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2 of 2 answered")
    given = [wait_of(gateway, each.id).answer["approved"] for each in asked]
    assert given == [True, False, True]


def test_only_what_asks_the_same_is_answered_together(look: Open, gateway: HttpGateway) -> None:
    same, other = [ask(gateway, f"pair-{n}") for n in range(2)], Asking(gateway, name="other")
    other.question(form=form_of(Line))
    picks = "&".join(f"pick={each.id}/ok%3F" for each in (*same, other))
    page = look(f"/together?{picks}&pick=nonsense&pick=/")
    expect(page.get_by_text("ask for different things")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="2 that ask").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Answer 2 together")
    page = look("/together")
    expect(page.get_by_text("Nothing that waits is selected")).to_be_visible()


def test_an_idle_page_asks_for_nothing(look: Open, gateway: HttpGateway) -> None:
    ask(gateway, "idle")
    page = look("/?q=idle")
    with page.expect_request("**/api/events*"):
        pass
    asked: list[str] = []
    page.on("request", lambda made: asked.append(made.url))
    page.clock.install()
    page.clock.run_for(120_000)
    assert asked == []


def test_a_page_that_loads_slowly_is_not_loaded_twice(look: Open, gateway: HttpGateway) -> None:
    ask(gateway, "slow-1")
    page = look("/nothing")
    page.clock.install()
    base, asked = page.url.removesuffix("/nothing"), []
    page.on("request", lambda made: asked.append(made.url))
    page.goto(f"{base}/?q=slow-")
    # Time goes by before the page listens, and then it does.
    with page.expect_request("**/api/events?after=*"):
        page.clock.run_for(60_000)
    page.clock.run_for(60_000)
    assert len([url for url in asked if url.startswith(f"{base}/?q=")]) == 1
    # What happened before it listened is not lost.
    page.goto(f"{base}/?q=slow-")
    ask(gateway, "slow-2")
    with page.expect_request("**/api/events?after=*"):
        page.clock.run_for(60_000)
    wait_until(lambda: page.clock.run_for(1_000) or page.locator("[data-item]").count() == 2)


def test_a_page_whose_server_is_gone_says_so(look: Open, sqlite_servers: Servers) -> None:
    served = sqlite_servers.start()
    page = look("/", base=f"http://127.0.0.1:{served.port}")
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    with page.expect_request("**/api/events*"):
        pass
    served.process.kill()
    served.process.wait()
    expect(page.locator("#offline")).to_have_text(re.compile(r"Offline, showing \d\d:\d\d"))
    again = sqlite_servers.start(port=served.port)
    gateway = HttpGateway(again.url, process())
    ask(gateway, "after")
    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator(".items")).to_contain_text("after")
    gateway.close()


def test_a_page_without_its_stream_asks_now_and_then(look: Open, gateway: HttpGateway) -> None:
    page = look("/settings")
    page.route("**/api/events*", lambda route: route.abort())
    page.clock.install()
    page.goto(page.url.replace("/settings", "/?q=unheard"))
    ask(gateway, "unheard")
    asked: list[str] = []
    page.on("request", lambda made: asked.append(made.url) if "q=unheard" in made.url else None)
    page.clock.run_for(65_000)
    expect(page.locator(".items")).to_contain_text("unheard")
    expect(page.locator("#offline")).to_have_text(re.compile(r"Offline, showing \d\d:\d\d"))
    assert 1 <= len(asked) <= 5


def test_a_full_inbox_is_light_and_harm_in_it_is_text(look: Open, gateway: HttpGateway) -> None:
    harm = "<img src=x onerror=\"document.title='harmed'\">"
    for number in range(PAGE + 2):
        ask(gateway, f"full-{number} {harm}")
    page = look("/?q=full-")
    page.wait_for_load_state("load")
    sizes = page.evaluate(
        "['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
        ".filter(each => !each.name.includes('/api/events')).map(each => each.encodedBodySize)"
    )
    assert len(sizes) == 3, sizes
    assert sum(sizes) <= MOST_BYTES, sizes
    assert page.locator("[data-item]").count() == PAGE
    assert page.locator("main img").count() == 0
    assert "harmed" not in page.title()
    page.get_by_role("link", name="More").click()
    expect(page.locator("[data-item]")).to_have_count(2)
    page.get_by_role("link", name="Earlier").click()
    expect(page.locator("[data-item]")).to_have_count(PAGE)


def test_a_suspended_flow_goes_on_in_a_worker(
    look: Open, sqlite_servers: Servers, spawn_python: Spawner, tmp_path: Path
) -> None:
    served = sqlite_servers.start(worker=True)
    script, done = tmp_path / "slow.py", tmp_path / "done.txt"
    script.write_text(
        "from pathlib import Path\n"
        "from signoff import flow, suspend_flow_run\n"
        "@flow\n"
        "def slow():\n"
        "    answer = suspend_flow_run(wait_for_input=bool, key='go')\n"
        f"    Path({str(done)!r}).write_text(f'answered {{answer}}')\n"
        "if __name__ == '__main__':\n"
        "    slow()\n"
    )
    program = f"import runpy; runpy.run_path({str(script)!r}, run_name='__main__')"
    spawn_python(program, env={"SIGNOFF_API_URL": served.url}).wait()
    page = look("/", base=f"http://127.0.0.1:{served.port}", java_script_enabled=False)
    expect(page.locator(".decision")).to_contain_text("Suspended")
    page.get_by_role("button", name="Yes").click()
    expect(page.locator(".flash")).to_be_visible()
    said = wait_until(lambda: done.exists() and done.read_text())
    assert said == "answered True"
