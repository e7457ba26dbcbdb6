"""Documented import path: running flows by parameters."""

from signoff.authoring.engine_doors import run_flow, run_flow_async, run_flow_sync

__all__ = ["run_flow", "run_flow_async", "run_flow_sync"]
