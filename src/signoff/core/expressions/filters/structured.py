"""Filters that turn values into JSON and YAML, or take them apart."""

from __future__ import annotations

import importlib

from signoff.core.expressions.limits import fits
from signoff.core.expressions.registry import Call, Shelf
from signoff.core.expressions.values import json_of, plain

STRUCTURED = Shelf("filter", "JSON and YAML")


@STRUCTURED.add(
    "toJson",
    "As JSON; texts too, in quotes.",
    ("[1, 2, 3] | toJson", "[1,2,3]"),
    ("'foo' | toJson", '"foo"'),
    ("null | toJson", "null"),
    aliases=("json",),
    of_null=True,
)
def _to_json(call: Call, value: object) -> object:
    return json_of(value, call.budget)


@STRUCTURED.add(
    "toIon",
    "As Ion; JSON is Ion.",
    ("{'a': 1} | toIon", '{"a":1}'),
    of_null=True,
)
def _to_ion(call: Call, value: object) -> object:
    return json_of(value, call.budget)


@STRUCTURED.add(
    "yaml",
    "A list or map as YAML; the value in a text of YAML.",
    ("{'key': 'value'} | yaml", "key: value\n"),
    ("('a: [1, 2]' | yaml).a", "[1,2]"),
)
def _yaml(call: Call, value: object) -> object:
    if isinstance(value, str):
        return yaml_value(call, value)
    dump = importlib.import_module("yaml").safe_dump
    simple = plain(value, call.budget)
    text = dump(simple, allow_unicode=True, sort_keys=False, default_flow_style=False)
    fits(len(text))
    return text.removesuffix("...\n")


def yaml_value(call: Call, text: str) -> object:
    """The value in a text of YAML; dates stay texts.

    Raises:
        Misuse: it is none.
    """
    yaml = importlib.import_module("signoff.core.expressions.yamls")
    return yaml.read(text, call.budget)
