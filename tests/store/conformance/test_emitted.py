"""Emitted events and secrets: kept once, found by what they say, gone when removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signoff.model.emitted import (
    CountEmitted,
    Event,
    EventFilter,
    EventIDFilter,
    EventNameFilter,
    EventOccurredFilter,
    EventOrder,
    EventResourceFilter,
    ReadEmitted,
    RelatedResource,
    Resource,
)
from tests.store.samples import World

pytestmark = pytest.mark.store

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def event(world: World, name: str, resource: str, day: int, **facts: Any) -> Event:
    return Event(
        id=world.id(),
        event=name,
        resource=Resource({"signoff.resource.id": resource, "ü": "ö"}),
        occurred=BEGIN + timedelta(days=day),
        **facts,
    )


def test_an_event_is_kept_once_and_whole(world: World) -> None:
    related = RelatedResource({"signoff.resource.id": "c", "signoff.resource.role": "payer"})
    made = event(
        world, "paid", "a", 0, related=[related], payload={"n": [1, None]}, follows=world.id()
    )
    with world.store.write() as tx:
        tx.emitted.add([made, made], world.now)
        tx.emitted.add([made], world.tick())
    with world.store.read() as tx:
        (found,) = tx.emitted.listed(ReadEmitted())
        assert tx.emitted.count(CountEmitted()) == 1
    assert found.received is not None
    assert found.model_copy(update={"received": None}) == made


def test_events_are_found_by_every_part_of_the_filter(world: World) -> None:
    made = [
        event(world, "a.even", "x%1", 0),
        event(world, "a.odd", "x%2", 1),
        event(world, "b.even", "y_1", 2),
    ]
    with world.store.write() as tx:
        tx.emitted.add(made, world.now)

    def found(**parts: Any) -> list[int]:
        wanted = EventFilter(order=EventOrder.ASC, **parts)
        with world.store.read() as tx:
            listed = tx.emitted.listed(ReadEmitted(wanted))
            assert tx.emitted.count(CountEmitted(wanted)) == len(listed)
        return [[each.id for each in made].index(one.id) for one in listed]

    assert found() == [0, 1, 2]
    assert found(event=EventNameFilter(prefix=["a."])) == [0, 1]
    assert found(event=EventNameFilter(name=["a.odd"], prefix=["b"])) == [1, 2]
    assert found(event=EventNameFilter(exclude_name=["a.odd"], exclude_prefix=["b"])) == [0]
    assert found(event=EventNameFilter(name=[])) == []
    assert found(resource=EventResourceFilter(id=["y_1", "z"])) == [2]
    assert found(resource=EventResourceFilter(id_prefix=["x%"])) == [0, 1]
    assert found(resource=EventResourceFilter(id_prefix=["y%"])) == []
    assert found(id=EventIDFilter(id=[made[1].id])) == [1]
    assert found(occurred=EventOccurredFilter(since=BEGIN + timedelta(days=1))) == [1, 2]
    assert found(occurred=EventOccurredFilter(until=BEGIN + timedelta(days=1))) == [0, 1]
    with world.store.read() as tx:
        newest = tx.emitted.listed(ReadEmitted(EventFilter(), limit=1, offset=1))
    assert [each.id for each in newest] == [made[1].id]


def test_a_secret_has_one_value_until_it_is_removed(world: World) -> None:
    with world.store.write() as tx:
        assert tx.secrets.value("a") is None
        assert tx.secrets.add("b", "one", world.now)
        assert tx.secrets.add("a", "two", world.now)
        assert not tx.secrets.add("a", "three", world.now)
        tx.secrets.change("a", "four", world.tick())
        assert (tx.secrets.value("a"), tx.secrets.value("b")) == ("four", "one")
        first, second = tx.secrets.listed()
        assert (first.name, second.name) == ("a", "b")
        assert first.updated > first.created == second.created
        assert tx.secrets.remove("a")
        assert not tx.secrets.remove("a")
        assert [each.name for each in tx.secrets.listed()] == ["b"]
