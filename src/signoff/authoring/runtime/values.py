"""Attributes of `signoff.runtime`: how one is read, and how the environment replaces it.

Owns the rule. `SIGNOFF__RUNTIME__FLOW_RUN__NAME=test` stands in for `flow_run.name`, as documented,
so that code can be tried outside of runs; the text takes the type the attribute has. Must not know
which attributes there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

PREFIX = "SIGNOFF__RUNTIME__"
_FALSE = frozenset({"", "0", "false", "f", "no", "n", "off", "none"})


class Values:
    """The attributes of one module of `signoff.runtime`.

    Args:
        module: its name, `flow_run`.
        readers: how each attribute is read; never raises outside of runs.
    """

    def __init__(self, module: str, readers: Mapping[str, Callable[[], Any]]) -> None:
        self._module = module
        self._readers = readers
        self.names = sorted(readers)

    def read(self, name: str) -> Any:
        """The value of an attribute now.

        Raises:
            AttributeError: there is none of that name.
            ValueError: the environment stands in for an attribute that is no plain value.
        """
        variable = f"{PREFIX}{self._module.upper()}__{name.upper()}"
        text = os.environ.get(variable)
        reader = self._readers.get(name)
        if reader is None:
            if text is None or name.startswith("__"):
                raise AttributeError(f"signoff.runtime.{self._module} has no attribute {name!r}")
            return text
        value = reader()
        return value if text is None else _stand_in(variable, text, value)


def _stand_in(variable: str, text: str, value: Any) -> Any:
    if value is None or isinstance(value, str):
        return text
    try:
        if isinstance(value, bool):
            return text.strip().lower() not in _FALSE
        if isinstance(value, int | float):
            return type(value)(text)
        if isinstance(value, datetime):
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except ValueError:
        kind = "a time such as 2026-01-31T09:00" if isinstance(value, datetime) else "a number"
        raise ValueError(f"{variable}={text}: must be {kind}.") from None
    raise ValueError(
        f"{variable}: This runtime context attribute cannot be mocked using an environment "
        "variable. Please use monkeypatch instead."
    )
