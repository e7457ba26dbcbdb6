"""Documented import path: secrets."""

from signoff.authoring.secrets import Secret

__all__ = ["Secret"]
