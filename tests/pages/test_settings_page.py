"""The page of settings: values, where they come from, and nothing secret."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.settings import BY_NAME, MASKED
from signoff.model.shared.work_pools import CreateWorkPool, WorkerHeartbeat
from signoff.server.pages.configuration import text
from signoff.store.migrations import newest
from tests.pages.conftest import LOOKS, Open
from tests.server.serving import Servers, call, process
from tests.support.browser import violations


def test_secrets_are_masked(sqlite_servers: Servers) -> None:
    served = sqlite_servers.start(
        SIGNOFF_SERVER_API_AUTH_STRING="ann:s3cret",
        SIGNOFF_UI_URL="https://ann:pa55@example.com/x",
        SIGNOFF_NO_SUCH_THING="1",
    )
    signed_in = {"authorization": "Basic YW5uOnMzY3JldA=="}
    assert call(served, "GET", "/settings")[0] == 401
    status, body, _ = call(served, "GET", "/settings", headers=signed_in)
    page = body.decode()
    assert (status, "s3cret" in page, "pa55" in page) == (200, False, False)
    assert f"<td>{MASKED}</td><td>environment</td>" in page
    assert "SIGNOFF_NO_SUCH_THING (from environment) is no setting" in page
    assert call(served, "GET", "/api/health")[0] == 200


def test_what_a_value_reads_as() -> None:
    ui = BY_NAME["SIGNOFF_UI_URL"]
    assert text(ui, "http://a:b@h/x y://c:d@e") == f"http://a:{MASKED}@h/x y://c:{MASKED}@e"
    assert text(ui, "http://h/a@b:c") == "http://h/a@b:c"
    assert text(BY_NAME["SIGNOFF_SERVER_DATABASE_CONNECTION_URL"], "x") == MASKED


def test_health_is_what_is_found(sqlite_servers: Servers, signoff_home: Path) -> None:
    served = sqlite_servers.start()

    def page() -> str:
        return " ".join(
            re.sub(r"<[^>]+>", " ", call(served, "GET", "/settings")[1].decode()).split()
        )

    found = page()
    assert "All is well." in found
    assert "Database Good: SQLite answers." in found
    assert f"Schema Good: Number {newest()}, the newest this version knows." in found
    assert "Listener Good: It hears at once of what other processes do." in found
    assert "Its worker Good: It brings none along" in found
    gateway = HttpGateway(served.url, process())
    gateway.send(CreateWorkPool("gpu"))
    gateway.send(WorkerHeartbeat("gpu", "machine-7"))
    assert "Worker machine-7 Good: Of the pool gpu: online, heard of" in page()
    gateway.close()
    database = signoff_home / "signoff.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA user_version = {newest() + 1}")
    assert f"Not good: Number {newest() + 1}, where {newest()} is known." in page()
    assert "1 of 8 is not as it should be." in page()


@pytest.mark.parametrize("style", LOOKS)
def test_everybody_can_use_it(look: Open, style: str) -> None:
    page = look("/", name="Ann", **LOOKS[style])
    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
    expect(page.get_by_text("SIGNOFF_HOME")).to_be_visible()
    page.get_by_text("settings have their default").click()
    expect(page.get_by_text("SIGNOFF_LOGGING_LEVEL", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert violations(page) == []
    page.get_by_label("Your name").fill("Zoë")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("You decide as Zoë; nobody")).to_be_visible()
