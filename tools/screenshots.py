"""Pictures of the pages for README and docs: `make screenshots`.

Owns the story they tell: real flows on a real server, looked at with the system's Chromium. The
pictures are committed; nothing checks that they are new.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

PORT = 4397
URL = f"http://127.0.0.1:{PORT}"
FOLDER = Path(__file__).parent.parent / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
QUESTIONS = 5

FLOWS = '''
import time
from datetime import date
from threading import Thread
from typing import Literal

from pydantic import BaseModel, Field

from signoff import flow, pause_flow_run, task
from signoff.input import RunInput

LETTER = """**Ada Lovelace** has sent her parcel back and asks for her money.

| Item | Price |
|---|---:|
| Analytical engine, second hand | 116.50 EUR |
| Punch cards, 500 | 12.50 EUR |
| **Total** | **129.00 EUR** |

- [x] Parcel received
- [x] Nothing missing
- [ ] Photo of the damage

Her [order](https://example.com/orders/A-17) is from last month.
"""


class Refund(RunInput):
    model_config = {"title": "Pay back 129.00 EUR to Ada Lovelace?"}
    approved: bool
    amount: float = Field(ge=0, le=500, description="In EUR.")
    reason: Literal["damaged", "too late", "other"] = "damaged"
    comment: str = Field("", description="Goes into the letter to the customer.")


class Release(RunInput):
    model_config = {"title": "Release 4.2 to production?"}
    approved: bool
    comment: str = ""


class Contact(BaseModel):
    name: str
    phone: str | None = None


class Machine(RunInput):
    model_config = {"title": "Which machine for Emmy Noether?"}
    model: Literal["light", "strong", "very strong"] = "strong"
    budget: int = Field(ge=500, le=5000, description="In EUR, all included.")
    first_day: date
    licences: list[str] = ["editor", "mail"]
    contact: Contact


class CleanUp(RunInput):
    model_config = {"title": "Delete 1,204 records nobody has read for two years?"}
    confirm: bool


@task(task_run_name="load order")
def load_order():
    time.sleep(0.4)


@task(task_run_name="read letter")
def read_letter():
    time.sleep(0.9)


@task(task_run_name="look at the parcel")
def look_at_parcel():
    time.sleep(0.6)


@flow(flow_run_name="order-a17")
def refund():
    load_order()
    seen = [read_letter.submit(), look_at_parcel.submit()]
    for each in seen:
        each.result()
    form = Refund.with_initial_data(description=LETTER, amount=129.0)
    pause_flow_run(wait_for_input=form, timeout=7000)


@flow(flow_run_name="v4.2")
def release():
    form = Release.with_initial_data(description="All **2,311** tests are green on both databases.")
    pause_flow_run(wait_for_input=form, timeout=1700)


@flow(flow_run_name="emmy-noether")
def onboarding():
    form = Machine.with_initial_data(budget=1800)
    pause_flow_run(wait_for_input=form, timeout=None)


@flow(flow_run_name="records-2024")
def clean_up():
    pause_flow_run(wait_for_input=CleanUp, timeout=90000)


@flow(flow_run_name="customers-eu")
def import_customers():
    pause_flow_run(timeout=None)


@flow(name="nightly-report")
def nightly(night):
    if night == 3:
        raise ValueError("no connection to the warehouse")


for night in range(5):
    nightly.with_options(flow_run_name=f"night-{night}")(night, return_state=True)
for each in (refund, release, onboarding, clean_up, import_customers):
    Thread(target=each).start()
'''

RELEASE = """# Goes out when somebody has signed it off.
id: ship-release
namespace: company.team
description: Ships a version **when somebody has signed it off**, and tells the team.
labels: {team: platform}
concurrency: {limit: 1, behavior: QUEUE}

inputs:
  - {id: version, type: STRING, displayName: Version}
  - {id: notes, type: FILE, required: false, displayName: Release notes}

tasks:
  - id: look
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - id: tests
        type: io.kestra.plugin.core.log.Log
        message: "Tests of {{ inputs.version }} are green"
      - id: decide
        type: io.kestra.plugin.core.flow.Pause
        pauseDuration: P1D
        behavior: FAIL
        onResume:
          - id: approved
            type: BOOL
            displayName: "Ship {{ inputs.version }}?"
  - id: ship
    type: io.kestra.plugin.core.flow.If
    condition: "{{ outputs.decide.onResume.approved }}"
    then:
      - {id: upload, type: io.kestra.plugin.core.log.Log, message: Uploading}
    else:
      - {id: leave, type: io.kestra.plugin.core.log.Log, message: Not this time}

triggers:
  - id: nightly
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 3 * * 1-5"
    timezone: Europe/Berlin
    inputs: {version: nightly}
  - {id: tagged, type: io.kestra.plugin.core.trigger.Webhook, key: k3y, inputs: {version: tag}}
"""


def main() -> None:
    """Take them all."""
    home = Path(tempfile.mkdtemp(prefix="so-"))
    script = home / "flows.py"
    script.write_text(FLOWS, encoding="utf-8")
    environment = os.environ | {"SIGNOFF_HOME": str(home), "SIGNOFF_API_URL": f"{URL}/api"}
    signoff = str(Path(sys.executable).parent / "signoff")
    subprocess.run(
        [signoff, "server", "start", "--background", "--port", str(PORT)],
        env=environment,
        check=True,
    )
    for text in (RELEASE.replace("P1D", "PT12H"), RELEASE):
        (home / "release.yaml").write_text(text, encoding="utf-8")
        deploy = [signoff, "flow", "deploy", str(home / "release.yaml")]
        subprocess.run(deploy, env=environment, check=True)
    pool = [signoff, "work-pool", "create", "machines-with-gpu"]
    subprocess.run(pool, env=environment, check=True)
    flows = subprocess.Popen([sys.executable, str(script)], env=environment)
    try:
        with sync_playwright() as playwright:
            path = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            _take(browser)
            browser.close()
    finally:
        flows.kill()
        flows.wait()
        subprocess.run([signoff, "server", "stop"], env=environment, check=True)
        shutil.rmtree(home, ignore_errors=True)


def _take(browser: Browser) -> None:
    desktop: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
    dark = {"color_scheme": "dark"}

    def shoot(name: str, options: dict[str, Any], act: Callable[[Page], None]) -> None:
        context = browser.new_context(**options, locale="en-GB")
        context.add_cookies([{"name": "signoff_name", "value": "Grace", "url": URL}])
        page = context.new_page()
        page.goto(URL)
        # Every flow has asked: the list grows by itself.
        page.locator("[data-item]").nth(QUESTIONS - 1).wait_for()
        act(page)
        page.wait_for_load_state("load")
        page.screenshot(path=FOLDER / f"{name}.png")
        context.close()

    shoot("inbox", desktop, lambda page: _open(page, "Ada"))
    shoot("inbox-dark", {**desktop, **dark}, lambda page: _open(page, "Emmy"))
    shoot("inbox-phone", phone, lambda page: None)
    shoot("question-phone", phone, lambda page: _open(page, "Ada"))
    shoot("mistakes", desktop, _make_mistakes)
    shoot("run", {"viewport": {"width": 1280, "height": 1600}}, _show_run)
    shoot("runs", desktop, lambda page: _go(page, "Runs"))
    shoot("runs-phone", phone, lambda page: _go(page, "Runs"))
    shoot("answer-all", desktop, _answer_all)
    shoot("settings", desktop, lambda page: _go(page, "Settings"))
    shoot("find", desktop, _find)
    shoot("flows", desktop, lambda page: _go(page, "Flows"))
    shoot("deployment", desktop, _show_deployment)
    shoot("pools", desktop, lambda page: _go(page, "Work pools"))
    tall: dict[str, Any] = {"viewport": {"width": 1280, "height": 1040}}
    shoot("flow", tall, _show_flow)
    shoot("source", tall, lambda page: _show_flow(page, "Source"))
    shoot("changes", desktop, _show_changes)
    shoot("editor", desktop, _write_mistake)
    shoot("editor-dark", {**desktop, **dark}, _write_mistake)


def _open(page: Page, words: str) -> None:
    page.locator("[data-item]", has_text=words).click()
    page.locator(".decision", has_text=words).wait_for()


def _go(page: Page, section: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=section).click()
    page.get_by_role("heading", level=1, name=section).wait_for()


def _find(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("re")
    page.locator(".finding a", has_text="Pay back").wait_for()


def _show_deployment(page: Page) -> None:
    _go(page, "Deployments")
    page.get_by_role("link", name="ship-release").click()
    page.get_by_role("button", name="Run now").wait_for()


def _answer_all(page: Page) -> None:
    _go(page, "Runs")
    page.get_by_label("With").select_option("all")
    page.get_by_role("button", name="Answer").click()
    page.get_by_role("heading", level=1, name="Answer all").wait_for()


def _show_run(page: Page) -> None:
    _open(page, "Ada")
    page.locator(".decision").get_by_role("link", name="order-a17").click()
    page.locator("svg.timeline").wait_for()


def _show_flow(page: Page, tab: str = "Overview") -> None:
    page.get_by_role("link", name="Flows", exact=True).click()
    page.get_by_role("link", name="company.team.ship-release").click()
    page.locator(".tabs").get_by_role("link", name=tab).click()
    page.locator(".tabs [aria-current]", has_text=tab).wait_for()


def _show_changes(page: Page) -> None:
    _show_flow(page, "Source")
    page.get_by_role("link", name="Changes of revision 2").click()
    page.locator("table.diff").wait_for()


def _write_mistake(page: Page) -> None:
    _show_flow(page, "Edit")
    page.locator(".cm-line", has_text="pauseDuration: P1D").click()
    page.keyboard.press("Home")
    for _ in "pause":
        page.keyboard.press("Delete")
    page.locator(".cm-lint-marker-error").first.wait_for()
    page.locator(".problems li").first.wait_for()
    page.locator(".cm-lint-marker-error").first.hover()
    page.locator(".cm-tooltip").wait_for()


def _make_mistakes(page: Page) -> None:
    _open(page, "Emmy")
    page.get_by_label("Budget").fill("50000")
    page.get_by_role("button", name="Send the answer").click()
    page.get_by_role("alert").wait_for()


if __name__ == "__main__":
    main()
