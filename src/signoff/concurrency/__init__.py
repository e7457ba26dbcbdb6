"""Documented import path: limits; `sync` and `asyncio` have the names."""
