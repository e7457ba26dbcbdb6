"""Moments: reading them, moving them, writing them by patterns as Java does."""
