"""Documented import path: flows."""

from signoff.authoring.decorators import flow
from signoff.authoring.flow import Flow
from signoff.authoring.serving import aserve, serve
from signoff.authoring.sources import load_flow_from_entrypoint

__all__ = ["Flow", "aserve", "flow", "load_flow_from_entrypoint", "serve"]
