"""What `--output json` says of deployments and schedules, and how people are shown a schedule.

Owns the names, as `facts.py` does for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.cli.facts import Facts
from signoff.cli.moments import duration, iso

if TYPE_CHECKING:
    from signoff.model.deployments import DeploymentResponse
    from signoff.model.schedules import DeploymentSchedule


def deployment_facts(deployment: DeploymentResponse) -> Facts:
    """A deployment with its schedules."""
    return {
        "id": str(deployment.id),
        "name": deployment.name,
        "flow_id": str(deployment.flow_id),
        "flow_name": deployment.flow_name,
        "version": deployment.version,
        "description": deployment.description,
        "tags": deployment.tags,
        "parameters": deployment.parameters,
        "parameter_openapi_schema": deployment.parameter_openapi_schema,
        "enforce_parameter_schema": deployment.enforce_parameter_schema,
        "paused": deployment.paused,
        "concurrency_limit": deployment.concurrency_limit,
        "collision_strategy": deployment.collision_strategy.value,
        "work_pool_name": deployment.work_pool_name,
        "work_queue_name": deployment.work_queue_name,
        "job_variables": deployment.job_variables,
        "entrypoint": deployment.entrypoint,
        "path": deployment.path,
        "pull_steps": deployment.pull_steps,
        "created": iso(deployment.created),
        "updated": iso(deployment.updated),
        "schedules": [schedule_facts(each) for each in deployment.schedules],
    }


def schedule_facts(schedule: DeploymentSchedule) -> Facts:
    """A schedule."""
    return {
        "id": str(schedule.id),
        "deployment_id": str(schedule.deployment_id),
        "slug": schedule.slug,
        "active": schedule.active,
        "schedule": schedule.schedule.model_dump(mode="json"),
        "parameters": schedule.parameters,
        "catchup": schedule.catchup,
        "created": iso(schedule.created),
        "updated": iso(schedule.updated),
    }


def schedule_words(schedule: DeploymentSchedule) -> str:
    """When a schedule is due, in one line."""
    from signoff.model.schedules import CronSchedule, IntervalSchedule

    rule = schedule.schedule
    if isinstance(rule, CronSchedule):
        said = f"cron {rule.cron}"
    elif isinstance(rule, IntervalSchedule):
        said = f"every {duration(rule.interval.total_seconds())}"
    else:
        said = f"rrule {rule.rrule}"
    return f"{said} ({rule.timezone})" if rule.timezone not in (None, "UTC") else said
