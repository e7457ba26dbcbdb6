"""Random Pydantic models, with values that fit them and values that nearly do."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from hypothesis import strategies as st
from pydantic import BaseModel, Field, SecretStr, create_model


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 10


@dataclass(frozen=True)
class Shape:
    """A type, and a strategy of JSON values that it accepts."""

    type_: Any
    values: st.SearchStrategy[Any]


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
_DAYS = st.dates(datetime.date(1000, 1, 1))
_MOMENTS = st.datetimes(timezones=st.just(datetime.UTC)) | st.datetimes()


def _texts(draw: st.DrawFn) -> Shape:
    least = draw(st.integers(0, 3))
    most = draw(st.integers(least, 8))
    limited = Annotated[str, Field(min_length=least, max_length=most)]
    return Shape(limited, st.text("abc \n\u00e9\U0001f600", min_size=least, max_size=most))


def _wholes(draw: st.DrawFn) -> Shape:
    low = draw(st.integers(-100, 100))
    high = draw(st.integers(low, 200))
    return Shape(Annotated[int, Field(ge=low, le=high)], st.integers(low, high))


def _numbers(draw: st.DrawFn) -> Shape:
    low = draw(st.integers(-100, 100))
    values = st.floats(low, low + 50, exclude_min=True, allow_nan=False) | st.just(low + 1)
    return Shape(Annotated[float, Field(gt=low, le=low + 50)], values)


def _decimals(draw: st.DrawFn) -> Shape:
    places = draw(st.integers(0, 4))
    values = st.decimals(-50, 50, places=places, allow_nan=False).map(str)
    return Shape(Annotated[decimal.Decimal, Field(ge=-50, le=50, decimal_places=places)], values)


_SIMPLE = st.sampled_from(
    [
        Shape(str, TEXT),
        Shape(bool, st.booleans()),
        Shape(Colour, st.sampled_from(["red", "green"])),
        Shape(Size, st.sampled_from([1, 10])),
        Shape(Literal["a", 5], st.sampled_from(["a", 5])),
        Shape(datetime.date, _DAYS.map(str)),
        Shape(datetime.time, st.times().map(str)),
        Shape(datetime.datetime, _MOMENTS.map(lambda moment: moment.isoformat())),
        Shape(
            datetime.timedelta,
            st.sampled_from(["PT1H", "P3DT4H", "-PT0.5S", "1:30:00", "2 days"]),
        ),
        Shape(uuid.UUID, st.uuids().map(str)),
        Shape(Any, st.none() | TEXT | st.integers() | st.lists(st.booleans(), max_size=2)),
        Shape(SecretStr, TEXT),
    ]
)


@st.composite
def scalars(draw: st.DrawFn) -> Shape:
    """Types that are answered with one piece of text."""
    make = draw(st.sampled_from([None, None, _texts, _wholes, _numbers, _decimals]))
    return draw(_SIMPLE) if make is None else make(draw)


def _model(draw: st.DrawFn, shapes: list[Shape]) -> Shape:
    names = [f"field_{number}" for number in range(len(shapes))]
    optional = draw(st.sets(st.sampled_from(names))) if names else set()
    extra = draw(st.sampled_from(["ignore", "forbid"]))
    model = create_model(  # type: ignore[call-overload]
        "Inner",
        __config__={"extra": extra},
        **{
            name: (shape.type_ | None, None) if name in optional else (shape.type_, ...)
            for name, shape in zip(names, shapes, strict=True)
        },
    )
    values = {
        name: st.none() | shape.values if name in optional else shape.values
        for name, shape in zip(names, shapes, strict=True)
    }
    left_out = {name: values.pop(name) for name in optional}
    return Shape(model, st.fixed_dictionaries(values, optional=left_out))


@st.composite
def _larger(draw: st.DrawFn, inner: st.SearchStrategy[Shape]) -> Shape:
    kind = draw(st.sampled_from(["optional", "list", "tuple", "map", "union", "model"]))
    shape = draw(inner)
    if kind == "optional":
        return Shape(shape.type_ | None, st.none() | shape.values)
    if kind == "list":
        least = draw(st.integers(0, 2))
        limited = Annotated[list[shape.type_], Field(min_length=least)]  # type: ignore[name-defined]
        return Shape(limited, st.lists(shape.values, min_size=least, max_size=3))
    if kind == "map":
        return Shape(dict[str, shape.type_], st.dictionaries(TEXT, shape.values, max_size=3))
    other = draw(inner)
    if kind == "tuple":
        pair = tuple[shape.type_, other.type_]  # type: ignore[name-defined]
        return Shape(pair, st.tuples(shape.values, other.values).map(list))
    if kind == "union":
        return Shape(shape.type_ | other.type_, shape.values | other.values)
    return _model(draw, [shape, other])


@st.composite
def models(draw: st.DrawFn) -> tuple[type[BaseModel], st.SearchStrategy[dict[str, Any]]]:
    """A model of one to three fields, and answers that it accepts."""
    shapes = st.recursive(scalars(), _larger, max_leaves=4)
    shape = _model(draw, draw(st.lists(shapes, min_size=1, max_size=3)))
    return shape.type_, shape.values


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-200, 200) | TEXT | st.just(0.5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=4,
)


@st.composite
def damaged(draw: st.DrawFn, answer: Any) -> Any:
    """The answer with one part replaced, left out or added."""
    if isinstance(answer, dict) and answer and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(answer)))
        what = draw(st.sampled_from(["replace", "drop", "add", "deeper"]))
        if what == "drop":
            return {key: value for key, value in answer.items() if key != name}
        if what == "add":
            return {**answer, draw(TEXT): draw(JSON)}
        if what == "deeper":
            return {**answer, name: draw(damaged(answer[name]))}
        return {**answer, name: draw(JSON)}
    if isinstance(answer, list) and answer and draw(st.booleans()):
        index = draw(st.integers(0, len(answer) - 1))
        return [*answer[:index], draw(damaged(answer[index])), *answer[index + 1 :]]
    return draw(JSON)
