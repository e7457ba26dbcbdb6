"""Documented import path: locks among the processes of a machine."""

from signoff.engine.keeping.locks import FileSystemLockManager

__all__ = ["FileSystemLockManager"]
