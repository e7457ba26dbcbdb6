"""The documented orders of runs: by what, in which direction, and how a page goes on in them.

Owns these expressions. Within one value the id decides, so that every order is total. The alias of
runs is `r`, as in the statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from signoff.model.filters import FlowRunSort

NEVER = 9_223_372_036_854_775_807
"""Sorts behind every time."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of runs.

    Args:
        value: what it goes by; None for the id alone.
        falls: the greatest comes first.
    """

    value: str | None
    falls: bool

    def text(self, back: bool = False) -> str:
        """What stands after ORDER BY; `back`: from the end."""
        falls = " DESC" if self.falls != back else ""
        first = "" if self.value is None else f"{self.value}{falls}, "
        return f"{first}r.id{falls}"

    def beyond(self, value: str, run_id: str, back: bool = False) -> str:
        """The condition of what comes after a place, of which the parameters are given."""
        operator = "<" if self.falls != back else ">"
        if self.value is None:
            return f"r.id {operator} {run_id}"
        return f"({self.value}, r.id) {operator} ({value}, {run_id})"


_STARTED = "COALESCE(r.started, r.expected, r.created)"
_EXPECTED = "COALESCE(r.expected, r.created)"

ORDERS: Mapping[FlowRunSort, Order] = {
    FlowRunSort.ID_DESC: Order(None, True),
    FlowRunSort.START_TIME_ASC: Order(_STARTED, False),
    FlowRunSort.START_TIME_DESC: Order(_STARTED, True),
    FlowRunSort.EXPECTED_START_TIME_ASC: Order(_EXPECTED, False),
    FlowRunSort.EXPECTED_START_TIME_DESC: Order(_EXPECTED, True),
    FlowRunSort.NAME_ASC: Order("r.name", False),
    FlowRunSort.NAME_DESC: Order("r.name", True),
    FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC: Order(f"COALESCE(r.scheduled, {NEVER})", False),
    FlowRunSort.END_TIME_DESC: Order("COALESCE(r.ended, 0)", True),
}
