"""Hypothesis strategies for any value of the model, made from its annotations."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache, partial
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import reject
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from signoff.model.emitted import ID, ROLE, Event, RelatedResource, Resource
from signoff.model.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
WHOLE = st.integers(-(2**53), 2**53)
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=4,
)
_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    Any: JSON,
    str: TEXT,
    int: WHOLE,
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bytes: st.binary(max_size=8),
    UUID: st.uuids(),
    datetime: st.timedeltas(timedelta(0), timedelta(days=80_000)).map(
        lambda since: datetime(1970, 1, 1, tzinfo=UTC) + since
    ),
    timedelta: st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9)),
    type(None): st.none(),
}
_LABELS = st.dictionaries(TEXT.filter(lambda key: not key.startswith("prefect.")), TEXT, max_size=2)
_RESOURCE = st.builds(lambda labels, id: Resource({**labels, ID: id}), _LABELS, TEXT.filter(bool))
_RELATED = st.builds(
    lambda labels, id, role: RelatedResource({**labels, ID: id, ROLE: role}),
    _LABELS,
    TEXT.filter(bool),
    TEXT.filter(bool),
)
_PLAIN[Event] = st.builds(
    Event,
    occurred=_PLAIN[datetime],
    event=TEXT.filter(bool),
    resource=_RESOURCE,
    related=st.lists(_RELATED, max_size=2),
    payload=st.dictionaries(TEXT, JSON, max_size=2),
    id=st.uuids(),
    follows=st.none() | st.uuids(),
    received=st.none() | _PLAIN[datetime],
)
_BOUNDED: dict[str, st.SearchStrategy[Any]] = {
    "limit": st.integers(0, 200),
    "offset": st.integers(0, 10**6),
    "page": st.integers(1, 10**6),
    "after": st.integers(0, 10**6),
    "entry": st.integers(0, 10**6),
}


@cache
def values_of(type_: Any) -> st.SearchStrategy[Any]:
    """A strategy for values of a type as the model annotates it."""
    if type_ in _PLAIN:
        return _PLAIN[type_]
    origin, inside = get_origin(type_), get_args(type_)
    if origin in (Union, types.UnionType):
        return st.one_of(*[values_of(one) for one in inside])
    if origin is Literal:
        return st.sampled_from(inside)
    if origin is tuple:
        return st.lists(values_of(inside[0]), max_size=2).map(tuple)
    if origin is list:
        return st.lists(values_of(inside[0]), max_size=2)
    if origin in (Mapping, dict):
        return st.dictionaries(values_of(inside[0]), values_of(inside[1]), max_size=2)
    if isinstance(type_, TypeVar):
        return JSON
    if isinstance(type_, type) and issubclass(type_, Enum):
        return st.sampled_from(type_)
    if isinstance(type_, type) and issubclass(type_, BaseModel):
        model, hints = type_, get_type_hints(type_)
        if model in _RULES:
            return st.just(_RULES[model])
        fields_of = {name: values_of(hints[name]) for name in model.model_fields}
        return st.fixed_dictionaries(fields_of).map(partial(_built, model))
    assert is_dataclass(type_), type_
    return requests_of(cast(type[Any], type_))


_RULES: dict[type[BaseModel], BaseModel] = {
    CronSchedule: CronSchedule(cron="0 9 * * MON", timezone="Europe/Berlin", day_or=False),
    IntervalSchedule: IntervalSchedule(interval=timedelta(hours=1)),
    RRuleSchedule: RRuleSchedule(rrule="FREQ=DAILY"),
}
"""Few texts are schedules, so one of each kind has to do."""


def _built(model: type[BaseModel], values: dict[str, Any]) -> BaseModel:
    try:
        return model(**values)
    except ValidationError:
        reject()


def requests_of(
    kind: type[Any], overrides: Mapping[str, st.SearchStrategy[Any]] | None = None
) -> st.SearchStrategy[Any]:
    """A strategy for a dataclass; `overrides` by field name."""
    hints = get_type_hints(kind)
    chosen = {**_BOUNDED, **(overrides or {})}
    return st.builds(
        kind,
        **{
            one.name: chosen[one.name] if one.name in chosen else values_of(hints[one.name])
            for one in fields(kind)
        },
    )
