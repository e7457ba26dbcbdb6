"""The task runner, under its documented module."""

from signoff.authoring.clusters import RayTaskRunner

__all__ = ["RayTaskRunner"]
