"""Starts processes that work on runs.

Owns starting a run's process from its entry record, and that process's own beginning. Must not
import `authoring`: user code brings that along when it is loaded.
"""

from signoff.runner.launching import launch, launch_after_answer

__all__ = ["launch", "launch_after_answer"]
