"""Documented import paths: locks by which one key is computed once."""
