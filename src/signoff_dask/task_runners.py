"""The task runner, under its documented module."""

from signoff.authoring.clusters import DaskTaskRunner

__all__ = ["DaskTaskRunner"]
