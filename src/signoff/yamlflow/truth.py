"""What counts as true in a condition: the rule of the expressions, under the name used here."""

from __future__ import annotations

from signoff.core.expressions.truth import truthy

__all__ = ["truthy"]
