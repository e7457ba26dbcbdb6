"""The long polls of a process: one that ends when any of its runs changes, one for claimers.

Owns the request class. Must not know how the server notices a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from uuid import UUID

from signoff.model.claims import Scope
from signoff.model.commands import Request
from signoff.model.journal import Process
from signoff.model.replies import RunSignal
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Watch(Request[tuple[RunSignal, ...]]):
    """Tell me as soon as one of my runs changes, and know that I live.

    Args:
        process: who asks; its lease is renewed.
        runs: the version of each run as the process knows it; 0 for one it knows nothing of,
            which is reported at once.
        timeout: seconds after which the request ends with nothing; the server may end it earlier.
        lines: runs whose log the process follows; a new line is reported as a change would be.
        topics: what else the process is told of when it is poked about it.
    """

    process: Process
    runs: Mapping[UUID, int] = field(default_factory=dict)
    timeout: float = 30.0
    lines: tuple[UUID, ...] = ()
    topics: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchDue(Request[bool]):
    """Tell me as soon as a run may be due that I could claim, and know that I live.

    The reply is false when nothing was heard of. Something that became due since the last request
    of the same process is told at once, and so is the first request.

    Args:
        process: the claimer; its lease is renewed.
        scope: which runs it takes.
        timeout: seconds after which the request ends with nothing; the server may end it earlier.
    """

    process: Process
    scope: Scope
    timeout: float = 30.0
