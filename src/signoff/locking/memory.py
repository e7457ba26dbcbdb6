"""Documented import path: locks among the threads of a process."""

from signoff.engine.keeping.locks import MemoryLockManager

__all__ = ["MemoryLockManager"]
