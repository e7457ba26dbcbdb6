"""Reading a JSON Schema node by node: references, merged parts, optional arms.

Owns how a node is looked at. Must not know fields, answers or messages. References to anything
outside the form's own schema are never followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from signoff.model.forms import Json

Node = Mapping[str, Json]

_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
# How a pattern begins that Pydantic gives to the text arm of a `Decimal`, and how it says places.
_DECIMAL_PATTERN = "^(?!^[-+.]*$)[+-]?0*"
_PLACES = re.compile(r"\\\.\\d\{0,(\d+)\}")
# What Pydantic writes into a schema in place of the default of a `SecretStr`.
_MASKED_DEFAULT = "**********"


class SchemaReader:
    """Resolves the nodes of one schema.

    Args:
        root: the whole schema, which holds the `$defs`.
    """

    def __init__(self, root: Node) -> None:
        self._root = root

    def find(self, reference: str) -> Node | None:
        """The node a `$ref` points to; None when it is not in this schema."""
        if reference == "#":
            return self._root
        if not reference.startswith("#/"):
            return None
        here: Any = self._root
        for step in reference[2:].split("/"):
            name = _PERCENT.sub(lambda match: chr(int(match[1], 16)), step)
            name = name.replace("~1", "/").replace("~0", "~")
            if isinstance(here, Mapping) and name in here:
                here = here[name]
            elif isinstance(here, list) and name.isdecimal() and int(name) < len(here):
                here = here[int(name)]
            else:
                return None
        return as_node(here)

    def resolve(self, node: Json) -> tuple[dict[str, Json], frozenset[str]]:
        """The node with its references and `allOf` parts merged in, and the references followed.

        What stands beside a `$ref` goes before what stands behind it.
        """
        merged: dict[str, Json] = dict(as_node(node))
        followed: set[str] = set()
        while "$ref" in merged or "allOf" in merged:
            if "$ref" in merged:
                reference = merged.pop("$ref")
                target = None if reference in followed else self.find(reference)
                followed.add(reference)
                parts = [target or {}]
            else:
                parts = [as_node(part) for part in merged.pop("allOf")]
            for part in parts:
                merged = _merge(part, merged)
        return merged, frozenset(followed)


def as_node(value: Json) -> Node:
    """A schema as a mapping: `true` allows everything, `false` nothing."""
    if isinstance(value, Mapping):
        return value
    return {} if value is not False else {"not": {}}


def _merge(below: Node, above: Node) -> dict[str, Json]:
    """Both nodes as one; what `above` says wins, properties and required names are joined."""
    merged = {**below, **above}
    if "properties" in below and "properties" in above:
        merged["properties"] = {**below["properties"], **above["properties"]}
    if "required" in below and "required" in above:
        merged["required"] = [*below["required"], *above["required"]]
    if "allOf" in below and "allOf" in above:
        merged["allOf"] = [*below["allOf"], *above["allOf"]]
    return merged


def arms(node: Node) -> list[Node]:
    """The alternatives of a union, `null` included; empty when the node is no union.

    Alternatives beside properties or items only say more about these, and are no union.
    """
    alternatives = node.get("anyOf") or node.get("oneOf")
    kinds = node.get("type")
    if alternatives:
        if not node.keys().isdisjoint(("properties", "items", "prefixItems")):
            return []
        shared = {"type": kinds} if isinstance(kinds, str) else {}
        return [{**shared, **as_node(arm)} for arm in alternatives]
    if isinstance(kinds, list):
        rest = {key: value for key, value in node.items() if key != "type"}
        return [{"type": "null"} if kind == "null" else {**rest, "type": kind} for kind in kinds]
    return []


def is_null(node: Node) -> bool:
    """Whether the node allows nothing but `null`."""
    if "const" in node:
        return node["const"] is None
    return node.get("type") == "null" or node.get("enum") == [None]


def is_decimal(alternatives: Sequence[Node]) -> bool:
    """Whether these arms (without `null`) are the two ways to write a `Decimal`.

    The text arm says so by its format (`typed`) or by the pattern that some versions of Pydantic
    give it; without either it may as well be the union of a number and a text.
    """
    if len(alternatives) != 2:
        return False
    number, text = sorted(alternatives, key=lambda arm: str(arm.get("type")))
    if number.get("type") not in ("number", "integer") or text.get("type") != "string":
        return False
    pattern = str(text.get("pattern", ""))
    return text.get("format") == "decimal" or pattern.startswith(_DECIMAL_PATTERN)


def decimal_places(text: Node) -> int | None:
    """How many digits may follow the point, by the text arm of a `Decimal`; None for any number."""
    match = _PLACES.search(str(text.get("pattern", "")))
    places = text.get("x-decimal-places", int(match[1]) if match else None)
    return places if isinstance(places, int) else None


def is_secret(node: Node) -> bool:
    """Whether values of this (resolved) node must never be shown."""
    return node.get("writeOnly") is True or node.get("format") == "password"


def hides_a_secret(default: Json) -> bool:
    """Whether a default holds a masked secret, and so is not the default the flow will use."""
    if isinstance(default, Mapping):
        return any(hides_a_secret(each) for each in default.values())
    if isinstance(default, list):
        return any(hides_a_secret(each) for each in default)
    return bool(default == _MASKED_DEFAULT)


def tagged_arm(reader: SchemaReader, node: Node, answer: Json) -> tuple[str, int | None] | None:
    """Which arm of a discriminated union an answer names.

    Returns:
        The discriminating property and the position of the arm (None when no arm has that tag or
        the answer has none); None when the node is no discriminated union.
    """
    discriminator = node.get("discriminator")
    tag = discriminator.get("propertyName") if isinstance(discriminator, Mapping) else None
    if not isinstance(tag, str):
        return None
    if isinstance(answer, Mapping) and tag in answer:
        for position, arm in enumerate(arms(node)):
            if any(_same(answer[tag], value) for value in tags(reader, arm, tag)):
                return tag, position
    return tag, None


def tags(
    reader: SchemaReader, arm: Node, tag: str, above: frozenset[str] = frozenset()
) -> Iterator[Json]:
    """The values of the discriminating property that select this arm, nested unions included."""
    resolved, followed = reader.resolve(arm)
    if followed & above:
        return
    for inner in arms(resolved):
        yield from tags(reader, inner, tag, above | followed)
    property_node, _ = reader.resolve(resolved.get("properties", {}).get(tag, {}))
    if "const" in property_node:
        yield property_node["const"]
    yield from property_node.get("enum", ())


def _same(one: Json, other: Json) -> bool:
    """Equality as JSON has it: `true` is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
