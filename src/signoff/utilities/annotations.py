"""Documented import path: marks on arguments of tasks."""

from signoff.authoring.annotations import allow_failure, quote, unmapped

__all__ = ["allow_failure", "quote", "unmapped"]
