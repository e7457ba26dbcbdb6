"""Secrets inside answers: sealed before they are stored, opened for the process that waits.

Owns where in a JSON value the sealing happens. Must not know how a text is encrypted (the `Vault`
does) or which fields are secret (`core.forms` does).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from signoff.core.forms import MASK, secret_paths
from signoff.core.ports import Vault
from signoff.model.forms import Form, Json, Path

Change = Callable[[Json], Json]


def may_hide(schema: Json) -> bool:
    """Whether a schema mentions a secret anywhere, so that most forms cost one look only."""
    if isinstance(schema, Mapping):
        if schema.get("writeOnly") is True or schema.get("format") == "password":
            return True
        return any(may_hide(part) for part in schema.values())
    if isinstance(schema, list):
        return any(may_hide(part) for part in schema)
    return False


def sealed(form: Form, answer: Mapping[str, Json], vault: Vault) -> dict[str, Json]:
    """The answer with every secret encrypted; a secret of any JSON type becomes one text."""
    return changed(form, answer, lambda value: vault.encrypt(json.dumps(value)))


def opened(form: Form, answer: Mapping[str, Json], vault: Vault) -> dict[str, Json]:
    """The answer in clear, from what `sealed` made."""
    return changed(form, answer, lambda value: json.loads(vault.decrypt(value)))


def masked(form: Form, answer: Mapping[str, Json]) -> dict[str, Json]:
    """The answer for people: `MASK` in place of every secret, sealed or not."""
    return changed(form, answer, lambda value: MASK)


def unmasked(form: Form, answer: Mapping[str, Json]) -> dict[str, Json]:
    """The answer without secrets that are only the mask a face showed: they were left untouched."""
    left: dict[str, Json] = dict(answer)
    for path in _outermost(secret_paths(form, answer)):
        if at(left, path) == MASK:
            left = _without(left, path)
    return left


def is_secret(form: Form, answer: Mapping[str, Json], path: Path) -> bool:
    """Whether a place of the answer is, or lies inside, a secret."""
    return any(path[: len(secret)] == secret for secret in secret_paths(form, answer))


def at(value: Json, path: Sequence[str | int]) -> Json:
    """The value at a place that exists."""
    for step in path:
        value = value[step]
    return value


def changed(form: Form, answer: Mapping[str, Json], change: Change) -> dict[str, Json]:
    """The answer with something else in place of every secret."""
    result: Any = dict(answer)
    for path in _outermost(secret_paths(form, answer)):
        result = _with(result, path, change)
    return dict(result)


def _outermost(paths: Iterable[Path]) -> list[Path]:
    """The paths that lie inside no other: a secret is sealed once, as a whole."""
    kept: list[Path] = []
    for path in sorted(paths, key=len):
        if not any(path[: len(outer)] == outer for outer in kept):
            kept.append(path)
    return kept


def _with(value: Any, path: Path, change: Change) -> Any:
    if not path:
        return change(value)
    step, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        return {**value, step: _with(value[str(step)], rest, change)}
    return [
        _with(each, rest, change) if index == step else each for index, each in enumerate(value)
    ]


def _without(value: Any, path: Path) -> Any:
    step, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        if not rest:
            return {name: each for name, each in value.items() if name != step}
        return {**value, step: _without(value[str(step)], rest)}
    if not rest:
        # A position of a list cannot be left out; the mask itself is what was answered.
        return value
    return [_without(each, rest) if index == step else each for index, each in enumerate(value)]
