"""Documented import path: flows."""

from signoff.authoring.decorators import flow
from signoff.authoring.flow import Flow

__all__ = ["Flow", "flow"]
