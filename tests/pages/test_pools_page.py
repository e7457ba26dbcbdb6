"""Work pools in a real browser: why nothing starts, and pausing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.commands import CreateRun
from signoff.model.runs import Phase
from signoff.model.shared.work_pools import (
    CreateWorkPool,
    CreateWorkQueue,
    ReadWorkPool,
    ReadWorkQueue,
    UpdateWorkPool,
    WorkerHeartbeat,
)
from tests.pages.conftest import LOOKS, Open
from tests.pages.test_site import post
from tests.server.serving import Served, new_run
from tests.support.browser import violations

HARM = "<img src=x onerror=\"document.title='harmed'\">"


@pytest.mark.parametrize("style", LOOKS)
def test_pools_are_paused_and_resumed(look: Open, gateway: HttpGateway, style: str) -> None:
    name = f"pool {style}"
    gateway.send(CreateWorkPool(name, description=HARM, concurrency_limit=3))
    gateway.send(CreateWorkQueue(name, "urgent", priority=1))
    page = look("/work-pools", name=None, **LOOKS[style])
    part = page.get_by_role("region", name=name)
    expect(part).to_contain_text("Nothing starts: no worker of the pool")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert page.locator("main img").count() == 0
    gateway.send(WorkerHeartbeat(name, "machine-7"))
    page.reload()
    expect(part).to_contain_text("machine-7")
    expect(part.get_by_text("Nothing starts")).to_have_count(0)
    part.get_by_role("button", name="Pause the queue urgent").click()
    expect(part.get_by_role("button", name="Resume the queue urgent")).to_be_visible()
    assert gateway.send(ReadWorkQueue(name, "urgent")).is_paused is True
    part.get_by_role("button", name="Pause the pool").click()
    expect(part).to_contain_text("Nothing starts: the pool")
    assert gateway.send(ReadWorkPool(name)).is_paused is True
    part.get_by_role("button", name="Resume the pool").click()
    expect(part.get_by_role("button", name="Pause the pool")).to_be_visible()
    assert gateway.send(ReadWorkPool(name)).is_paused is False


def test_a_run_says_why_it_does_not_start(look: Open, gateway: HttpGateway) -> None:
    gateway.send(CreateWorkPool("night"))
    run = gateway.send(CreateRun(new_run(name="kept", work_pool="night"), Phase.SCHEDULED))
    page = look(f"/runs/{run.run_id}")
    expect(page.get_by_text("It does not start: no worker of the pool night")).to_be_visible()
    assert violations(page) == []
    gateway.send(WorkerHeartbeat("night", "machine-7"))
    page.reload()
    expect(page.get_by_text("It does not start")).to_have_count(0)
    gateway.send(UpdateWorkPool("night", is_paused=True))
    page.reload()
    expect(page.get_by_text("It does not start: the pool night is paused.")).to_be_visible()


def test_a_pool_that_is_not_there(site: Served) -> None:
    assert post(site, "/work-pools/nobody/pause", {"token": "abc"})[0] == 404
    assert post(site, "/work-pools/nobody/pause", {})[0] == 403
