"""Forms with the rarer shapes of Pydantic, filled in by a person in a real browser."""

from __future__ import annotations

import decimal
from typing import Annotated, Any, Literal

import pytest
from playwright.sync_api import expect
from pydantic import BaseModel, Field, HttpUrl

from signoff.gateway.http import HttpGateway
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import Asking, form_of, wait_of
from tests.pages.test_touch import small
from tests.support.browser import violations


class Node(BaseModel):
    name: str
    children: list[Node] = []


class Point(BaseModel):
    x: int
    y: int


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(9, ge=1, le=9)


class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: list[str] = []


class Gallery(BaseModel):
    code: Annotated[str, Field(min_length=3, max_length=8, pattern=r"^[A-Z]+$")]
    mixed: Literal[1, "two", True]
    price: decimal.Decimal = Field(max_digits=6, decimal_places=2, ge=0)
    triple: tuple[int, str, bool]
    limits: dict[str, Point] = {"a": Point(x=1, y=2)}
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    tree: Node
    points: list[list[Point]] = [[Point(x=1, y=2)]]
    maybe: Point | None = None
    web: HttpUrl
    either: int | str | list[int]


ANSWER: dict[str, Any] = {
    "code": "ABC",
    "mixed": True,
    "price": "10.50",
    "triple": [4, "four", False],
    "limits": {"a": {"x": 1, "y": 7}},
    "pet": {"kind": "dog", "tricks": ["sit"]},
    "tree": {"name": "root", "children": [{"name": "leaf", "children": []}]},
    "points": [[{"x": 1, "y": 2}, {"x": 3, "y": 4}]],
    "maybe": {"x": 5, "y": 6},
    "web": "https://example.com/a",
    "either": [8],
}


@pytest.mark.parametrize("style", LOOKS)
def test_every_mistake_is_shown_and_the_page_stays_usable(
    look: Open, gateway: HttpGateway, style: str
) -> None:
    page = look(Asking(gateway).question("all", form_of(Gallery)), **LOOKS[style])
    page.locator("[data-main]").click()
    expect(page.get_by_role("alert")).to_contain_text("Code is required")
    expect(page.get_by_text("at least 0, at most 2 decimal places")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") is True
    assert style != "phone" or small(page) == []
    assert violations(page) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_filled_in_is_the_answer(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    asking = Asking(gateway)
    page = look(asking.question("all", form_of(Gallery)), java_script_enabled=scripts)

    def group(name: str) -> Any:
        return page.get_by_role("group", name=name, exact=True)

    group("Pet").get_by_role("radio", name="Dog").check()
    group("Tricks").get_by_role("button", name="Add one").click()
    group("Tricks").get_by_role("textbox").fill("sit")
    # What is inside of itself is written as JSON.
    group("Children").get_by_role("button", name="Add one").click()
    group("Children").get_by_role("textbox").fill('{"name": "leaf", "children": []}')
    group("Tree").get_by_label("Name").fill("root")
    group("Points").get_by_role("button", name="Add another").first.click()
    expect(group("Points").get_by_label("X", exact=True)).to_have_count(2)
    group("Points").get_by_label("X", exact=True).last.fill("3")
    group("Points").get_by_label("Y", exact=True).last.fill("4")
    page.get_by_label("Fill in Maybe").check()
    group("Maybe optional").get_by_label("X", exact=True).fill("5")
    group("Maybe optional").get_by_label("Y", exact=True).fill("6")
    group("Either").get_by_role("radio", name="List").check()
    group("Either").get_by_role("button", name="Add one").click()
    group("Either").get_by_role("group").get_by_role("textbox").fill("8")
    group("Limits").get_by_label("Y", exact=True).fill("7")
    group("Triple").get_by_label("Item 1").fill("4")
    group("Triple").get_by_label("Item 2").fill("four")
    group("Triple").get_by_role("radio", name="No").check()
    group("Mixed").get_by_role("radio", name="yes").check()
    for label, text in (("Code", "abc"), ("Price", "10.50"), ("Web", "https://example.com/a")):
        page.get_by_label(label, exact=True).fill(text)
    page.locator("[data-main]").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(1)
    page.get_by_label("Code", exact=True).fill("ABC")
    page.locator("[data-main]").click()
    expect(page.get_by_text("You answered this")).to_be_visible()
    assert wait_of(gateway, asking.id, "all").answer == ANSWER
