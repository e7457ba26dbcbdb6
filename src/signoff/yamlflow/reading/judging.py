"""Nodes judged by the JSON Schema of the catalog, and the values they become.

Owns the keywords the catalog uses, no others: a document is judged in one walk that knows the place
of every value, and text stays as the author wrote it where text is wanted. What an expression will
give is judged when it is rendered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from signoff.core.moments import (
    parse_date,
    parse_datetime,
    parse_duration,
    parse_time,
    spoken_duration,
)
from signoff.model.schedules import known_zone
from signoff.yamlflow.reading.expressions import Expression, may_hold_expressions
from signoff.yamlflow.syntax.findings import Findings, Path, is_confidential, shown
from signoff.yamlflow.syntax.nodes import ListNode, MapNode, Node, Scalar, kind_of, value_of

Schema = Mapping[str, Any]

_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
}
_BOOLEANS = {"true": True, "false": False}
_YES_NO = {
    **dict.fromkeys(("yes", "y", "on", "1"), "; write true"),
    **dict.fromkeys(("no", "n", "off", "0"), "; write false"),
}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")


def is_expression(text: str) -> bool:
    """Whether a text is to be rendered before it means anything."""
    return "{{" in text or "{%" in text


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges nodes.

    Args:
        findings: receives what is wrong.
        expressions: receives the texts that are rendered.
    """

    findings: Findings
    expressions: list[Expression] = field(default_factory=list)

    def read(self, node: Node, schema: Schema, path: Path, *, dynamic: bool = True) -> Any:
        """The value of a node; what does not fit is reported and read as far as it can be.

        Args:
            node: what the author wrote.
            schema: what is wanted.
            path: where it stands.
            dynamic: expressions are allowed where the schema says nothing else.
        """
        dynamic = bool(schema.get("x-dynamic", dynamic)) or schema.get("x-expression") is True
        if "anyOf" in schema:
            schema = _arm(schema["anyOf"], node)
        if isinstance(node, Scalar):
            return self._scalar(node, schema, path, dynamic)
        wanted = schema.get("type")
        found = "array" if isinstance(node, ListNode) else "object"
        if wanted is not None and wanted != found:
            self._expected(_WORDS[wanted], node, path)
            return value_of(node)
        if isinstance(node, ListNode):
            return self._list(node, schema, path, dynamic)
        return self._map(node, schema, path, dynamic)

    def _list(self, node: ListNode, schema: Schema, path: Path, dynamic: bool) -> list[Any]:
        if len(node.items) < schema.get("minItems", 0):
            self.findings.error("must not be empty.", node.mark, path)
        item = schema.get("items", {})
        return [
            self.read(each, item, (*path, index), dynamic=dynamic)
            for index, each in enumerate(node.items)
        ]

    def _map(self, node: MapNode, schema: Schema, path: Path, dynamic: bool) -> dict[str, Any]:
        properties = schema.get("properties", {})
        further = schema.get("additionalProperties", {})
        renamed, ignored = schema.get("x-renamed", {}), schema.get("x-ignored", {})
        values: dict[str, Any] = {}
        for key, value in node.entries:
            name = renamed.get(key.text, key.text)
            here = (*path, key.text)
            if name != key.text:
                self.findings.warning(f"is the old name of `{name}`.", key.mark, here)
            if name in properties:
                values[name] = self.read(value, properties[name], here, dynamic=dynamic)
            elif name in ignored:
                self.findings.warning(f"has no effect: {ignored[name]}.", key.mark, here)
            elif further is False:
                self.findings.unknown("property", key.text, properties, key.mark, here)
            else:
                values[name] = self.read(value, further, here, dynamic=dynamic)
        for name in schema.get("required", ()):
            if name not in values:
                self.findings.error(f"`{name}` is required.", node.mark, path)
        return values

    def _scalar(self, node: Scalar, schema: Schema, path: Path, dynamic: bool) -> Any:
        if dynamic and may_hold_expressions(node.text):
            self.expressions.append(Expression(node, path))
        wanted = schema.get("type")
        if wanted is None or (node.is_null and wanted != "string"):
            return node.value
        if wanted == "string":
            # `key:` with nothing behind it is no text.
            return None if node.is_null else self._text(node, schema, path, dynamic)
        if dynamic and is_expression(node.text):
            return node.text
        value = _READERS[wanted](node)
        if value is None:
            self._expected(_WORDS[wanted], node, path)
            return node.value
        self._bounds(value, node, schema, path)
        return value

    def _text(self, node: Scalar, schema: Schema, path: Path, dynamic: bool) -> str:
        text = node.text
        if dynamic and is_expression(text):
            return text
        if "enum" in schema and text not in schema["enum"]:
            self.findings.unknown("value", text, schema["enum"], node.mark, path)
        if len(text) < schema.get("minLength", 0):
            self.findings.error("must not be empty.", node.mark, path)
        if len(text) > schema.get("maxLength", len(text)):
            told = f"has {len(text)} characters; at most {schema['maxLength']} are allowed."
            self.findings.error(told, node.mark, path)
        if "pattern" in schema and not re.fullmatch(schema["pattern"], text):
            told = f"must match {schema['pattern']}, got {self._shown(text, path)}."
            self.findings.error(told, node.mark, path, text)
        if message := _misfit(schema.get("format"), text):
            told = f"{message}, got {self._shown(text, path)}{_meant(schema.get('format'), text)}."
            self.findings.error(told, node.mark, path, text)
        return text

    def _bounds(self, value: Any, node: Scalar, schema: Schema, path: Path) -> None:
        least, most = schema.get("minimum"), schema.get("maximum")
        if least is not None and value < least:
            self.findings.error(f"must be at least {least}, got {value}.", node.mark, path, value)
        if most is not None and value > most:
            self.findings.error(f"must be at most {most}, got {value}.", node.mark, path, value)

    def _expected(self, words: str, node: Node, path: Path) -> None:
        got = kind_of(node)
        if isinstance(node, Scalar) and not node.is_null:
            got = self._shown(node.text, path)
        told = node.text if isinstance(node, Scalar) else None
        meant = _YES_NO.get(str(told).lower(), "") if words == _WORDS["boolean"] else ""
        self.findings.error(f"must be {words}, got {got}{meant}.", node.mark, path, told)

    def _shown(self, text: str, path: Path) -> str:
        return "something else" if is_confidential(path) else shown(text)


def _arm(arms: list[Schema], node: Node) -> Schema:
    """The shape that is meant, judged by being a list, a map or a single value."""
    kinds = {ListNode: ("array",), MapNode: ("object",)}
    single = ("string", "integer", "number", "boolean")
    fitting = kinds.get(type(node), single)
    return next((arm for arm in arms if arm.get("type") in (*fitting, None)), arms[0])


def _integer(node: Scalar) -> int | None:
    return int(node.text) if _INTEGER.fullmatch(node.text) else None


def _number(node: Scalar) -> int | float | None:
    value = node.value if node.tag != "str" else Scalar(node.mark, node.text).value
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _boolean(node: Scalar) -> bool | None:
    return _BOOLEANS.get(node.text.lower())


def _none(node: Scalar) -> None:
    return None


_READERS = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "array": _none,
    "object": _none,
}


_FORMATS: dict[str, tuple[str, Callable[[str], object]]] = {
    "duration": ("an ISO 8601 duration such as PT5M or P1D", parse_duration),
    "date": ("a date such as 2026-03-01", parse_date),
    "time": ("a time such as 09:30", parse_time),
    "date-time": ("a date and time such as 2026-03-01T09:30:00Z", parse_datetime),
}


def _meant(format_name: str | None, text: str) -> str:
    """How a duration is written that was given in another way; "" where nothing is known."""
    if format_name != "duration":
        return ""
    found = spoken_duration(f"{text}s" if text.isdecimal() else text)
    return f"; write {found}" if found is not None and found.startswith("P") else ""


def _misfit(format_name: str | None, text: str) -> str | None:
    """Why a text does not have its format; None when it has."""
    if format_name == "duration" and not text.lstrip("+-").startswith("P"):
        return f"must be {_FORMATS['duration'][0]}"
    if format_name in _FORMATS:
        words, parse = _FORMATS[format_name]
        return None if parse(text) is not None else f"must be {words}"
    if format_name == "timezone":
        try:
            known_zone(text)
        except ValueError as problem:
            return str(problem).replace("there is no", "There is no", 1).partition(", got ")[0]
    return None
