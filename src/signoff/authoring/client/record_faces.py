"""The client's methods about flows and task runs as records, on both faces."""

from __future__ import annotations

from signoff.authoring.client import record_plans as plans
from signoff.authoring.client.methods import Async, Sync


class SyncRecords:
    """Methods of the synchronous client."""

    api_version = Sync(plans.api_version)
    create_flow = Sync(plans.create_flow)
    create_flow_from_name = Sync(plans.create_flow_from_name)
    update_flow = Sync(plans.update_flow)
    delete_flow = Sync(plans.delete_flow)
    count_flows = Sync(plans.count_flows)
    set_flow_run_name = Sync(plans.set_flow_run_name)
    create_task_run = Sync(plans.create_task_run)
    set_task_run_name = Sync(plans.set_task_run_name)
    set_task_run_state = Sync(plans.set_task_run_state)
    delete_task_run = Sync(plans.delete_task_run)
    count_task_runs = Sync(plans.count_task_runs)


class AsyncRecords:
    """Methods of the asynchronous client."""

    api_version = Async(plans.api_version)
    create_flow = Async(plans.create_flow)
    create_flow_from_name = Async(plans.create_flow_from_name)
    update_flow = Async(plans.update_flow)
    delete_flow = Async(plans.delete_flow)
    count_flows = Async(plans.count_flows)
    set_flow_run_name = Async(plans.set_flow_run_name)
    create_task_run = Async(plans.create_task_run)
    set_task_run_name = Async(plans.set_task_run_name)
    set_task_run_state = Async(plans.set_task_run_state)
    delete_task_run = Async(plans.delete_task_run)
    count_task_runs = Async(plans.count_task_runs)
