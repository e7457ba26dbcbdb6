"""Tasks on Ray, under the documented names."""

from signoff.authoring.clusters import RayTaskRunner
from signoff_ray.context import remote_options

__all__ = ["RayTaskRunner", "remote_options"]
