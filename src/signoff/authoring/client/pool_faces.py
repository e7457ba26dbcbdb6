"""The client's methods about work pools, on both faces."""

from __future__ import annotations

from signoff.authoring.client import pool_plans as plans
from signoff.authoring.client.methods import Async, Sync


class SyncPools:
    """Methods of the synchronous client."""

    create_work_pool = Sync(plans.create_work_pool)
    read_work_pool = Sync(plans.read_work_pool)
    read_work_pools = Sync(plans.read_work_pools)
    update_work_pool = Sync(plans.update_work_pool)
    delete_work_pool = Sync(plans.delete_work_pool)
    create_work_queue = Sync(plans.create_work_queue)
    read_work_queue_by_name = Sync(plans.read_work_queue_by_name)
    read_work_queues = Sync(plans.read_work_queues)
    send_worker_heartbeat = Sync(plans.send_worker_heartbeat)
    read_workers_for_work_pool = Sync(plans.read_workers_for_work_pool)
    get_scheduled_flow_runs_for_work_pool = Sync(plans.get_scheduled_flow_runs_for_work_pool)


class AsyncPools:
    """Methods of the asynchronous client."""

    create_work_pool = Async(plans.create_work_pool)
    read_work_pool = Async(plans.read_work_pool)
    read_work_pools = Async(plans.read_work_pools)
    update_work_pool = Async(plans.update_work_pool)
    delete_work_pool = Async(plans.delete_work_pool)
    create_work_queue = Async(plans.create_work_queue)
    read_work_queue_by_name = Async(plans.read_work_queue_by_name)
    read_work_queues = Async(plans.read_work_queues)
    send_worker_heartbeat = Async(plans.send_worker_heartbeat)
    read_workers_for_work_pool = Async(plans.read_workers_for_work_pool)
    get_scheduled_flow_runs_for_work_pool = Async(plans.get_scheduled_flow_runs_for_work_pool)
