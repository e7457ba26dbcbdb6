"""From what was typed to the answer: every error at once, nothing coerced.

Owns what an empty control means; what a text means is `core.forms.parse_text`'s. A value that
nobody gave is left out, so that the service can tell what was given from what it fills in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from signoff.core.forms import InvalidText, file_text, messages, parse_text
from signoff.model.forms import SCALARS, Field, FieldError, FieldKind, Json, Path
from signoff.server.pages.forms.drafts import (
    ARM,
    DROP,
    GIVEN,
    KEPT,
    KEY,
    LABEL,
    MORE,
    VALUE,
    ZONE,
    Draft,
    own,
)
from signoff.server.pages.forms.filling import arm_step
from signoff.server.pages.forms.shape import (
    TEXTS,
    can_be_none,
    is_constant,
    is_indexed,
    is_multiple,
    is_toggled,
    item_at,
    key_of,
    value_of,
)

_OMIT: Final = object()
"""Nobody gave a value, and none is needed."""


def read_answer(root: Field, draft: Draft) -> tuple[dict[str, Json], list[FieldError]]:
    """The answer that a draft gives, and what of it is no value.

    Where a value is in error, `None` stands for it.
    """
    reader = _Reader()
    answer = reader.read(replace(root, required=True, nullable=False), draft, ())
    return dict(answer), reader.errors


class _Reader:
    """Reads field by field and collects every error."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []

    def read(self, field: Field, draft: Draft, path: Path) -> Json:
        """The value that a draft gives to a field; None where it is in error."""
        if field.read_only:
            return _OMIT
        if is_constant(field):
            return field.choices[0].value
        if is_toggled(field) and draft.part(GIVEN).text != "1":
            return None if field.nullable else _OMIT
        if is_multiple(field):
            return self._multiple(field, draft, path)
        if field.kind in SCALARS:
            return self._scalar(field, draft, path)
        if field.kind is FieldKind.OBJECT:
            return self._object(field, draft, path)
        if field.kind is FieldKind.MAP:
            return self._entries(field, draft, path, {})
        if field.kind is FieldKind.UNION:
            return self._union(field, draft, path)
        return self._list(field, draft, path)

    def _fail(self, path: Path, message: str, value: Json = None) -> Json:
        self.errors.append(FieldError(path, message, value))
        return None

    def _empty(self, field: Field, path: Path) -> Json:
        """What a control means that was left empty."""
        if field.kind is FieldKind.SECRET and field.has_initial:
            return _OMIT
        if field.nullable:
            return None
        if can_be_none(field):
            return _OMIT
        if field.kind in TEXTS and (field.is_prefilled or not field.name):
            return ""
        return self._fail(path, messages.REQUIRED)

    def _scalar(self, field: Field, draft: Draft, path: Path) -> Json:
        if field.kind is FieldKind.FILE:
            return self._file(field, draft, path)
        text = draft.text
        if text and field.kind is FieldKind.DATETIME:
            text += draft.part(ZONE).text.strip()
        if text == "":
            return self._empty(field, path)
        if is_indexed(field):
            return self._choice(field, text, path)
        try:
            return parse_text(field, text, path)
        except InvalidText as refused:
            self.errors.extend(refused.errors)
            return None

    def _choice(self, field: Field, text: str, path: Path) -> Json:
        if text.isascii() and text.isdigit() and len(text) < 6 and int(text) < len(field.choices):
            return field.choices[int(text)].value
        labels = [choice.label for choice in field.choices]
        return self._fail(path, messages.got(messages.expected_choice(labels), text), text)

    def _multiple(self, field: Field, draft: Draft, path: Path) -> Json:
        item = field.item or field
        if not draft.texts and can_be_none(field):
            return _OMIT
        return [self._choice(item, text, (*path, i)) for i, text in enumerate(draft.texts)]

    def _file(self, field: Field, draft: Draft, path: Path) -> Json:
        upload = draft.upload
        if upload is not None:
            try:
                text = file_text(field, upload.content)
            except InvalidText as refused:
                return self._fail(path, refused.error.message)
            # A browser cannot be made to send a file twice, so it travels with the form.
            draft.say(KEPT, text)
            draft.say(LABEL, upload.name)
            draft.upload = None
            return text
        if draft.part(DROP).text or KEPT not in draft.parts:
            draft.parts.pop(KEPT, None)
            return self._empty(field, path)
        return draft.part(KEPT).text

    def _object(self, field: Field, draft: Draft, path: Path) -> Json:
        values: dict[str, Json] = {}
        for child in field.fields:
            value = self.read(child, draft.part(own(child.name)), (*path, child.name))
            if value is not _OMIT:
                values[child.name] = value
        if field.item is not None:
            self._entries(field, draft.part(MORE), path, values)
        return values

    def _entries(
        self, field: Field, draft: Draft, path: Path, values: dict[str, Json]
    ) -> dict[str, Json]:
        """The entries of a map, put into `values`."""
        key, item = key_of(field), value_of(field)
        for index in range(draft.count):
            part = draft.part(str(index))
            named = self._key(key, part.part(KEY), path)
            if named is None:
                continue
            value = self.read(item, part.part(VALUE), (*path, named))
            if named in values or any(child.name == named for child in field.fields):
                self._fail((*path, named), "is named twice; every name may be used once")
            else:
                values[named] = None if value is _OMIT else value
        return values

    def _key(self, key: Field, draft: Draft, path: Path) -> str | None:
        """The name of an entry; None where it is in error."""
        if not is_indexed(key):
            return draft.text
        if draft.text == "":
            return self._fail(path, "needs a name for every entry")  # type: ignore[no-any-return]
        value = self._choice(key, draft.text, path)
        return None if value is None else str(value)

    def _list(self, field: Field, draft: Draft, path: Path) -> Json:
        count = len(field.fields) + (draft.count if field.item is not None else 0)
        values = []
        for index in range(count):
            value = self.read(item_at(field, index), draft.part(str(index)), (*path, index))
            values.append(None if value is _OMIT else value)
        return values

    def _union(self, field: Field, draft: Draft, path: Path) -> Json:
        text = draft.part(ARM).text
        if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < len(field.variants):
            arm = replace(field.variants[int(text)], required=True)
            return self.read(arm, draft.part(arm_step(int(text))), path)
        if field.nullable:
            return None
        return _OMIT if can_be_none(field) else self._fail(path, messages.REQUIRED)
