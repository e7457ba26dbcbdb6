"""Decisions about state that flows share: which names and values are allowed, who gets slots."""
