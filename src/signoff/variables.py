"""Documented import path: variables."""

from signoff.authoring.variables import Variable

__all__ = ["Variable"]
