"""Digests of arguments."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from signoff.core.fingerprint import fingerprint


class Colour(Enum):
    RED = 1
    BLUE = 2


@dataclass
class Point:
    x: int
    y: int


class Order(BaseModel):
    id: int
    tags: set[str] = set()


def refuse(value: Any) -> bytes:
    raise TypeError(f"no encoding for {type(value).__name__}")


def digest(value: Any) -> str:
    return fingerprint(value, refuse)


SAMPLES: list[Any] = [
    None,
    True,
    1,
    1.0,
    "1",
    b"1",
    [],
    (),
    {},
    set(),
    [1],
    (1,),
    {"a": 1},
    {1},
    [[1], 2],
    [1, [2]],
    ["a", "b"],
    ["ab"],
    Decimal("1"),
    Path("a"),
    UUID(int=1),
    datetime(2026, 1, 1, tzinfo=UTC),
    Colour.RED,
    Colour.BLUE,
    Point(1, 2),
    Point(2, 1),
    Order(id=1),
    Order(id=1, tags={"a"}),
]


def test_different_values_have_different_digests() -> None:
    digests = [digest(value) for value in SAMPLES]
    assert len(set(digests)) == len(digests)


def test_order_of_dicts_and_sets_does_not_count() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest({"x", "y", "z"}) == digest({"z", "y", "x"})


def test_other_processes_agree() -> None:
    """Hash randomisation and memory addresses play no part."""
    code = (
        "from signoff.core.fingerprint import fingerprint\n"
        "print(fingerprint({'names': {'b', 'a', 'c'}, 'n': [1, 2.5, None]}, repr))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_unknown_values_go_to_the_fallback() -> None:
    with pytest.raises(TypeError, match="no encoding for object"):
        digest([object()])
    assert fingerprint([object()], lambda value: b"x") == fingerprint([object()], lambda v: b"x")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(json_values, json_values)
def test_equal_representations_and_digests_go_together(one: Any, two: Any) -> None:
    if repr(one) == repr(two):
        assert digest(one) == digest(two)
    elif one != two:
        assert digest(one) != digest(two)
