"""Filters that find parts of a text: `replace` and `split`."""

from __future__ import annotations

import importlib
from typing import Any

from signoff.core.expressions import coercing
from signoff.core.expressions.limits import fits, holds
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Call, Shelf

PARTS = Shelf("filter", "Parts of texts")


@PARTS.add(
    "replace",
    "With what a map says for each part; its keys are regular expressions with `regexp=true`.",
    ("'I like %this%' | replace({'%this%': 'foo'})", "I like foo"),
    ("'2024-07-01' | replace({'(\\d+)-(\\d+)-.*': '$2/$1'}, regexp=true)", "07/2024"),
    takes="replace_pairs, regexp?",
)
def _replace(call: Call, value: object, replace_pairs: object, regexp: object = False) -> object:
    text = call.text(value)
    as_patterns = coercing.flag(regexp, "regexp")
    for part, by in coercing.mapping(replace_pairs, "replace_pairs").items():
        old, new = call.text(part), call.text(by)
        if as_patterns:
            text = _regexes().replace(text, old, new, call.budget)
        elif old:
            call.budget.step(len(text) >> 6)
            fits(len(text) + text.count(old) * len(new))
            text = text.replace(old, new)
        else:
            raise Misuse("cannot replace an empty text")
    return text


@PARTS.add(
    "split",
    "The parts between what a regular expression finds; at most `limit` of them, empty ones at the"
    " end only when it is negative.",
    ("'apple,banana,cherry' | split(',')", '["apple","banana","cherry"]'),
    ("'a,b,c' | split(',', 2)", '["a","b,c"]'),
    ("'a.b' | split('\\\\.')", '["a","b"]'),
    takes="delimiter, limit?",
)
def _split(call: Call, value: object, delimiter: object, limit: object = 0) -> object:
    text, pattern = call.text(value), coercing.string(call, delimiter, "delimiter")
    most = coercing.whole(limit, "limit")
    call.budget.step(len(text) >> 6)
    holds(len(text) // max(1, len(pattern)))
    parts: list[object] = _regexes().split(text, pattern, max(most, 0), call.budget)
    if most == 0:
        while len(parts) > 1 and not parts[-1]:
            parts.pop()
    return parts


def _regexes() -> Any:
    return importlib.import_module("signoff.core.expressions.regexes")
