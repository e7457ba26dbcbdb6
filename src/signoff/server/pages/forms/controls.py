"""A form as the template shows it: a tree of controls, with what was typed and what is wrong.

Owns which control a field gets and how it is labelled. Text is shown as it is; escaping it is the
template's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import count

from signoff.core.forms import holds_secret, to_text
from signoff.core.forms.hints import limits
from signoff.model.forms import Field, FieldError, FieldKind, Path
from signoff.server.pages.forms.deciding import Option
from signoff.server.pages.forms.drafts import (
    ARM,
    GIVEN,
    KEPT,
    KEY,
    LABEL,
    MORE,
    ROOT,
    UNASKED,
    VALUE,
    ZONE,
    Draft,
    own,
    write_pairs,
)
from signoff.server.pages.forms.filling import arm_step
from signoff.server.pages.forms.shape import (
    can_be_none,
    is_constant,
    is_indexed,
    is_multiple,
    is_toggled,
    item_at,
    key_of,
    value_of,
)

BUTTONS = "decide"
"""The id of the buttons that answer a field."""
_MOST_RADIOS = 5
_SPELLED = {
    FieldKind.DECIMAL: "a number such as 12.50",
    FieldKind.DURATION: "such as 90m, 2 days or 1:30:00",
    FieldKind.JSON: "JSON",
}
_NATIVE = {
    FieldKind.DATE: ("date", re.compile(r"\d{4}-\d{2}-\d{2}")),
    FieldKind.TIME: ("time", re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?")),
    FieldKind.DATETIME: (
        "datetime-local",
        re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?"),
    ),
}
"""Kinds that browsers have a control for, and the texts that it can show."""
_INPUT_MODES = {
    FieldKind.INTEGER: "numeric",
    FieldKind.NUMBER: "decimal",
    FieldKind.DECIMAL: "decimal",
    FieldKind.EMAIL: "email",
    FieldKind.URL: "url",
}


@dataclass(frozen=True, slots=True)
class Control:
    """One control, or a group of them.

    Args:
        kind: which macro of the template shows it.
        name: its name, and that of what is inside.
        id: its id in the page.
        label, help, hint: what is read beside it.
        text: what it says.
        error: what is wrong with it.
        optional: it may be left empty.
        options: what can be chosen.
        type, mode: of an `<input>`.
        multiline: it shows several lines.
        parts: what is inside.
        rows: items that can be taken away, each with its controls.
        more: the name of the list that items can be added to.
        given: None where the part is always filled in, else whether it is.
        zone: the offset of a date and time; None where it has none.
        kept: what a file was called that was chosen before, or what an empty secret means.
        examples: texts that are offered.
        length: characters that are taken at most.
        carried: names and texts that travel with the form, unseen.
    """

    kind: str
    name: str
    id: str
    label: str
    help: str | None = None
    hint: str = ""
    text: str = ""
    error: str | None = None
    optional: bool = False
    options: tuple[Option, ...] = ()
    type: str = "text"
    mode: str | None = None
    multiline: bool = False
    parts: tuple[Control, ...] = ()
    rows: tuple[Control, ...] = ()
    more: str | None = None
    given: bool | None = None
    zone: str | None = None
    kept: str | None = None
    examples: tuple[str, ...] = ()
    length: int | None = None
    carried: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """One line of the summary of errors.

    Args:
        label: the field, as a person finds it.
        message: what to do about it.
        id: of the control; None where the form has none for it.
    """

    label: str
    message: str
    id: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form, ready to be shown.

    Args:
        controls: from top to bottom.
        mistakes: every error, in the order of the form.
        uploads: files can be chosen.
        conditional: what is asked for depends on what is filled in.
    """

    controls: tuple[Control, ...]
    mistakes: tuple[Mistake, ...] = ()
    uploads: bool = False
    conditional: bool = False


def lay_out(
    root: Field,
    draft: Draft,
    errors: Sequence[FieldError] = (),
    hidden: str | None = None,
    unasked: Set[Path] = frozenset(),
) -> Sheet:
    """The controls of a form.

    Args:
        root: the tree of fields.
        draft: what they say.
        errors: what is wrong.
        hidden: the property that is answered by buttons instead.
        unasked: the fields that are not asked for; one with an error is shown all the same.
    """
    builder = _Builder(errors, hidden, unasked)
    whole = builder.build(replace(root, required=True, nullable=False), draft, ROOT, ())
    skipped = None if hidden is None else f"{ROOT}/{own(hidden)}"
    shown = [part for part in (*whole.parts, *_further(whole)) if part.name != skipped]
    mistakes = tuple(builder.mistakes(root))
    return Sheet(tuple(shown), mistakes, builder.uploads, builder.conditional)


def _further(whole: Control) -> Iterator[Control]:
    """The further entries of the root, as a control of their own."""
    if whole.more is not None:
        label = "Further values" if whole.parts else "Values"
        yield replace(whole, kind="map", parts=(), name=whole.more, label=label, error=None)


class _Builder:
    """Builds controls, and finds the one that each error belongs to."""

    def __init__(
        self, errors: Sequence[FieldError], hidden: str | None, unasked: Set[Path]
    ) -> None:
        self._hidden = hidden
        self._unasked = unasked - {e.path[:i] for e in errors for i in range(len(e.path) + 1)}
        self._errors: dict[Path, FieldError] = {}
        for error in errors:
            self._errors.setdefault(error.path, error)
        self._places: dict[Path, tuple[str, str]] = {}
        self._numbers = count(1)
        self.uploads = False
        self.conditional = False

    def mistakes(self, root: Field) -> Iterator[Mistake]:
        """Every error from top to bottom, with its control or the nearest one around it."""
        order = {path: index for index, path in enumerate(self._places)}
        for path, error in sorted(
            self._errors.items(), key=lambda each: order.get(each[0], len(order))
        ):
            depth = len(path)
            while depth and path[:depth] not in self._places:
                depth -= 1
            place = self._places.get(path[:depth]) if depth else None
            labels = [self._places[path[: i + 1]][1] for i in range(depth)]
            labels += [str(step) for step in path[depth:]]
            named = " \u203a ".join(label for label in labels if label)
            target = place[0] if place else None
            yield Mistake(named, error.message, BUTTONS if path == (self._hidden,) else target)

    def build(self, field: Field, draft: Draft, name: str, path: Path) -> Control:
        """The control of one field."""
        made = Control(
            kind="text",
            name=name,
            id=f"c{next(self._numbers)}",
            label=field.label,
            help=field.help,
            hint=_hint(field),
            text=draft.text,
            optional=can_be_none(field),
            length=field.max_length,
        )
        self.conditional |= "x-depends-on" in field.schema
        if path in self._unasked:
            return replace(made, kind="unasked", carried=_carried(field, draft, name))
        error = self._errors.get(path)
        if error is not None and path:
            made = replace(made, error=error.message)
        if path:
            self._places.setdefault(path, (made.id, field.label or str(path[-1])))
        if is_toggled(field):
            made = replace(made, given=draft.part(GIVEN).text == "1")
        if field.read_only:
            shown = to_text(field, field.start) if field.is_prefilled else ""
            return replace(made, kind="shown", text=shown)
        if is_constant(field):
            return replace(made, kind="constant", text=field.choices[0].label)
        return self._shaped(field, draft, made, path)

    def _shaped(self, field: Field, draft: Draft, made: Control, path: Path) -> Control:
        kind = field.kind
        if is_multiple(field) and field.item is not None:
            options = _options(field.item, draft.texts)
            return replace(made, kind="ticks", options=options)
        if kind is FieldKind.OBJECT:
            return self._object(field, draft, made, path)
        if kind is FieldKind.MAP:
            rows = self._entries(field, draft, made.name, path)
            return replace(made, kind="map", rows=rows, more=made.name)
        if kind in (FieldKind.LIST, FieldKind.SET, FieldKind.TUPLE):
            return self._list(field, draft, made, path)
        if kind is FieldKind.UNION:
            return self._union(field, draft, made, path)
        return self._scalar(field, draft, made)

    def _scalar(self, field: Field, draft: Draft, made: Control) -> Control:
        kind = field.kind
        if kind is FieldKind.BOOLEAN:
            return replace(made, kind="radios", options=_yes_no(field, draft.text))
        if is_indexed(field):
            options = _options(field, draft.texts)
            if len(options) <= _MOST_RADIOS or _wants_radios(field):
                none = Option("", "No answer", draft.text == "")
                options = (*options, none) if made.optional else options
                return replace(made, kind="radios", options=options)
            return replace(made, kind="select", options=options)
        if kind is FieldKind.SECRET:
            return replace(made, kind="secret", text="", kept=_secret_words(field, draft))
        if kind is FieldKind.FILE:
            self.uploads = True
            kept = draft.part(LABEL).text or "the file chosen before"
            held = KEPT in draft.parts
            text = draft.part(KEPT).text
            return replace(made, kind="file", kept=kept if held else None, text=text)
        if kind in (FieldKind.MULTILINE, FieldKind.JSON) or "\n" in draft.text:
            return replace(made, kind="multiline", multiline=kind is not FieldKind.JSON)
        if kind in _NATIVE:
            return _moment(field, draft, made)
        offered = [choice.label for choice in field.choices]
        offered += [to_text(field, each) for each in field.examples]
        return replace(made, mode=_INPUT_MODES.get(kind), examples=tuple(offered))

    def _object(self, field: Field, draft: Draft, made: Control, path: Path) -> Control:
        parts = tuple(
            self.build(
                child,
                draft.part(own(child.name)),
                f"{made.name}/{own(child.name)}",
                (*path, child.name),
            )
            for child in field.fields
        )
        made = replace(made, kind="group", parts=parts)
        if field.item is None:
            if parts and made.given is None and all(part.kind == "unasked" for part in parts):
                carried = tuple(pair for part in parts for pair in part.carried)
                return replace(made, kind="unasked", parts=(), carried=carried)
            return made
        name = f"{made.name}/{MORE}"
        return replace(made, more=name, rows=self._entries(field, draft.part(MORE), name, path))

    def _entries(self, field: Field, draft: Draft, name: str, path: Path) -> tuple[Control, ...]:
        rows = []
        for index in range(draft.count):
            part = draft.part(str(index))
            place = f"{name}/{index}"
            key = self.build(key_of(field), part.part(KEY), f"{place}/{KEY}", ())
            label = part.part(KEY).text
            inside = (*path, label)
            value = self.build(value_of(field), part.part(VALUE), f"{place}/{VALUE}", inside)
            rows.append(
                Control("entry", place, f"{key.id}e", f"Entry {index + 1}", parts=(key, value))
            )
        return tuple(rows)

    def _list(self, field: Field, draft: Draft, made: Control, path: Path) -> Control:
        fixed = len(field.fields)
        total = fixed + (draft.count if field.item is not None else 0)
        items = [
            self.build(item_at(field, i), draft.part(str(i)), f"{made.name}/{i}", (*path, i))
            for i in range(total)
        ]
        more = made.name if field.item is not None else None
        return replace(
            made, kind="list", parts=tuple(items[:fixed]), rows=tuple(items[fixed:]), more=more
        )

    def _union(self, field: Field, draft: Draft, made: Control, path: Path) -> Control:
        chosen = draft.part(ARM).text
        parts, options = [], []
        for index, arm in enumerate(field.variants):
            text = str(index)
            step = arm_step(index)
            # Errors belong to the arm that was chosen.
            inside = path if text == chosen else (*path, step)
            part = self.build(
                replace(arm, required=True), draft.part(step), f"{made.name}/{step}", inside
            )
            parts.append(replace(part, help=None) if part.help == made.help else part)
            options.append(Option(text, arm.label, text == chosen))
        if made.optional:
            options.append(Option("", "Nothing", chosen == ""))
        return replace(made, kind="union", parts=tuple(parts), options=tuple(options))


def _carried(field: Field, draft: Draft, name: str) -> tuple[tuple[str, str], ...]:
    """What was typed into a field that is not asked for; secrets are never part of a page."""
    mark = f"{name}/{UNASKED}"
    said = () if holds_secret(field) else write_pairs(draft, name)
    return (*(pair for pair in said if pair[0] != mark), (mark, "1"))


def _hint(field: Field) -> str:
    parts = [_SPELLED.get(field.kind, ""), limits(field)]
    least, most = field.min_length, field.max_length
    if field.kind in (FieldKind.LIST, FieldKind.SET, FieldKind.MAP):
        if least and most:
            parts.append(f"{least} to {most} entries" if least != most else f"{least} entries")
        elif least or most:
            parts.append(f"at least {least}" if least else f"at most {most}")
    return ", ".join(part for part in parts if part)


def _secret_words(field: Field, draft: Draft) -> str | None:
    """What an empty control means: secrets are never part of a page."""
    if draft.text:
        return "Type it again; secrets are not kept in pages"
    if field.has_initial and field.initial is not None:
        return "Leave it empty to keep what is set"
    return None


def _wants_radios(field: Field) -> bool:
    """Whether the author wants radios however many there are."""
    arms = field.schema.get("anyOf")
    schemas = [field.schema, *(arms if isinstance(arms, list) else ())]
    return any(isinstance(each, Mapping) and each.get("x-widget") == "radio" for each in schemas)


def _yes_no(field: Field, text: str) -> tuple[Option, ...]:
    said = text.strip().lower()
    options = [Option("yes", "Yes", said == "yes"), Option("no", "No", said == "no")]
    if can_be_none(field):
        options.append(Option("", "No answer", said == ""))
    return tuple(options)


def _options(field: Field, texts: Sequence[str]) -> tuple[Option, ...]:
    return tuple(
        Option(str(index), choice.label, str(index) in texts)
        for index, choice in enumerate(field.choices)
    )


def _moment(field: Field, draft: Draft, made: Control) -> Control:
    zoned = field.schema.get("x-timezone")
    zone = draft.part(ZONE).text
    type_, fits = _NATIVE[field.kind]
    if field.kind is FieldKind.DATETIME and zoned != "naive":
        # Who must say an offset is offered UTC; the page's script offers the reader's own.
        fallback = "Z" if zoned == "aware" and not draft.text else ""
        made = replace(made, zone=zone or fallback)
    aware_clock = field.kind is FieldKind.TIME and zoned == "aware"
    if (draft.text == "" or fits.fullmatch(draft.text)) and not aware_clock:
        return replace(made, type=type_, text=draft.text.replace(" ", "T"))
    return replace(made, hint=made.hint or "such as 2026-03-01T09:30")
