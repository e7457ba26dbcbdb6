"""A form's JSON Schema as a tree of fields.

Owns which field kind a schema node becomes, for the schemas Pydantic 2 emits and for those written
by hand. Must not judge answers: the schema itself does that (`checking`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from signoff.core.forms.schemas import (
    Node,
    SchemaReader,
    arms,
    as_node,
    decimal_places,
    hides_a_secret,
    is_decimal,
    is_null,
    is_secret,
)
from signoff.model.forms import Choice, Field, FieldKind, Form, Json

_MOST_FIELDS = 2_000
_DEEPEST = 16

_STRING_FORMATS = {
    "date": FieldKind.DATE,
    "time": FieldKind.TIME,
    "date-time": FieldKind.DATETIME,
    "duration": FieldKind.DURATION,
    "email": FieldKind.EMAIL,
    "idn-email": FieldKind.EMAIL,
    "uri": FieldKind.URL,
    "iri": FieldKind.URL,
    "binary": FieldKind.FILE,
    "base64": FieldKind.FILE,
    "base64url": FieldKind.FILE,
    "multiline": FieldKind.MULTILINE,
    "textarea": FieldKind.MULTILINE,
}


def fields(form: Form) -> Field:
    """The tree of fields of a form.

    Parts that refer to themselves, and parts beyond 2,000 fields or 16 levels, become one field of
    kind `json` each.

    Returns:
        The root, of kind `object`; its `fields` are what a person is asked for.
    """
    root = _tree(json.dumps(form.schema, separators=(",", ":")))
    if form.title is not None:
        root = replace(root, label=form.title)
    return with_start(root, form.initial) if form.initial else root


@lru_cache(maxsize=256)
def _tree(schema: str) -> Field:
    """The tree of a schema; kept, because every answer asks for it and building is slow."""
    node = json.loads(schema)
    return _Builder(node).build(node, "", frozenset(), 0)


def with_start(field: Field, value: Json) -> Field:
    """The field starting with this value, its properties and positions with their parts of it."""
    children = field.fields
    if field.kind is FieldKind.OBJECT and isinstance(value, Mapping):
        children = tuple(
            with_start(child, value[child.name]) if child.name in value else child
            for child in children
        )
    elif field.kind is FieldKind.TUPLE and isinstance(value, list):
        children = tuple(
            with_start(child, value[position]) if position < len(value) else child
            for position, child in enumerate(children)
        )
    return replace(field, initial=value, has_initial=True, suggested=False, fields=children)


def label_of(name: str) -> str:
    """A property name as words: `max_rows` is "Max Rows", as Pydantic writes its titles."""
    return name.replace("_", " ").strip().title() or name


class _Builder:
    """Builds one tree; counts its fields, so that a hostile schema cannot grow without end."""

    def __init__(self, schema: Node) -> None:
        self._reader = SchemaReader(schema)
        self._built = 0

    def build(self, node: Node, name: str, above: frozenset[str], depth: int) -> Field:
        """The field of one node.

        Args:
            node: the node as it stands in the schema.
            name: its property name, "" where it has none.
            above: the references that lead here.
            depth: levels above.
        """
        self._built += 1
        resolved, nullable, followed = self._unwrap(node)
        title = node.get("title") if name else node.get("title", resolved.get("title"))
        base = Field(
            name=name,
            kind=FieldKind.JSON,
            label=str(title) if title else label_of(name),
            help=_text(resolved.get("description")),
            schema=node,
            nullable=nullable,
            read_only=resolved.get("readOnly") is True,
            examples=tuple(resolved.get("examples") or ()),
            format=_text(resolved.get("format")),
        )
        if "default" in resolved and not hides_a_secret(resolved["default"]):
            base = replace(base, default=resolved["default"], has_default=True)
        if "x-prefill" in resolved:
            base = replace(base, initial=resolved["x-prefill"], has_initial=True, suggested=True)
        if followed & above or depth > _DEEPEST or self._built > _MOST_FIELDS:
            return base
        return self._shape(base, resolved, above | followed, depth)

    def _unwrap(self, node: Node) -> tuple[dict[str, Json], bool, frozenset[str]]:
        """The resolved node without its `null` arm, whether it had one, references followed."""
        resolved, followed = self._reader.resolve(node)
        nullable = False
        while alternatives := arms(resolved):
            real = [arm for arm in alternatives if not is_null(self._reader.resolve(arm)[0])]
            nullable = nullable or len(real) < len(alternatives)
            outer = {
                key: value
                for key, value in resolved.items()
                if key not in ("anyOf", "oneOf", "type")
            }
            if len(real) != 1:
                return {**outer, "anyOf": real}, nullable, followed
            arm, more = self._reader.resolve(real[0])
            if more & followed:
                return {}, nullable, followed
            resolved, followed = {**arm, **outer}, followed | more
        if "enum" in resolved and None in resolved["enum"] and len(resolved["enum"]) > 1:
            resolved["enum"] = [value for value in resolved["enum"] if value is not None]
            nullable = True
        return resolved, nullable or is_null(resolved), followed

    def _shape(self, base: Field, node: Node, above: frozenset[str], depth: int) -> Field:
        if "const" in node or "enum" in node:
            values = [node["const"]] if "const" in node else node["enum"]
            labels = node.get("x-enumNames", node.get("enumNames", ()))
            return replace(base, kind=FieldKind.CHOICE, choices=_choices(values, labels))
        if alternatives := arms(node):
            return self._union(base, node, alternatives, above, depth)
        kind = node.get("type")
        if kind == "object" or (kind is None and ("properties" in node or depth == 0)):
            return self._object(base, node, above, depth)
        if kind == "array" or (kind is None and ("items" in node or "prefixItems" in node)):
            return self._array(base, node, above, depth)
        if kind == "string":
            return _string(base, node)
        if kind in ("integer", "number"):
            numeric = FieldKind.INTEGER if kind == "integer" else FieldKind.NUMBER
            return _bounded(replace(base, kind=numeric), node)
        if kind == "boolean":
            return replace(base, kind=FieldKind.BOOLEAN)
        if kind == "null":
            return replace(base, kind=FieldKind.CHOICE, choices=(Choice(None, "nothing"),))
        return base

    def _union(
        self, base: Field, node: Node, alternatives: list[Node], above: frozenset[str], depth: int
    ) -> Field:
        resolved = [self._reader.resolve(arm)[0] for arm in alternatives]
        if is_decimal(resolved):
            number, text = sorted(resolved, key=lambda arm: str(arm["type"]))
            decimal = _bounded(replace(base, kind=FieldKind.DECIMAL), number)
            return replace(decimal, decimal_places=decimal_places(text))
        if all("const" in arm for arm in resolved):
            labels = [str(arm.get("title", _spell(arm["const"]))) for arm in resolved]
            choices = _choices([arm["const"] for arm in resolved], labels)
            return replace(base, kind=FieldKind.CHOICE, choices=choices)
        closed = [arm for arm in resolved if "enum" in arm]
        free = [arm for arm in resolved if set(arm) <= {"type", "title"} and "type" in arm]
        if len(resolved) == 2 and len(closed) == 1 and [arm["type"] for arm in free] == ["string"]:
            choices = _choices(closed[0]["enum"], ())
            return replace(base, kind=FieldKind.CHOICE, choices=choices, open_choices=True)
        variants = tuple(self._arm(arm, above, depth) for arm in alternatives)
        tag = node.get("discriminator", {}).get("propertyName")
        return replace(base, kind=FieldKind.UNION, variants=variants, discriminator=tag)

    def _arm(self, node: Node, above: frozenset[str], depth: int) -> Field:
        arm = self.build(node, "", above, depth + 1)
        return arm if arm.label else replace(arm, label=_arm_label(arm))

    def _object(self, base: Field, node: Node, above: frozenset[str], depth: int) -> Field:
        further = node.get("additionalProperties")
        if "properties" not in node and further is not False and depth > 0:
            return self._map(base, node, above, depth)
        properties = node.get("properties") or {}
        required = node.get("required", ())
        children = tuple(
            replace(self.build(as_node(child), name, above, depth + 1), required=name in required)
            for name, child in properties.items()
        )
        item = None
        if isinstance(further, Mapping) or further is True or "properties" not in node:
            item = self.build(as_node(further or {}), "", above, depth + 1)
        return replace(base, kind=FieldKind.OBJECT, fields=children, item=item)

    def _map(self, base: Field, node: Node, above: frozenset[str], depth: int) -> Field:
        patterns = node.get("patternProperties") or {}
        further: Any = node.get("additionalProperties")
        key: Node = as_node(node.get("propertyNames", {}))
        if len(patterns) == 1 and not isinstance(further, Mapping):
            ((pattern, further),) = patterns.items()
            key = {"type": "string", "pattern": pattern, **key}
        return replace(
            base,
            kind=FieldKind.MAP,
            item=self.build(as_node(further or {}), "", above, depth + 1),
            key=self.build({"type": "string", **key}, "", above, depth + 1),
            min_length=node.get("minProperties"),
            max_length=node.get("maxProperties"),
        )

    def _array(self, base: Field, node: Node, above: frozenset[str], depth: int) -> Field:
        positions = node.get("prefixItems") or ()
        at_least = node.get("minItems")
        base = replace(base, min_length=at_least, max_length=node.get("maxItems"))
        further = as_node(node.get("items", {}))
        may_go_on = node.get("items") is not False and (
            not positions or base.max_length is None or base.max_length > len(positions)
        )
        item = self.build(further, "", above, depth + 1) if may_go_on else None
        if not positions:
            kind = FieldKind.SET if node.get("uniqueItems") is True else FieldKind.LIST
            return replace(base, kind=kind, item=item)
        children = []
        for index, position in enumerate(positions):
            child = self.build(as_node(position), "", above, depth + 1)
            needed = at_least is not None and index < at_least
            label = child.label or f"Item {index + 1}"
            children.append(replace(child, label=label, required=needed))
        return replace(base, kind=FieldKind.TUPLE, fields=tuple(children), item=item)


def _string(base: Field, node: Node) -> Field:
    base = replace(
        base,
        min_length=node.get("minLength"),
        max_length=node.get("maxLength"),
        pattern=node.get("pattern"),
        media_type=_text(node.get("contentMediaType")),
        stored=node.get("x-stored") is True,
        minimum=node.get("formatMinimum"),
        maximum=node.get("formatMaximum"),
        exclusive_minimum=node.get("formatExclusiveMinimum"),
        exclusive_maximum=node.get("formatExclusiveMaximum"),
    )
    if is_secret(node):
        # A default in the schema would put the secret where everybody can read it.
        return replace(base, kind=FieldKind.SECRET, default=None, has_default=False)
    if base.media_type == "application/json":
        return replace(base, kind=FieldKind.JSON, json_text=True)
    if base.format in _STRING_FORMATS:
        return replace(base, kind=_STRING_FORMATS[base.format])
    wide = (base.media_type or "").startswith("text/") or node.get("multiline") is True
    if wide or node.get("widget") == "textarea":
        return replace(base, kind=FieldKind.MULTILINE)
    if base.media_type or node.get("contentEncoding"):
        return replace(base, kind=FieldKind.FILE)
    return replace(base, kind=FieldKind.TEXT)


def _bounded(base: Field, node: Node) -> Field:
    return replace(
        base,
        minimum=node.get("minimum"),
        maximum=node.get("maximum"),
        exclusive_minimum=node.get("exclusiveMinimum"),
        exclusive_maximum=node.get("exclusiveMaximum"),
        multiple_of=node.get("multipleOf"),
    )


def _choices(values: Any, labels: Any) -> tuple[Choice, ...]:
    named = list(labels) if isinstance(labels, (list, tuple)) else []
    return tuple(
        Choice(value, str(named[index]) if index < len(named) else _spell(value))
        for index, value in enumerate(values)
    )


def _spell(value: Json) -> str:
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "yes", False: "no"}[value]
    return str(value)


_ARM_LABELS = {
    FieldKind.INTEGER: "Whole number",
    FieldKind.BOOLEAN: "Yes or no",
    FieldKind.DATETIME: "Date and time",
    FieldKind.OBJECT: "Fields",
    FieldKind.MAP: "Names and values",
    FieldKind.JSON: "JSON",
    FieldKind.URL: "URL",
}


def _arm_label(arm: Field) -> str:
    if arm.kind is FieldKind.CHOICE:
        return ", ".join(choice.label for choice in arm.choices)
    if arm.kind in (FieldKind.LIST, FieldKind.SET) and arm.item is not None:
        return f"{arm.kind.capitalize()} of {(arm.item.label or _arm_label(arm.item)).lower()}"
    return _ARM_LABELS.get(arm.kind, arm.kind.capitalize())


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
