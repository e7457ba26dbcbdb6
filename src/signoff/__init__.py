"""Python workflows that wait for people.

::

    from signoff import flow, task, pause_flow_run
"""

from importlib.metadata import PackageNotFoundError, version

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
from signoff.model.states import State

try:
    __version__ = version("signoff")
except PackageNotFoundError:  # a source tree that is not installed
    __version__ = "0+unknown"

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
    raise AttributeError(f"module 'signoff' has no attribute {name!r}")
