"""Rows of shared state. Loaded on first use: their values are Pydantic models."""
