"""Options of Ray tasks, under their documented module."""

from signoff.authoring.clusters import remote_options

__all__ = ["remote_options"]
