"""Texts of YAML into values, for the function and the filter `yaml`.

Owns what is taken from YAML: maps, lists, texts, numbers, true, false and null; dates stay texts,
and tags are refused. Loaded with the first use only.
"""

from __future__ import annotations

from typing import Any

import yaml

from signoff.core.expressions.limits import LIMITS, Budget
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.values import plain

_LONGEST = 1_000_000
_DATES = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """Reads dates as the texts they are written as."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, found) for tag, found in resolvers if tag != _DATES]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


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
