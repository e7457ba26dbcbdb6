"""What a server knows about itself that no database tells: for the page that says how it is.

Owns the values only. Times are UTC microseconds since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """How a server is.

    Args:
        since: when it began.
        database: what it keeps runs in.
        deaf: why it does not hear of what other processes do; None where it does.
        worker: it brings a worker along.
        streams: open pages and other readers of the event stream.
    """

    since: int
    database: str
    deaf: str | None
    worker: bool
    streams: int
