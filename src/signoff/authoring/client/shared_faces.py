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
    create_global_concurrency_limit = Sync(plans.create_global_concurrency_limit)
    update_global_concurrency_limit = Sync(plans.update_global_concurrency_limit)
    delete_global_concurrency_limit_by_name = Sync(plans.delete_global_concurrency_limit_by_name)
    read_global_concurrency_limit_by_name = Sync(plans.read_global_concurrency_limit_by_name)
    read_global_concurrency_limits = Sync(plans.read_global_concurrency_limits)
    upsert_global_concurrency_limit_by_name = Sync(plans.upsert_global_concurrency_limit_by_name)
    increment_concurrency_slots = Sync(plans.increment_concurrency_slots)
    increment_concurrency_slots_with_lease = Sync(plans.increment_concurrency_slots_with_lease)
    renew_concurrency_lease = Sync(plans.renew_concurrency_lease)
    release_concurrency_slots = Sync(plans.release_concurrency_slots)
    release_concurrency_slots_with_lease = Sync(plans.release_concurrency_slots_with_lease)
    create_concurrency_limit = Sync(plans.create_concurrency_limit)
    read_concurrency_limit_by_tag = Sync(plans.read_concurrency_limit_by_tag)
    read_concurrency_limits = Sync(plans.read_concurrency_limits)
    reset_concurrency_limit_by_tag = Sync(plans.reset_concurrency_limit_by_tag)
    delete_concurrency_limit_by_tag = Sync(plans.delete_concurrency_limit_by_tag)


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
    create_global_concurrency_limit = Async(plans.create_global_concurrency_limit)
    update_global_concurrency_limit = Async(plans.update_global_concurrency_limit)
    delete_global_concurrency_limit_by_name = Async(plans.delete_global_concurrency_limit_by_name)
    read_global_concurrency_limit_by_name = Async(plans.read_global_concurrency_limit_by_name)
    read_global_concurrency_limits = Async(plans.read_global_concurrency_limits)
    upsert_global_concurrency_limit_by_name = Async(plans.upsert_global_concurrency_limit_by_name)
    increment_concurrency_slots = Async(plans.increment_concurrency_slots)
    increment_concurrency_slots_with_lease = Async(plans.increment_concurrency_slots_with_lease)
    renew_concurrency_lease = Async(plans.renew_concurrency_lease)
    release_concurrency_slots = Async(plans.release_concurrency_slots)
    release_concurrency_slots_with_lease = Async(plans.release_concurrency_slots_with_lease)
    create_concurrency_limit = Async(plans.create_concurrency_limit)
    read_concurrency_limit_by_tag = Async(plans.read_concurrency_limit_by_tag)
    read_concurrency_limits = Async(plans.read_concurrency_limits)
    reset_concurrency_limit_by_tag = Async(plans.reset_concurrency_limit_by_tag)
    delete_concurrency_limit_by_tag = Async(plans.delete_concurrency_limit_by_tag)
