"""Documented import path: facts about the present run.

::

    from signoff.runtime import flow_run

    flow_run.name
"""

from signoff.runtime import deployment, flow_run, task_run

__all__ = ["deployment", "flow_run", "task_run"]
