"""The name somebody probably meant. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """` Did you mean 'x'?` with the nearest known name; nothing when none is near."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""
