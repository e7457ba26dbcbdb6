"""Documented import path: what anything that hands out locks has to offer."""

from signoff.engine.keeping.locks import LockManager

__all__ = ["LockManager"]
