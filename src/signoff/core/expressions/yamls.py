"""Texts of YAML into values, for the function and the filter `yaml`.

Owns what is taken from YAML: maps, lists, texts, numbers, true, false and null; dates stay texts,
and tags are refused. Loaded with the first use only.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from signoff.core.expressions.limits import LIMITS, Budget
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.values import plain

_LONGEST = 1_000_000
_SCALARS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,300})", "-+0123456789"),
    ("float", r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
)
"""What is no text: without YAML 1.1's `yes`, `010`, `12:30` and dates, which stay as written."""


class _Loader(yaml.SafeLoader):
    """Reads scalars by the table above."""


_Loader.yaml_implicit_resolvers = {}
for _name, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(f"(?:{_pattern})$"), list(_first)
    )


def read(text: str, budget: Budget) -> object:
    """The value in a text of YAML.

    Raises:
        Misuse: it is not YAML, or too much of it.
    """
    if len(text) > _LONGEST:
        raise Misuse(f"reads YAML of at most {_LONGEST:,} characters")
    budget.step(len(text) // 10)
    try:
        value: Any = yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, TypeError, OverflowError) as error:
        first = " ".join(str(error).split())
        raise Misuse(f"cannot read this YAML: {first[:200]}") from None
    except RecursionError:
        raise Misuse(f"cannot read YAML that nests deeper than {LIMITS.nesting} levels") from None
    return plain(value, budget)
