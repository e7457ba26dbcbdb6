"""Python workflows that wait for people.

::

    from signoff import flow, task, pause_flow_run
"""

from typing import TYPE_CHECKING

from signoff.authoring.annotations import allow_failure, quote, unmapped
from signoff.authoring.context import get_run_logger, tags
from signoff.authoring.decorators import flow, task
from signoff.authoring.flow import Flow
from signoff.authoring.task import Task
from signoff.authoring.waiting import (
    apause_flow_run,
    aresume_flow_run,
    pause_flow_run,
    resume_flow_run,
)

if TYPE_CHECKING:
    from signoff.client.orchestration import get_client
    from signoff.model.states import State

    __version__: str

__all__ = [
    "Flow",
    "State",
    "Task",
    "__version__",
    "allow_failure",
    "apause_flow_run",
    "aresume_flow_run",
    "flow",
    "get_client",
    "get_run_logger",
    "pause_flow_run",
    "quote",
    "resume_flow_run",
    "tags",
    "task",
    "unmapped",
]


def __getattr__(name: str) -> object:
    """Names whose modules load on first use."""
    if name == "get_client":
        from signoff.client.orchestration import get_client

        return get_client
    if name == "State":
        from signoff.model.states import State

        return State
    if name == "__version__":
        from importlib.metadata import version

        return version("signoff")
    raise AttributeError(f"module 'signoff' has no attribute {name!r}")
