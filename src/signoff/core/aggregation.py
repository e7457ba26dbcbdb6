"""What several states mean together, as documented.

Owns counting and judging them. Must not know where the states come from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from signoff.model.state_types import TERMINAL_STATES, StateType


class Typed(Protocol):
    """A state, as far as its type goes."""

    type: StateType


class StateGroup:
    """Several states, judged as a whole.

    Args:
        states: the states.

    Attributes:
        type_counts: how many there are of each type.
        total_count, cancelled_count, final_count, not_final_count, paused_count, fail_count: how
            many there are in all, and of some kinds; crashed ones count as failed.
    """

    def __init__(self, states: Iterable[Typed]) -> None:
        self.states = list(states)
        self.type_counts = Counter(state.type for state in self.states)
        self.total_count = len(self.states)
        self.cancelled_count = self.type_counts[StateType.CANCELLED]
        self.final_count = sum(self.type_counts[kind] for kind in TERMINAL_STATES)
        self.not_final_count = self.total_count - self.final_count
        self.paused_count = self.type_counts[StateType.PAUSED]

    @property
    def fail_count(self) -> int:
        return self.type_counts[StateType.FAILED] + self.type_counts[StateType.CRASHED]

    def all_completed(self) -> bool:
        return self.type_counts[StateType.COMPLETED] == self.total_count

    def any_cancelled(self) -> bool:
        return self.cancelled_count > 0

    def any_failed(self) -> bool:
        return self.fail_count > 0

    def all_final(self) -> bool:
        return self.final_count == self.total_count

    def any_paused(self) -> bool:
        return self.paused_count > 0

    def counts_message(self) -> str:
        """How many there are of each type, for a reader."""
        parts = [f"total={self.total_count}"]
        if self.not_final_count:
            parts.append(f"not_final={self.not_final_count}")
        parts += [f"{kind.value!r}={count}" for kind, count in self.type_counts.items() if count]
        return ", ".join(parts)

    def verdict(self) -> tuple[StateType, str]:
        """The type and message of the one state that stands for all."""
        total = self.total_count
        if self.all_completed():
            return StateType.COMPLETED, "All states completed."
        if self.any_cancelled():
            return StateType.CANCELLED, f"{self.cancelled_count}/{total} states cancelled."
        if self.any_paused():
            return StateType.PAUSED, f"{self.paused_count}/{total} states paused."
        if self.any_failed():
            return StateType.FAILED, f"{self.fail_count}/{total} states failed."
        return StateType.FAILED, f"{self.not_final_count}/{total} states are not final."
