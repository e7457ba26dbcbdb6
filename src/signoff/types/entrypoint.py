"""Documented import path: how a deployment names its flow."""

from signoff.authoring.deployments import EntrypointType

__all__ = ["EntrypointType"]
