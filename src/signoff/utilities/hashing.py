"""Documented import path: keys made of values, for functions that make cache keys."""

from signoff.engine.keeping.policies import hash_objects

__all__ = ["hash_objects"]
