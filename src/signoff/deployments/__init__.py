"""Documented import path: deployments."""

from signoff.authoring.deployed import arun_deployment, run_deployment
from signoff.authoring.deployments import RunnerDeployment, adeploy, deploy

__all__ = ["RunnerDeployment", "adeploy", "arun_deployment", "deploy", "run_deployment"]
