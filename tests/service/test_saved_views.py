"""Saved views: whose they are, and what cannot be kept."""

from __future__ import annotations

import pytest

from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.saved_views import LONGEST_QUERY, MOST, ForgetView, ReadViews, SaveView
from tests.service.world import World

pytestmark = pytest.mark.service


def shown(world: World, owner: str) -> list[tuple[str, str, str]]:
    return [(each.owner, each.name, each.query) for each in world.ask(ReadViews(owner))]


def test_a_view_is_somebodys_or_everybodys(world: World) -> None:
    world.ask(SaveView("ann", " Failed refunds ", "state=failed"))
    world.ask(SaveView("", "Waiting", "state=waiting"))
    world.ask(SaveView("bob", "Mine", "tag=bob"))
    assert shown(world, "ann") == [
        ("ann", "Failed refunds", "state=failed"),
        ("", "Waiting", "state=waiting"),
    ]
    assert shown(world, "") == [("", "Waiting", "state=waiting")]
    world.ask(SaveView("ann", "Waiting", "state=suspended"))
    assert [each[2] for each in shown(world, "ann") if each[1] == "Waiting"] == [
        "state=suspended",
        "state=waiting",
    ]


def test_the_newest_of_a_name_stands_until_it_is_removed(world: World) -> None:
    world.ask(SaveView("ann", "A", "q=1"))
    world.ask(SaveView("ann", "A", "q=2"))
    assert shown(world, "ann") == [("ann", "A", "q=2")]
    with pytest.raises(ObjectNotFound, match="no view 'A' for everybody"):
        world.ask(ForgetView("", "A"))
    world.ask(ForgetView("ann", "A"))
    assert shown(world, "ann") == []
    with pytest.raises(ObjectNotFound, match="no view 'A' of 'ann'"):
        world.ask(ForgetView("ann", "A"))


def test_what_cannot_be_kept_says_why(world: World) -> None:
    for name in ("", "  ", "x" * 81, "a\nb"):
        with pytest.raises(InvalidRequest, match="needs a name of 1 to 80"):
            world.ask(SaveView("", name, "q=1"))
    with pytest.raises(InvalidRequest, match="leave some out"):
        world.ask(SaveView("", "long", "x" * (LONGEST_QUERY + 1)))
    for number in range(MOST):
        world.ask(SaveView("", f"view {number}", ""))
    with pytest.raises(InvalidRequest, match="remove one first"):
        world.ask(SaveView("", "one more", ""))
    world.ask(SaveView("", "view 7", "q=7"))
    assert len(shown(world, "")) == MOST
