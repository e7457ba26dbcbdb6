"""Documented import path: deployments."""

from signoff.authoring.deployed import arun_deployment, run_deployment

__all__ = ["arun_deployment", "run_deployment"]
