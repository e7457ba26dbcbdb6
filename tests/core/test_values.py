"""The quick `dataclass` makes what that of the standard library makes."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import field
from typing import Any, ClassVar, Generic, TypeVar

import pytest
from pydantic import TypeAdapter, ValidationError

from signoff.model import values

T = TypeVar("T")


@values.dataclass(frozen=True, slots=True)
class Point(Generic[T]):
    """A point."""

    x: int
    name: str = "here"
    tags: list[T] = field(default_factory=list)
    seen: int = field(default=0, compare=False, repr=False)
    kind: ClassVar[str] = "point"

    def far(self) -> bool:
        return self.x > 10


@values.dataclass(slots=True)
class Open:
    """Can be changed."""

    x: int
    made: list[int] = field(init=False, default_factory=list)


@values.dataclass(slots=True, eq=False)
class Itself:
    """Equal to nothing else."""

    x: int = 1


@values.dataclass(frozen=True, slots=True)
class Checked:
    """Looks at what it was given, and says what it is in its own way."""

    x: int

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("negative")

    def __repr__(self) -> str:
        return "checked"


@dataclasses.dataclass(frozen=True, slots=True)
class Model:
    """As `Point`, by the standard library."""

    x: int
    name: str = "here"
    tags: list[Any] = field(default_factory=list)
    seen: int = field(default=0, compare=False, repr=False)


def test_instances_are_made_and_compared_and_shown_as_ever() -> None:
    one, same, other = Point[int](1, tags=[2]), Point[int](1, "here", [2], 9), Point[int](2)
    assert (one.x, one.name, one.tags, one.seen, one.kind) == (1, "here", [2], 0, "point")
    assert one == same
    assert one != other
    assert one != Model(1, "here", [2])
    assert repr(one) == repr(Model(1, tags=[2])).replace("Model", "Point")
    assert one.tags is not Point[int](1).tags
    assert Point[int](11).far()
    assert {Checked(1), Checked(1), Checked(2)} == {Checked(1), Checked(2)}
    assert repr(Checked(1)) == "checked"
    with pytest.raises(ValueError, match="negative"):
        Checked(-1)
    assert Itself() != Itself()
    with pytest.raises(TypeError, match="unhashable"):
        hash(Open(1))


def test_hashes_are_those_of_the_standard_library() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Plain:
        x: int

    @values.dataclass(frozen=True, slots=True)
    class Quick:
        """One field."""

        x: int

    assert hash(Quick(5)) == hash(Plain(5))


def test_a_frozen_one_cannot_be_changed() -> None:
    point: Any = Point[int](1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    assert not hasattr(point, "__dict__")
    changed = Open(1)
    changed.x = 2
    assert (changed.x, changed.made) == (2, [])


def test_wrong_arguments_are_told_as_ever() -> None:
    wrong: Any = Point
    for arguments in ({}, {"x": 1, "y": 2}):
        with pytest.raises(TypeError, match=r"__init__\(\)"):
            wrong(**arguments)
    assert str(inspect.signature(wrong)) == str(inspect.signature(Model)).replace("Any", "T")


def test_the_tools_of_dataclasses_take_it() -> None:
    point = Point[int](1, tags=[2])
    assert dataclasses.is_dataclass(point)
    assert [each.name for each in dataclasses.fields(Point)] == ["x", "name", "tags", "seen"]
    assert dataclasses.replace(point, x=3) == Point(3, tags=[2])
    assert dataclasses.asdict(point) == dataclasses.asdict(Model(1, tags=[2]))
    assert Point.__match_args__ == Model.__match_args__  # type: ignore[attr-defined]
    assert Point.__doc__ == "A point."
    for copied in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))):
        assert copied == point
        assert copied.seen == 0


def test_pydantic_reads_and_writes_it() -> None:
    adapter: TypeAdapter[Checked] = TypeAdapter(Checked)
    assert adapter.validate_python({"x": 1}) == Checked(1)
    assert adapter.dump_python(Checked(1)) == {"x": 1}
    with pytest.raises(ValidationError):
        adapter.validate_python({"x": "one"})


def test_whatever_is_not_plain_is_left_to_the_standard_library() -> None:
    @values.dataclass(slots=True)
    class Nearer(Open):
        """Below another dataclass."""

        y: int = 2

    @values.dataclass(order=True)
    class Ordered:
        """Can be sorted."""

        x: int

    assert Ordered(1) < Ordered(2)
    assert (Nearer(1).x, Nearer(1).y) == (1, 2)
