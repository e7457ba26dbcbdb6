"""Copies with some fields changed are what `dataclasses.replace` would make."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.core.changing import replace

pytestmark = pytest.mark.rules


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int
    name: str = "p"


@dataclass(frozen=True, slots=True)
class Alone:
    x: int


@dataclass(slots=True)
class Checked:
    x: int
    y: int

    def __post_init__(self) -> None:
        self.x += 1


POINTS = st.builds(Point, st.integers(), st.integers(), st.text())
CHANGES = st.fixed_dictionaries(
    {}, optional={"x": st.integers(), "y": st.integers(), "name": st.text()}
)


@given(POINTS, CHANGES)
def test_a_copy_is_what_the_library_makes(point: Point, changes: dict[str, object]) -> None:
    before = dataclasses.astuple(point)
    copy = replace(point, **changes)
    assert copy == dataclasses.replace(point, **changes)  # type: ignore[arg-type]
    assert type(copy) is Point
    assert copy is not point
    assert dataclasses.astuple(point) == before
    assert hash(copy) == hash(dataclasses.replace(copy))


def test_what_it_cannot_copy_is_refused() -> None:
    with pytest.raises(TypeError, match="no field 'z'"):
        replace(Point(1, 2), z=3)
    for value in (Alone(1), Checked(1, 2)):
        with pytest.raises(TypeError, match="cannot be copied"):
            replace(value, x=2)
