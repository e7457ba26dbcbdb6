"""Documented import path: what users test their flows with."""

from signoff.authoring.harness import signoff_test_harness

__all__ = ["signoff_test_harness"]
