"""Documented import path: marks on arguments of tasks."""

from signoff.authoring.annotations import (
    BaseAnnotation,
    NotSet,
    Quote,
    allow_failure,
    opaque,
    quote,
    unmapped,
)

__all__ = ["BaseAnnotation", "NotSet", "Quote", "allow_failure", "opaque", "quote", "unmapped"]
