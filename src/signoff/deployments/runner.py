"""Documented import path: deployments as they are written in Python."""

from signoff.authoring.deployments import RunnerDeployment, adeploy, deploy

__all__ = ["RunnerDeployment", "adeploy", "deploy"]
