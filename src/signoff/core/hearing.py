"""What a process has heard of runs, gathered until somebody acts on it.

Owns how two words about one run become one. Pokes are sent after the commits they tell of, by many
processes, so they arrive in any order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from signoff.model.replies import RunSignal


def note(heard: dict[UUID, RunSignal | None], run_id: UUID, signal: RunSignal | None) -> None:
    """Add a word about a run: the later one counts, and not knowing (None) asks for a look."""
    known = heard.get(run_id, signal)
    if known is None or signal is None:
        heard[run_id] = None
    else:
        heard[run_id] = known if known.version > signal.version else signal
