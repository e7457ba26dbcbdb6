"""Given values into the values a run, or an answer, has.

Owns defaults, what depends on other inputs, and the shape in which values go on: date-times in UTC,
durations as ISO 8601. Whether a value fits is decided by the form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, time
from typing import Any

from signoff.core.forms.checking import check
from signoff.core.forms.messages import REQUIRED
from signoff.core.forms.texts import InvalidText, parse_text
from signoff.core.forms.tree import fields
from signoff.core.moments import iso_duration, parse_datetime, parse_duration
from signoff.model.errors import InvalidAnswer, SignoffException
from signoff.model.forms import FieldError, FieldKind, Form, Json, Path
from signoff.yamlflow.document import Input
from signoff.yamlflow.inputs.forming import default_of, form_of, nested
from signoff.yamlflow.inputs.rendering import Render, choices_from, has_expression
from signoff.yamlflow.syntax.plain import read_plain
from signoff.yamlflow.truth import truthy

_TEXTS = ("STRING", "SECRET", "FILE", "YAML", "SELECT")


def resolve(
    inputs: Sequence[Input], given: Mapping[str, Json], *, render: Render, texts: bool = False
) -> dict[str, Json]:
    """The values of inputs.

    Args:
        inputs: what is asked for.
        given: the values that were given, by id or nested.
        render: renders defaults, conditions and choices that are expressions.
        texts: values may be given as text, as a person types them (`"3"` for 3).

    Returns:
        A value for every input, nested where ids have dots; None where none is needed or an input
        is not asked for.

    Raises:
        InvalidAnswer: with one error for each value that is missing, unknown or does not fit.
    """
    work = _Resolving(nested(given), render, texts)
    for one in _in_order(inputs):
        work.take(one)
    return work.finish(inputs)


def default_problems(inputs: Sequence[Input]) -> dict[str, str]:
    """Why defaults do not fit their inputs, by id; those that are expressions are left out."""
    problems: dict[str, str] = {}
    judged = []
    for one in inputs:
        if one.type == "FILE" and str(one.defaults).startswith("nsfile:"):
            problems[one.id] = (
                "names a namespace file, and there are none here; give the address of a kept file"
            )
        elif one.has_defaults and one.expression is None and not has_expression(one.defaults):
            judged.append(replace(one, depends_on=None))
    try:
        resolve(judged, {}, render=_as_it_is)
    except InvalidAnswer as refused:
        for error in refused.errors:
            steps = [str(step) for step in error.path]
            names = (".".join(steps[:count]) for count in range(len(steps), 0, -1))
            name = next(each for each in names if any(each == one.id for one in judged))
            problems.setdefault(name, error.message)
    return problems


def _as_it_is(value: Any, inputs: Mapping[str, Json]) -> Any:
    return value


@dataclass(slots=True)
class _Resolving:
    given: dict[str, Json]
    render: Render
    texts: bool
    known: dict[str, Json] = field(default_factory=dict)
    asked: dict[str, Input] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)

    def take(self, one: Input) -> None:
        """Find the value of an input, those it depends on having been taken."""
        path = tuple(one.id.split("."))
        try:
            if not self._is_asked(one):
                _put(self.known, path, None)
                return
            one = self._worked(one)
            self.asked[one.id] = one
            value = self._value(one, path)
        except InvalidText as refused:
            self.errors += [replace(each, path=path) for each in refused.errors]
            value = None
        except SignoffException as problem:
            self.errors.append(FieldError(path, f"cannot be worked out: {problem}"))
            value = None
        _put(self.known, path, value)

    def finish(self, inputs: Sequence[Input]) -> dict[str, Json]:
        """Judge all values at once, and bring them into their shape."""
        failed = {error.path for error in self.errors}
        for one in self.asked.values():
            path = tuple(one.id.split("."))
            if one.required and path not in failed and _at(self.known, path) is None:
                self.errors.append(FieldError(path, REQUIRED))
                failed.add(path)
        asked = [self.asked.get(one.id, one) for one in inputs]
        form = form_of([replace(one, depends_on=None) for one in asked if one.id in self.asked])
        candidate = self._candidate(inputs)
        self.errors += [each for each in check(form, candidate) if each.path not in failed]
        self._refuse()
        values: dict[str, Json] = {}
        for one in inputs:
            path = tuple(one.id.split("."))
            try:
                _put(values, path, _shaped(one.type, _at(self.known, path)))
            except ValueError as problem:
                self.errors.append(FieldError(path, f"must be YAML: {problem}"))
        self._refuse()
        return values

    def _refuse(self) -> None:
        if self.errors:
            told = "; ".join(map(str, self.errors))
            raise InvalidAnswer(f"The inputs are not accepted: {told}.", errors=self.errors)

    def _candidate(self, inputs: Sequence[Input]) -> dict[str, Json]:
        """What is judged: values there are, and whatever was given that nobody asked for."""
        candidate: dict[str, Json] = _unasked(self.given, [one.id for one in inputs])
        for one in inputs:
            path = tuple(one.id.split("."))
            value = _at(self.known, path)
            if one.id in self.asked and (value is not None or one.type == "JSON"):
                _put(candidate, path, value)
            elif one.id in self.asked and len(path) > 1:
                _put(candidate, path, _NOTHING)
        return _without_nothing(candidate)

    def _is_asked(self, one: Input) -> bool:
        depends = one.depends_on
        if depends is None:
            return True
        if any(_at(self.known, tuple(other.split("."))) is None for other in depends.inputs):
            return False
        return depends.condition is None or truthy(self.render(depends.condition, self.known))

    def _worked(self, one: Input) -> Input:
        """The input with its default and choices worked out."""
        if one.expression is not None:
            choices = choices_from(self.render(one.expression, self.known))
            one = replace(one, values=choices, expression=None)
        if one.has_defaults and has_expression(one.defaults):
            one = replace(one, defaults=_as_json(self.render(one.defaults, self.known)))
        return one

    def _value(self, one: Input, path: Path) -> Json:
        value = _at(self.given, path)
        if value is None:
            value = _default(one)
            # A default that was worked out may be text where another kind is wanted.
            return _from_text(one, value) if isinstance(value, str) else value
        if one.type == "YAML" and not isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        if isinstance(value, str) and self.texts:
            return _from_text(one, value)
        return value


def _default(one: Input) -> Json:
    if one.has_defaults and has_expression(one.defaults):
        # What an expression gave may look like one; it is a value all the same.
        return one.defaults
    return next(iter(default_of(one)), None)


def _as_json(value: Any) -> Json:
    """What an expression gave, with moments as text."""
    return value.isoformat() if isinstance(value, (date, time)) else value


def _in_order(inputs: Sequence[Input]) -> list[Input]:
    """The inputs, each after those it depends on."""
    by_id = {one.id: one for one in inputs}
    ordered: dict[str, Input] = {}
    for one in inputs:
        pending = [one]
        while pending:
            top = pending[-1]
            others = top.depends_on.inputs if top.depends_on else ()
            missing = [by_id[each] for each in others if each in by_id and each not in ordered]
            if missing and len(pending) <= len(by_id):
                pending += missing[:1]
            else:
                ordered[pending.pop().id] = top
    return list(ordered.values())


def _from_text(one: Input, text: str) -> Json:
    """The value that a text stands for."""
    if one.type in _TEXTS:
        return text
    form: Form = form_of([replace(one, id="value", depends_on=None, has_defaults=False)])
    root = fields(form)
    asked = root.fields[0]
    if asked.kind is FieldKind.JSON and text == "":
        return None
    return parse_text(asked, text, ())


def _shaped(kind: str, value: Json) -> Json:
    """A value that fits, in the one spelling that expressions see."""
    if not isinstance(value, str):
        return value
    if kind == "YAML":
        return read_plain(value)
    if kind == "DATETIME" and (moment := parse_datetime(value)):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if kind == "DURATION" and not value.lstrip("+-").startswith("P"):
        total = parse_duration(value)
        return value if total is None else iso_duration(total)
    return value


class _Nothing:
    """Stands where a group must exist although a value in it is missing."""


_NOTHING = _Nothing()


def _without_nothing(values: Mapping[str, Any]) -> dict[str, Json]:
    return {
        name: _without_nothing(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if value is not _NOTHING
    }


def _at(values: Mapping[str, Json], path: Path) -> Json:
    found: Any = values
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _put(values: dict[str, Json], path: Path, value: Json) -> None:
    group = values
    for step in path[:-1]:
        inner = group.setdefault(str(step), {})
        group = inner if isinstance(inner, dict) else {}
    group[str(path[-1])] = value


def _unasked(given: Mapping[str, Json], ids: Sequence[str]) -> dict[str, Json]:
    """The given values that belong to no input, in their places."""
    own = {each.partition(".")[0] for each in ids}
    rest: dict[str, Json] = {}
    for name, value in given.items():
        if name in ids:
            continue
        inner = [each.partition(".")[2] for each in ids if each.startswith(f"{name}.")]
        if name in own and isinstance(value, Mapping):
            below = _unasked(value, inner)
            if below:
                rest[name] = below
        else:
            rest[name] = value
    return rest
