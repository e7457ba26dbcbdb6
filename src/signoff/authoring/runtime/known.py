"""What the service knows of the present run beyond what its process holds, asked for once.

Owns the questions. The answers never change while the run lasts, so each run is asked about at most
once per process.
"""

from __future__ import annotations

import importlib
import os
from uuid import UUID
from weakref import WeakKeyDictionary

from signoff.engine.frames import RunFrame, current_run
from signoff.gateway.settings import current_settings
from signoff.model.errors import ObjectNotFound

_STARTING = "SIGNOFF__FLOW_RUN_ID"
"""Names the run that this process was started for, while its code is still being loaded."""

_parents: WeakKeyDictionary[RunFrame, UUID | None] = WeakKeyDictionary()
_roots: WeakKeyDictionary[RunFrame, UUID] = WeakKeyDictionary()


def run_id() -> str | None:
    """The id of the present flow run."""
    frame = current_run.get()
    return str(frame.run_id) if frame is not None else os.environ.get(_STARTING) or None


def parent_of(frame: RunFrame) -> UUID | None:
    """The flow run that called this one, in this process or another."""
    if frame.parent is not None:
        return frame.parent.run_id
    if frame not in _parents:
        _parents[frame] = _stored_parent(frame, frame.run_id)
    return _parents[frame]


def root_of(frame: RunFrame) -> UUID:
    """The flow run that no other one called, above this one or itself."""
    if frame not in _roots:
        last, above = frame.run_id, parent_of(frame)
        while above is not None:
            last, above = above, _stored_parent(frame, above)
        _roots[frame] = last
    return _roots[frame]


def _stored_parent(frame: RunFrame, run_id: UUID) -> UUID | None:
    # Loaded here because the views are heavy, and few flows ask.
    queries = importlib.import_module("signoff.model.queries")
    try:
        found: UUID | None = frame.gateway.send(queries.ReadRun(run_id)).parent_flow_run_id
    except ObjectNotFound:
        # Somebody deleted it while it ran.
        return None
    return found


def api_url(path: str) -> str | None:
    """Address of something below the API; None without a server."""
    base = current_settings().api_url
    return f"{base}/{path}" if base else None


def page_url(path: str) -> str | None:
    """Address of a page; None without a server."""
    settings = current_settings()
    base = settings.ui_url or (settings.api_url or "").removesuffix("/api")
    return f"{base}/{path}" if base else None
