"""Answers given as `key=value` on a command line.

Owns the notation:

- `name=text`: the text is read as that field's value (`parse_text`).
- `name:=json`: the value is JSON, taken as it is.
- `address.city=Paris`, `tags.0=a` or `tags[0]=a`: a part of an object, map, list or tuple.
- `tags=a tags=b`: one more item of a list each time; `tags=` alone is the empty list.
- `name=@path`: the content of a file, for fields that take one.
- a bare value, for a form whose only field is named `value`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from signoff.core.forms import messages
from signoff.core.forms.texts import InvalidText, file_text, holds_secret, parse_text
from signoff.core.forms.tree import fields
from signoff.model.forms import Field, FieldError, FieldKind, Form, Json, Path

ReadFile = Callable[[str], bytes]
KeepFile = Callable[[str, bytes], str]

_INDEX = re.compile(r"\[([0-9]+)\]")
_LISTS = (FieldKind.LIST, FieldKind.SET, FieldKind.TUPLE)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One piece of input: what is left of its key, and its text."""

    rest: str
    text: str
    is_json: bool

    def below(self, consumed: int) -> _Entry:
        return _Entry(self.rest[consumed:].removeprefix("."), self.text, self.is_json)

    @property
    def head(self) -> str:
        return self.rest.split(".", 1)[0]


def parse_inputs(
    form: Form,
    pairs: Sequence[str],
    read_file: ReadFile | None = None,
    keep_file: KeepFile | None = None,
) -> dict[str, Json]:
    """The answer that `key=value` pairs describe; nothing is filled in.

    Args:
        form: what is asked for.
        pairs: the pairs, each as one text.
        read_file: reads the file that `name=@path` names; without it such text is taken as it is.
        keep_file: keeps the content of a file under a name and gives the address, for fields whose
            value is an address.

    Raises:
        InvalidText: with one error for each pair that is no such value or names no field.
    """
    root = fields(form)
    alone = [field.name for field in root.fields] == ["value"]
    entries, errors = [], []
    for pair in pairs:
        key, equals, text = pair.partition("=")
        name = _INDEX.sub(r".\1", key.removesuffix(":"))
        if alone and (not equals or name.split(".", 1)[0] != "value"):
            entries.append(_Entry("value", pair, False))
        elif equals and name:
            entries.append(_Entry(name, text, key.endswith(":")))
        else:
            message = "must be written as key=value"
            if not holds_secret(root):
                message = messages.got(message, pair)
            errors.append(FieldError((), message))
    reader = _Reader(read_file, keep_file)
    answer = reader.read(root, entries, ()) if entries else {}
    if errors or reader.errors:
        raise InvalidText([*errors, *reader.errors])
    return dict(answer)


class _Reader:
    """Reads entries field by field and collects every error, so that all are shown at once."""

    def __init__(self, read_file: ReadFile | None, keep_file: KeepFile | None) -> None:
        self._read_file = read_file
        self._keep_file = keep_file
        self.errors: list[FieldError] = []

    def read(self, field: Field, entries: list[_Entry], path: Path) -> Json:
        """The value that the entries give to a field; None where they are in error."""
        whole = [entry for entry in entries if not entry.rest]
        if whole and len(whole) < len(entries):
            return self._fail(path, "is given both as a whole and in parts")
        if whole and (field.kind not in _LISTS or len(whole) == 1):
            return self._whole(field, whole, path)
        if field.kind is FieldKind.OBJECT:
            return self._object(field, entries, path)
        if field.kind is FieldKind.MAP:
            return self._map(field, entries, path)
        if field.kind in _LISTS:
            return self._appended(field, whole, path) if whole else self._list(field, entries, path)
        if field.kind is FieldKind.UNION:
            return self._union(field, entries, path)
        if field.kind is FieldKind.JSON and not field.json_text:
            return self._map(field, entries, path)
        names = ", ".join(sorted({entry.rest for entry in entries}))
        return self._fail(path, f"has no parts, so there is no {names!r} in it")

    def _fail(self, path: Path, message: str, value: Json = None) -> Json:
        self.errors.append(FieldError(path, message, value))
        return None

    def _whole(self, field: Field, entries: list[_Entry], path: Path) -> Json:
        if len(entries) > 1:
            return self._fail(path, f"is given {len(entries)} times")
        entry = entries[0]
        if not entry.is_json and field.kind in _LISTS:
            if entry.text == "":
                return None if field.nullable and field.kind is FieldKind.TUPLE else []
            return self._appended(field, entries, path)
        return self._single(field, entry, path)

    def _single(self, field: Field, entry: _Entry, path: Path) -> Json:
        try:
            if entry.is_json:
                return _json(field, entry.text, path)
            if self._read_file and field.kind is FieldKind.FILE and entry.text.startswith("@"):
                return self._file(field, entry.text[1:], path)
            return parse_text(field, entry.text, path)
        except InvalidText as refused:
            self.errors.extend(refused.errors)
            return None

    def _file(self, field: Field, name: str, path: Path) -> Json:
        if self._read_file is None:
            return None
        try:
            content = self._read_file(name)
            if field.stored:
                return self._stored(name, content, path)
            return file_text(field, content)
        except OSError as problem:
            return self._fail(path, f"cannot be read from {name}: {problem.strerror or problem}")
        except InvalidText as refused:
            return self._fail(path, refused.error.message)

    def _stored(self, name: str, content: bytes, path: Path) -> Json:
        if self._keep_file is None:
            return self._fail(path, "cannot be uploaded from here: give the address of a kept file")
        return self._keep_file(name.replace("\\", "/").rpartition("/")[2], content)

    def _appended(self, field: Field, entries: list[_Entry], path: Path) -> Json:
        values = []
        for index, entry in enumerate(entries):
            item = field.fields[index] if index < len(field.fields) else field.item
            if item is None:
                return self._fail((*path, index), "is one entry too many")
            values.append(self._single(item, entry, (*path, index)))
        return values

    def _object(self, field: Field, entries: list[_Entry], path: Path) -> Json:
        known = [child.name for child in field.fields]
        values: dict[str, Json] = {}
        for name, group in _grouped(entries, known).items():
            child = field.field(name) or field.item
            if child is None:
                self._fail((*path, name), messages.unknown(name, known))
            else:
                values[name] = self.read(child, group, (*path, name))
        return values

    def _map(self, field: Field, entries: list[_Entry], path: Path) -> Json:
        item = field.item or Field("", FieldKind.JSON, "", {})
        keys = [entry.rest for entry in entries]
        if item.kind not in (FieldKind.OBJECT, FieldKind.MAP, FieldKind.UNION, *_LISTS):
            groups = _grouped(entries, keys)
        else:
            groups = _grouped(entries, ())
        return {name: self.read(item, group, (*path, name)) for name, group in groups.items()}

    def _list(self, field: Field, entries: list[_Entry], path: Path) -> Json:
        groups = _grouped(entries, ())
        strange = next((name for name in groups if not name.isascii() or not name.isdigit()), None)
        if strange is not None:
            return self._fail(path, f"is a list: {strange!r} is no position such as 0, 1, 2")
        positions = sorted(groups, key=int)
        if [int(name) for name in positions] != list(range(len(positions))):
            return self._fail(path, "must have positions 0, 1, 2 ... without a gap")
        values = []
        for index, name in enumerate(positions):
            item = field.fields[index] if index < len(field.fields) else field.item
            if item is None:
                return self._fail((*path, index), "is one entry too many")
            values.append(self.read(item, groups[name], (*path, index)))
        return values

    def _union(self, field: Field, entries: list[_Entry], path: Path) -> Json:
        """Reads by every arm; takes the first without an error, else the one with the fewest."""
        best: tuple[list[FieldError], Json] | None = None
        for arm in self._candidates(field, entries, path):
            reader = _Reader(self._read_file, self._keep_file)
            value = reader.read(arm, entries, path)
            if best is None or len(reader.errors) < len(best[0]):
                best = reader.errors, value
        if best is None:
            return None
        self.errors.extend(best[0])
        return best[1]

    def _candidates(self, field: Field, entries: list[_Entry], path: Path) -> Sequence[Field]:
        """The arms that may be meant; one where the entries name it, none where they are wrong."""
        tag = field.discriminator
        if tag is None:
            return field.variants
        given = [entry.text for entry in entries if entry.head == tag]
        if not given:
            self._fail((*path, tag), f"{messages.REQUIRED} to know which of the shapes is meant")
            return ()
        labels: list[str] = []
        for arm in field.variants:
            property_field = arm.field(tag)
            if property_field is None:
                return field.variants
            names = [choice.label for choice in property_field.choices]
            if given[0] in names:
                return (arm,)
            labels.extend(names)
        expectation = messages.got(messages.expected_choice(labels), given[0])
        self._fail((*path, tag), expectation, given[0])
        return ()


def _grouped(entries: Iterable[_Entry], known: Sequence[str]) -> dict[str, list[_Entry]]:
    """Entries by the next name of their keys; known names may themselves contain dots."""
    groups: dict[str, list[_Entry]] = {}
    for entry in entries:
        fitting = [
            name for name in known if entry.rest == name or entry.rest.startswith(name + ".")
        ]
        name = max(fitting, key=len) if fitting else entry.head
        groups.setdefault(name, []).append(entry.below(len(name)))
    return groups


def _json(field: Field, text: str, path: Path) -> Json:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        message = "must be JSON after :="
        if holds_secret(field):
            raise InvalidText([FieldError(path, message)]) from None
        raise InvalidText([FieldError(path, messages.got(message, text), text)]) from None


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")
