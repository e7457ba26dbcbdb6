"""The client's methods about many runs, on both faces."""

from __future__ import annotations

from signoff.authoring.client import bulk_plans as plans
from signoff.authoring.client.methods import Async, Sync


class SyncBulk:
    """Methods of the synchronous client."""

    preview_bulk = Sync(plans.preview_bulk)
    run_bulk = Sync(plans.run_bulk)
    stop_bulk = Sync(plans.stop_bulk)
    read_bulk = Sync(plans.read_bulk)
    read_bulk_receipts = Sync(plans.read_bulk_receipts)


class AsyncBulk:
    """Methods of the asynchronous client."""

    preview_bulk = Async(plans.preview_bulk)
    run_bulk = Async(plans.run_bulk)
    stop_bulk = Async(plans.stop_bulk)
    read_bulk = Async(plans.read_bulk)
    read_bulk_receipts = Async(plans.read_bulk_receipts)
