"""The client's methods about deployments, on both faces."""

from __future__ import annotations

from signoff.authoring.client import deployment_plans as plans
from signoff.authoring.client import many_plans
from signoff.authoring.client.methods import Async, Sync


class SyncDeployments:
    """Methods of the synchronous client."""

    create_deployment = Sync(plans.create_deployment)
    update_deployment = Sync(plans.update_deployment)
    pause_deployment = Sync(plans.pause_deployment)
    resume_deployment = Sync(plans.resume_deployment)
    delete_deployment = Sync(plans.delete_deployment)
    read_deployment = Sync(plans.read_deployment)
    read_deployment_by_name = Sync(plans.read_deployment_by_name)
    read_deployments = Sync(plans.read_deployments)
    count_deployments = Sync(plans.count_deployments)
    create_deployment_schedules = Sync(plans.create_deployment_schedules)
    read_deployment_schedules = Sync(plans.read_deployment_schedules)
    update_deployment_schedule = Sync(plans.update_deployment_schedule)
    delete_deployment_schedule = Sync(plans.delete_deployment_schedule)
    create_flow_run_from_deployment = Sync(plans.create_flow_run_from_deployment)
    create_flow_runs_from_deployment = Sync(many_plans.create_flow_runs_from_deployment)


class AsyncDeployments:
    """Methods of the asynchronous client."""

    create_deployment = Async(plans.create_deployment)
    update_deployment = Async(plans.update_deployment)
    pause_deployment = Async(plans.pause_deployment)
    resume_deployment = Async(plans.resume_deployment)
    delete_deployment = Async(plans.delete_deployment)
    read_deployment = Async(plans.read_deployment)
    read_deployment_by_name = Async(plans.read_deployment_by_name)
    read_deployments = Async(plans.read_deployments)
    count_deployments = Async(plans.count_deployments)
    create_deployment_schedules = Async(plans.create_deployment_schedules)
    read_deployment_schedules = Async(plans.read_deployment_schedules)
    update_deployment_schedule = Async(plans.update_deployment_schedule)
    delete_deployment_schedule = Async(plans.delete_deployment_schedule)
    create_flow_run_from_deployment = Async(plans.create_flow_run_from_deployment)
    create_flow_runs_from_deployment = Async(many_plans.create_flow_runs_from_deployment)
