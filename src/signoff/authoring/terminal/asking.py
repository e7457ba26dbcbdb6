"""Asking for the values of a form, one field after the other.

Owns the conversation: what is asked in which order, what Enter means, and that a refused value is
asked for again with the reason directly below it. Must not know how keys or lines are made.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Final, Protocol, TypeVar

from signoff.authoring.terminal.screen import Screen, clean
from signoff.core.forms import MASK, InvalidText, file_text, parse_text, with_start
from signoff.core.forms.hints import arm_of, hint, value_text
from signoff.model.errors import SignoffException
from signoff.model.forms import Choice, Field, FieldError, FieldKind, Form, Json

_Parts = TypeVar("_Parts")


class ReadLine(Protocol):
    """Shows a prompt and reads one line; a secret is not echoed."""

    def __call__(self, prompt: str, secret: bool = False) -> str: ...


KeepFile = Callable[[str, bytes], str]
"""Keeps the content of a file under a name, and gives its address."""

OMIT: Final = object()
"""The person gave no value, and the field needs none."""

_NONE = "-"
_KEPT_BY_ENTER = (FieldKind.OBJECT, FieldKind.MAP, FieldKind.TUPLE)
_TEXTS = (FieldKind.TEXT, FieldKind.MULTILINE)


class Asker:
    """Asks one person for the fields of one form.

    Args:
        form: what is asked for.
        screen: where questions and errors are written.
        read_line: reads what is typed.
        check: judges values; see `core.forms.checking`.
        keep_file: keeps a file and gives its address; None where that is not possible.
    """

    def __init__(
        self,
        form: Form,
        screen: Screen,
        read_line: ReadLine,
        check: Callable[[Form, Json], Sequence[FieldError]],
        keep_file: KeepFile | None = None,
    ) -> None:
        self._definitions = {
            key: value for key, value in form.schema.items() if key in ("$defs", "definitions")
        }
        self._screen = screen
        self._read_line = read_line
        self._check = check
        self._keep_file = keep_file
        self._indent = 0
        # The answer so far, and the object in it whose fields are being asked for.
        self._answer: dict[str, Json] = {}
        self._around = self._answer

    def ask(self, field: Field) -> Any:
        """The value of a field; OMIT when none was given and none is needed."""
        if field.read_only:
            self._say(f"{field.label}: {value_text(field, field.start)}")
            return field.start if field.is_prefilled else OMIT
        if field.help:
            for line in field.help.splitlines():
                self._say(line, "dim")
        while True:
            value = self._asked(field)
            errors = (
                [] if value is OMIT or is_kept_secret(field, value) else self._faults(field, value)
            )
            if not errors:
                return value
            for error in errors:
                self.refuse(error)

    def refuse(self, error: FieldError) -> None:
        """Writes what is wrong with a value, below the line it was typed in."""
        self._screen.line(f"! {error}", "red", indent=self._indent)

    def yes(self, question: str, default: bool) -> bool:
        """Asks a yes-or-no question that is not itself a field."""
        field = Field("", FieldKind.BOOLEAN, question, {}, default=default, has_default=True)
        return bool(self._scalar(field))

    def _say(self, text: str, *styles: str) -> None:
        self._screen.line(text, *styles, indent=self._indent)

    def _faults(self, field: Field, value: Json) -> list[FieldError]:
        """What is wrong with the value on its own, by path within it."""
        schema = {**self._definitions, "type": "object", "properties": {"value": field.schema}}
        try:
            found = self._check(Form(schema), {"value": value})
        except ValueError:
            # The field refers to the form around it; the form as a whole is judged at the end.
            return []
        return [replace(error, path=error.path[1:]) for error in found]

    def _asked(self, field: Field) -> Any:
        if field.kind in _KEPT_BY_ENTER and not self._wanted(field):
            return field.start if field.is_prefilled else None if field.nullable else OMIT
        if field.is_prefilled and field.kind in _KEPT_BY_ENTER:
            field = with_start(field, field.start)
        match field.kind:
            case FieldKind.OBJECT:
                return self._object(field)
            case FieldKind.TUPLE:
                return self._tuple(field)
            case FieldKind.MAP:
                return self._map(field)
            case FieldKind.LIST | FieldKind.SET:
                return self._list(field)
            case FieldKind.UNION:
                return self._union(field)
            case FieldKind.MULTILINE:
                return self._multiline(field)
            case FieldKind.CHOICE:
                return self._choice(field)
        return self._scalar(field)

    def _wanted(self, field: Field) -> bool:
        """Whether the parts of a field are to be asked for, rather than kept or left out."""
        if field.is_prefilled and field.start is not None:
            return field.required or self.yes(
                f"Change {field.label} ({value_text(field, field.start)})?", False
            )
        if field.nullable or not field.required:
            return self.yes(f"Fill in {field.label}?", False)
        return True

    def _prompt(self, field: Field, label: str | None = None) -> str:
        words = hint(field)
        text = (label or field.label) + (f" ({words})" if words else "")
        if field.is_prefilled and field.start is not None:
            none = f", {_NONE} for none" if self._can_be_none(field) else ""
            text += f" [{value_text(field, field.start)}{none}]"
        return " " * self._indent + clean(text) + ("? " if text.endswith("?") else ": ")

    def _can_be_none(self, field: Field) -> bool:
        return field.nullable or (field.kind in _TEXTS and not field.min_length)

    def _scalar(self, field: Field, label: str | None = None) -> Any:
        prompt = self._prompt(field, label)
        while True:
            text = self._read_line(prompt, secret=field.kind is FieldKind.SECRET)
            if text == "":
                kept = self._kept(field)
                if kept is not None:
                    return kept[0]
                self.refuse(FieldError((), "is required"))
                continue
            if text == _NONE and field.is_prefilled and self._can_be_none(field):
                return None if field.nullable else ""
            try:
                return _read_value(field, text, self._keep_file)
            except InvalidText as refused:
                for error in refused.errors:
                    self.refuse(error)

    def _kept(self, field: Field) -> tuple[Any] | None:
        """What Enter alone means, in a tuple; None where a value is required."""
        if field.is_prefilled:
            return (field.start,)
        if field.nullable:
            return (None,)
        return None if field.required else (OMIT,)

    def _choice(self, field: Field) -> Any:
        self._say(field.label + (" (optional)" if "optional" in hint(field) else ""))
        self._show_choices(field)
        while True:
            typed = self._line_or_kept(field)
            if not isinstance(typed, str):
                return typed[0]
            try:
                return _read_value(field, typed, self._keep_file)
            except InvalidText as refused:
                self.refuse(refused.error)

    def _show_choices(self, field: Field) -> None:
        numbered = _is_numbered(field)
        for position, choice in enumerate(field.choices, 1):
            self._say(f"  {position}) {choice.label}" if numbered else f"  {choice.label}")

    def _line_or_kept(self, field: Field) -> str | tuple[Any]:
        start = field.is_prefilled and field.start is not None
        none = f", {_NONE} for none" if start and field.nullable else ""
        shown = f" [{value_text(field, field.start)}{none}]" if start else ""
        while True:
            text = self._read_line(" " * self._indent + clean(f"Choose{shown}: "))
            if text == _NONE and none:
                return (None,)
            if text:
                return text
            kept = self._kept(field)
            if kept is not None:
                return kept
            self.refuse(FieldError((), "is required"))

    def _multiline(self, field: Field) -> Any:
        self._say(self._prompt(field).strip())
        self._say("  (end with a line that holds only a dot)", "dim")
        lines: list[str] = []
        while (text := self._read_line(" " * self._indent + "  ")) != ".":
            if text == "" and not lines and (kept := self._kept(field)) is not None:
                return kept[0]
            if text == _NONE and not lines and field.is_prefilled and self._can_be_none(field):
                return None if field.nullable else ""
            lines.append(text)
        return parse_text(field, "\n".join(lines), ())

    def _object(self, field: Field) -> dict[str, Json]:
        if field.label:
            self._say(field.label, "bold")
        values: dict[str, Json] = {}
        if field.name:
            self._around[field.name] = values
        return self._inside(lambda: self._ask_parts(field.fields, values))

    def ask_fields(self, fields: Sequence[Field]) -> dict[str, Json]:
        """The values of a form's fields by name, without those that were left out.

        A field that depends on an answer that was not given is not asked for.
        """
        self._answer = self._around = {}
        return self._ask_parts(fields, self._answer)

    def _ask_parts(self, fields: Sequence[Field], values: dict[str, Json]) -> dict[str, Json]:
        outer, self._around = self._around, values
        for each in fields:
            asked = self._as_asked(each)
            value = OMIT if asked is None else self.ask(asked)
            if value is OMIT:
                values.pop(each.name, None)
            else:
                values[each.name] = value
        self._around = outer
        return values

    def _as_asked(self, field: Field) -> Field | None:
        if "x-depends-on" not in field.schema:
            return field
        # Only forms of YAML flows need expressions, and loading them takes its time.
        depending = importlib.import_module("signoff.core.depending")
        asked: Field | None = depending.as_asked(field, self._answer)
        return asked

    def _tuple(self, field: Field) -> list[Json]:
        self._say(field.label, "bold")

        def positions() -> list[Json]:
            values: list[Json] = []
            for child in field.fields:
                value = self.ask(child)
                if value is OMIT:
                    break
                values.append(value)
            return values

        return self._inside(positions)

    def _inside(self, ask: Callable[[], _Parts]) -> _Parts:
        self._indent += 2
        try:
            return ask()
        finally:
            self._indent -= 2

    def _map(self, field: Field) -> dict[str, Json]:
        self._say(f"{field.label} (an empty name ends)", "bold")
        key = field.key or Field("", FieldKind.TEXT, "Name", {})
        item = field.item or Field("", FieldKind.JSON, "Value", {})

        def entries() -> dict[str, Json]:
            values: dict[str, Json] = {}
            while name := self._read_line(" " * self._indent + "Name: "):
                faults = self._faults(key, name)
                for fault in faults:
                    self.refuse(fault)
                if not faults:
                    values[name] = self.ask(replace(item, label=name, required=True))
            return values

        return self._inside(entries)

    def _list(self, field: Field) -> Any:
        item = field.item or Field("", FieldKind.JSON, "Item", {})
        start = field.is_prefilled and field.start is not None
        if item.kind in (*_KEPT_BY_ENTER, FieldKind.UNION, FieldKind.LIST, FieldKind.SET):
            return self._list_of_parts(field, item, start)
        keeps = f", Enter keeps [{value_text(field, field.start)}], [] for none" if start else ""
        one = replace(item, required=True, has_default=False, nullable=False)
        words = f"{hint(one)}, " if hint(one) else ""
        self._say(f"{field.label} ({words}one per line, an empty line ends{keeps})")
        self._show_choices(item)
        values: list[Json] = []
        while field.max_length is None or len(values) < field.max_length:
            label = f"  {len(values) + 1}"
            text = self._read_line(
                " " * self._indent + f"{label}: ", secret=item.kind is FieldKind.SECRET
            )
            if text == "[]" and not values:
                break
            if text == "" and self._ended(field, values):
                return field.start if start and not values else self._given(field, values)
            if text:
                self._append(field, one, text, values)
        return self._given(field, values)

    def _given(self, field: Field, values: list[Json]) -> Any:
        if values or field.required:
            return values
        return None if field.nullable else values

    def _ended(self, field: Field, values: list[Json]) -> bool:
        """Whether an empty line may end the list here; says why not."""
        if not values and (field.is_prefilled or field.nullable):
            return True
        missing = (field.min_length or 0) - len(values)
        if missing > 0:
            self.refuse(FieldError((), f"must have at least {field.min_length} items"))
        return missing <= 0

    def _append(self, field: Field, item: Field, text: str, values: list[Json]) -> None:
        try:
            value = _read_value(item, text, self._keep_file)
        except InvalidText as refused:
            self.refuse(refused.error)
            return
        faults = self._faults(item, value)
        if field.kind is FieldKind.SET and value in values:
            faults = [FieldError((), "is in the list already")]
        for fault in faults:
            self.refuse(fault)
        if not faults:
            values.append(value)

    def _list_of_parts(self, field: Field, item: Field, start: bool) -> Any:
        if start and field.start:
            question = f"Change {field.label} ({value_text(field, field.start)})?"
            if not self.yes(question, False):
                return field.start
        values: list[Json] = []
        few = field.min_length or 0
        while field.max_length is None or len(values) < field.max_length:
            more = f"another {item.label}" if values else f"{item.label or 'an item'}"
            if len(values) >= few and not self.yes(f"{field.label}: add {more}?", False):
                break
            label = f"{field.label} {len(values) + 1}"
            values.append(self.ask(replace(item, label=label, required=True, nullable=False)))
        return values if values or field.required or not field.nullable else None

    def _union(self, field: Field) -> Any:
        start = arm_of(field, field.start) if field.is_prefilled else None
        arms = [replace(arm, label=arm.label or "this") for arm in field.variants]
        which = Field(
            field.name,
            FieldKind.CHOICE,
            f"{field.label}: which kind?",
            {},
            required=field.required,
            nullable=field.nullable and start is None,
            default=start,
            has_default=start is not None,
            choices=tuple(Choice(index, arm.label) for index, arm in enumerate(arms)),
        )
        chosen = self._choice(which)
        if chosen is None or chosen is OMIT:
            return field.start if field.is_prefilled else chosen
        arm = replace(arms[chosen], label=field.label, required=True)
        if chosen == start:
            arm = with_start(arm, field.start)
        if field.discriminator is not None and arm.kind is FieldKind.OBJECT:
            return self._tagged(arm, field.discriminator)
        return self.ask(arm)

    def _tagged(self, arm: Field, discriminator: str) -> dict[str, Json]:
        """An arm of a discriminated union: the choice of the arm has given its tag already."""
        tag = arm.field(discriminator)
        if tag is None or len(tag.choices) != 1:
            return dict(self.ask(arm))
        others = tuple(child for child in arm.fields if child is not tag)
        given = self._object(replace(arm, fields=others))
        return {discriminator: tag.choices[0].value, **given}


def is_kept_secret(field: Field, value: Json) -> bool:
    """Whether a value only stands for a secret that the person did not touch.

    A form may be shown with `MASK` in place of its initial secrets; whoever keeps the secrets puts
    the real one back, and only that one can be judged.
    """
    return field.kind is FieldKind.SECRET and bool(value == MASK == field.start)


def _is_numbered(field: Field) -> bool:
    """Whether positions may be typed; beside labels that are numbers they would be ambiguous."""
    labels = [choice.label for choice in field.choices]
    return len(labels) > 1 and not any(label.lstrip("+-").isdigit() for label in labels)


def _read_value(field: Field, text: str, keep_file: KeepFile | None) -> Json:
    """What one line means to a person at a terminal: positions and paths of files as well."""
    if field.kind is FieldKind.CHOICE and _is_numbered(field) and text.strip().isdecimal():
        position = int(text)
        if 0 < position <= len(field.choices):
            return field.choices[position - 1].value
    if field.kind is not FieldKind.FILE:
        return parse_text(field, text, ())
    if field.stored and "://" in text:
        return text
    path = FilePath(text).expanduser()
    try:
        content = path.read_bytes()
        return _kept(path.name, content, keep_file) if field.stored else file_text(field, content)
    except OSError as problem:
        message = f"cannot be read: {problem.strerror or problem}"
        raise InvalidText([FieldError((), message)]) from None


def _kept(name: str, content: bytes, keep_file: KeepFile | None) -> str:
    """The address of a file that is kept from now on."""
    if keep_file is None:
        message = "cannot be uploaded from here: give the address of a kept file"
        raise InvalidText([FieldError((), message)])
    try:
        return keep_file(name, content)
    except SignoffException as refusal:
        raise InvalidText([FieldError((), f"is not kept: {refusal}")]) from None
