"""Errors inside an expression, before it is known where they happened.

Owns the two signals with which values, filters and functions say what is wrong; whoever evaluates
the tree knows the place and raises `ExpressionError`.
"""

from __future__ import annotations


class Misuse(Exception):
    """Something was asked for that cannot be done with these values."""


class NotThere(Misuse):
    """Something was looked up that is not there; `??` and `default` know what to do then."""
