"""Starts processes that work on runs.

Owns starting a run's process from its entry record, that process's own beginning, and the runner,
which claims runs that are due and watches the processes it starts for them. Must not import
`authoring`: user code brings that along when it is loaded.
"""

from signoff.runner.launching import launch, launch_after_answer, launch_due

__all__ = ["launch", "launch_after_answer", "launch_due"]
