"""Documented import path: types that documented functions take."""
