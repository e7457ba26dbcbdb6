"""Documented import path: runs of deployments."""

from signoff.authoring.deployed import arun_deployment, run_deployment

__all__ = ["arun_deployment", "run_deployment"]
