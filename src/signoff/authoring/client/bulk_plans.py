"""What the client's methods about many runs ask.

Owns their names, parameters and defaults, like `plans.py` those about one run.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from signoff.authoring.client.plan import Plan, as_it_is, as_list
from signoff.authoring.ids import as_id
from signoff.core.ports import Gateway
from signoff.gateway.settings import current_settings
from signoff.model import bulk as b
from signoff.model.filters import FlowFilter, FlowRunFilter
from signoff.model.forms import Json

Progress = Callable[[b.BulkView], bool | None]
"""Told after each batch; False stops the bulk action."""


def preview_bulk(
    action: b.BulkAction | str,
    *,
    flow_filter: FlowFilter | None = None,
    flow_run_filter: FlowRunFilter | None = None,
    flow_run_ids: Iterable[UUID] | None = None,
    run_input: Mapping[str, Any] | None = None,
) -> Plan[b.BulkPreview]:
    """Freeze a set of runs and what shall be done with each; nothing happens to them yet.

    Args:
        action: "resume", "pause", "suspend", "cancel", "retry" or "delete".
        flow_filter, flow_run_filter: which runs; `FlowRunFilter()` for every run.
        flow_run_ids: these runs instead.
        run_input: the answer that "resume" gives to each; None for what each form is filled with.

    Returns:
        How many runs, the first of them, why how many would be refused now, and the digest that
        `run_bulk` asks for.

    Raises:
        ValueError: an unknown action.
        InvalidRequest: it does not say which runs.
    """
    known = [each.value for each in b.BulkAction]
    if action not in known:
        raise ValueError(f"action must be one of {', '.join(known)}, got {action!r}.")
    answer: Json = None if run_input is None else dict(run_input)
    ids = (
        None
        if flow_run_ids is None
        else tuple(as_id(each, "flow_run_ids") for each in flow_run_ids)
    )
    request = b.PreviewBulk(b.BulkAction(action), flow_filter, flow_run_filter, ids, answer)
    return Plan(request, as_it_is)


def run_bulk(
    bulk: b.BulkView | b.BulkPreview | UUID,
    digest: str | None = None,
    *,
    progress: Progress | None = None,
    batch_size: int = b.BATCH,
) -> Plan[b.BulkView]:
    """Carry out a previewed bulk action, batch after batch, until it is over.

    Whoever is interrupted may call this again: it goes on where it was. Without a server, a process
    is started that enters the runs which have none.

    Args:
        bulk: the preview, or the id of the bulk action.
        digest: of the preview that was agreed to; needed with an id.
        progress: told after each batch; a call that returns False stops the bulk action.
        batch_size: runs of one batch, at most 10,000. Others need not wait for a batch to be done.

    Returns:
        How many runs it was done with, and how many refused it (`read_bulk_receipts` says why).

    Raises:
        ValueError: an id without a digest.
        InvalidRequest: the digest is not that of the preview.
        TransitionRefused: it was stopped before.
    """
    view = bulk.bulk if isinstance(bulk, b.BulkPreview) else bulk
    if isinstance(view, b.BulkView):
        bulk_id, agreed = view.id, digest or view.digest
    elif digest is None:
        raise ValueError(f"Give the digest that the preview of bulk action {view} has shown.")
    else:
        bulk_id, agreed = as_id(view, "bulk"), digest

    def go_on(reply: b.BulkView, gateway: Gateway) -> b.BulkView:
        while True:
            if progress is not None and progress(reply) is False and not reply.is_over:
                return gateway.send(b.StopBulk(bulk_id))
            if reply.is_over:
                # Loaded on first use, as all that starts processes.
                runner = importlib.import_module("signoff.runner.afterwards")
                runner.start_due(reply, gateway, current_settings())
                return reply
            reply = gateway.send(b.RunBulk(bulk_id, agreed, batch_size))

    return Plan(b.RunBulk(bulk_id, agreed, batch_size), go_on)


def stop_bulk(bulk_id: UUID) -> Plan[b.BulkView]:
    """Do no further batch; what was done stays done. Raises `ObjectNotFound`."""
    return Plan(b.StopBulk(bulk_id), as_it_is)


def read_bulk(bulk_id: UUID) -> Plan[b.BulkView]:
    """How far a bulk action is. Raises `ObjectNotFound`."""
    return Plan(b.ReadBulk(bulk_id), as_it_is)


def read_bulk_receipts(
    bulk_id: UUID, *, outcome: b.Outcome | str | None = None, after: int = 0, limit: int = 200
) -> Plan[list[b.Receipt]]:
    """What was done with each run, in the order of the set.

    Args:
        bulk_id: the bulk action.
        outcome: only "done" or only "refused".
        after: only positions after this one (the `position` of the last receipt, to page on).
        limit: at most so many, and at most 200.

    Raises:
        ObjectNotFound: there is no such bulk action.
    """
    only = None if outcome is None else b.Outcome(outcome)
    return Plan(b.ReadReceipts(bulk_id, after, limit, only), as_list)
