"""What the service knows of the present run beyond what its process holds, asked for once.

Owns the questions. The answers never change while the run lasts, so each run is asked about at most
once per process.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING
from uuid import UUID
from weakref import WeakKeyDictionary

from signoff.engine.frames import RunFrame, current_run
from signoff.gateway.connect import get_gateway
from signoff.gateway.settings import current_settings
from signoff.model.errors import ObjectNotFound

if TYPE_CHECKING:
    from signoff.core.ports import Gateway
    from signoff.model.deployments import DeploymentResponse
    from signoff.model.views import FlowRun

_STARTING = "SIGNOFF__FLOW_RUN_ID"
"""Names the run that this process was started for, while its code is still being loaded."""

_records: WeakKeyDictionary[RunFrame, FlowRun | None] = WeakKeyDictionary()
_roots: WeakKeyDictionary[RunFrame, UUID] = WeakKeyDictionary()
_starting: dict[str, FlowRun | None] = {}


def run_id() -> str | None:
    """The id of the present flow run."""
    frame = current_run.get()
    return str(frame.run_id) if frame is not None else os.environ.get(_STARTING) or None


def record() -> FlowRun | None:
    """The present flow run as it is on record, or the one this process was started for."""
    frame = current_run.get()
    if frame is not None:
        return record_of(frame)
    named = os.environ.get(_STARTING)
    if not named:
        return None
    if named not in _starting:
        _starting[named] = _stored(get_gateway(), UUID(named))
    return _starting[named]


def record_of(frame: RunFrame) -> FlowRun | None:
    """A run as it is on record; None when somebody has deleted it."""
    if frame not in _records:
        _records[frame] = _stored(frame.gateway, frame.run_id)
    return _records[frame]


def deployment() -> DeploymentResponse | None:
    """The deployment that the present flow run was made from."""
    run = record()
    if run is None or run.deployment_id is None:
        return None
    if run.deployment_id not in _deployments:
        frame = current_run.get()
        gateway = frame.gateway if frame is not None else get_gateway()
        deploying = importlib.import_module("signoff.model.deploying")
        try:
            found = gateway.send(deploying.ReadDeployment(run.deployment_id))
        except ObjectNotFound:
            found = None
        _deployments[run.deployment_id] = found
    return _deployments[run.deployment_id]


_deployments: dict[UUID, DeploymentResponse | None] = {}


def parent_of(frame: RunFrame) -> UUID | None:
    """The flow run that called this one, in this process or another."""
    if frame.parent is not None:
        return frame.parent.run_id
    found = record_of(frame)
    return None if found is None else found.parent_flow_run_id


def deployment_of_parent(frame: RunFrame) -> UUID | None:
    """The deployment that the calling flow run was made from."""
    above = parent_of(frame)
    found = _stored(frame.gateway, above) if above is not None else None
    return None if found is None else found.deployment_id


def root_of(frame: RunFrame) -> UUID:
    """The flow run that no other one called, above this one or itself."""
    if frame not in _roots:
        last, above = frame.run_id, parent_of(frame)
        while above is not None:
            found = _stored(frame.gateway, above)
            last, above = above, None if found is None else found.parent_flow_run_id
        _roots[frame] = last
    return _roots[frame]


def _stored(gateway: Gateway, run_id: UUID) -> FlowRun | None:
    # Loaded here because the views are heavy, and few flows ask.
    queries = importlib.import_module("signoff.model.queries")
    try:
        found: FlowRun = gateway.send(queries.ReadRun(run_id))
    except ObjectNotFound:
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
    return f"{base.rstrip('/')}/{path}" if base else None
