"""Test infrastructure: real databases, real processes, waiting for conditions. No tests."""
