"""The client's methods about shared state, on both faces."""

from __future__ import annotations

from signoff.authoring.client import shared_plans as plans
from signoff.authoring.client.methods import Async, Sync


class SyncShared:
    """Methods of the synchronous client."""

    create_variable = Sync(plans.create_variable)
    update_variable = Sync(plans.update_variable)
    read_variable_by_name = Sync(plans.read_variable_by_name)
    read_variables = Sync(plans.read_variables)
    delete_variable_by_name = Sync(plans.delete_variable_by_name)
    create_artifact = Sync(plans.create_artifact)
    update_artifact = Sync(plans.update_artifact)
    delete_artifact = Sync(plans.delete_artifact)
    read_artifacts = Sync(plans.read_artifacts)
    read_latest_artifacts = Sync(plans.read_latest_artifacts)


class AsyncShared:
    """Methods of the asynchronous client."""

    create_variable = Async(plans.create_variable)
    update_variable = Async(plans.update_variable)
    read_variable_by_name = Async(plans.read_variable_by_name)
    read_variables = Async(plans.read_variables)
    delete_variable_by_name = Async(plans.delete_variable_by_name)
    create_artifact = Async(plans.create_artifact)
    update_artifact = Async(plans.update_artifact)
    delete_artifact = Async(plans.delete_artifact)
    read_artifacts = Async(plans.read_artifacts)
    read_latest_artifacts = Async(plans.read_latest_artifacts)
