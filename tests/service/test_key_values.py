"""Key-value pairs: typed values, and an end by the store's clock."""

from __future__ import annotations

from typing import Any

import pytest

from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.model.key_values import (
    DeleteKeyValue,
    KeyValueKind,
    ReadKeys,
    ReadKeyValue,
    SetKeyValue,
)
from tests.service.world import SECOND, World

pytestmark = pytest.mark.service

K = KeyValueKind


def test_a_pair_lasts_as_long_as_it_was_told(world: World) -> None:
    made = world.ask(SetKeyValue("shop", "k", "x", ttl=10 * SECOND))
    assert made.expires == world.now + 10 * SECOND
    world.later(9.9)
    assert world.ask(ReadKeyValue("shop", "k")) == made
    world.later(0.1)
    assert world.ask(ReadKeyValue("shop", "k", error_on_missing=False)) is None
    with pytest.raises(ObjectNotFound, match="no value for 'k' in namespace 'shop'"):
        world.ask(ReadKeyValue("shop", "k"))
    assert world.ask(ReadKeys("shop")) == ()
    assert world.ask(SetKeyValue("shop", "k", 1, overwrite=False)).expires is None


def test_a_present_value_is_replaced_only_when_allowed(world: World) -> None:
    world.ask(SetKeyValue("shop", "k", "x", ttl=SECOND))
    with pytest.raises(ObjectAlreadyExists, match="overwrite or delete it"):
        world.ask(SetKeyValue("shop", "k", "y", overwrite=False))
    assert world.ask(SetKeyValue("shop", "k", "y")).expires is None


def test_deleting_says_whether_it_was_there(world: World) -> None:
    world.ask(SetKeyValue("shop", "k", "x"))
    assert world.ask(DeleteKeyValue("shop", "k")) is True
    assert world.ask(DeleteKeyValue("shop", "k")) is False
    with pytest.raises(ObjectNotFound, match="no value for 'k'"):
        world.ask(DeleteKeyValue("shop", "k", error_on_missing=True))


@pytest.mark.parametrize(
    ("value", "kind", "kept", "known"),
    [
        ("x", None, "x", K.STRING),
        (5, None, 5, K.NUMBER),
        (True, None, True, K.BOOLEAN),
        ({"a": [1]}, None, {"a": [1]}, K.JSON),
        (5, K.STRING, "5", K.STRING),
        ("1.5", K.NUMBER, 1.5, K.NUMBER),
        ("TRUE", K.BOOLEAN, True, K.BOOLEAN),
        ("2026-03-01T10:30:00+01:00", K.DATETIME, "2026-03-01T09:30:00Z", K.DATETIME),
        ("2026-03-01T10:30:00", K.DATETIME, "2026-03-01T10:30:00Z", K.DATETIME),
        ("2026-03-01", K.DATE, "2026-03-01", K.DATE),
        ("PT90M", K.DURATION, "PT1H30M", K.DURATION),
        ('{"a": null}', K.JSON, {"a": None}, K.JSON),
        ([1], K.JSON, [1], K.JSON),
    ],
)
def test_a_value_is_kept_as_its_kind(
    world: World, value: Any, kind: KeyValueKind | None, kept: Any, known: KeyValueKind
) -> None:
    world.ask(SetKeyValue("shop", "k", value, kind))
    found = world.ask(ReadKeyValue("shop", "k"))
    assert found is not None
    assert (found.value, found.kind) == (kept, known)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (SetKeyValue("shop", "k", "x", K.NUMBER), "A NUMBER is written such as 5 or 1.5; got 'x'"),
        (SetKeyValue("shop", "k", "true", K.NUMBER), "A NUMBER"),
        (SetKeyValue("shop", "k", "NaN", K.NUMBER), "A NUMBER"),
        (SetKeyValue("shop", "k", 1, K.BOOLEAN), "A BOOLEAN is true or false"),
        (SetKeyValue("shop", "k", "noon", K.DATETIME), "A DATETIME"),
        (SetKeyValue("shop", "k", "1.2.3", K.DATE), "A DATE"),
        (SetKeyValue("shop", "k", "soon", K.DURATION), "A DURATION"),
        (SetKeyValue("shop", "k", "{", K.JSON), "must be JSON"),
        (SetKeyValue("shop", "k", None), "A value is missing"),
        (SetKeyValue("shop", "k", "x" * 1_000_001), "at most 1000000 characters"),
        (SetKeyValue("shop", "k", "x", ttl=0), "ttl must be more than nothing"),
        (SetKeyValue("Shop", "k", "x"), "A namespace begins with a small letter"),
        (SetKeyValue("shop", "a b", "x"), "A key begins with a letter or digit"),
        (SetKeyValue("shop", "", "x"), "A key begins"),
    ],
)
def test_what_cannot_be_kept_is_refused(world: World, request_: SetKeyValue, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        world.ask(request_)
