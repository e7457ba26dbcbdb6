"""Python workflows that wait for people.

::

    from signoff import flow, task, pause_flow_run

Each name is loaded when it is first used, so that a command or a server, which import modules
below this one, do not load what only flows need.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signoff.runtime as runtime
    from signoff.authoring.annotations import allow_failure, quote, unmapped
    from signoff.authoring.client.faces import get_client
    from signoff.authoring.context import tags
    from signoff.authoring.decorators import flow, task
    from signoff.authoring.deployments import deploy
    from signoff.authoring.flow import Flow
    from signoff.authoring.loggers import get_run_logger
    from signoff.authoring.serving import aserve, serve
    from signoff.authoring.suspending import asuspend_flow_run, suspend_flow_run
    from signoff.authoring.task import Task
    from signoff.authoring.transactions import transaction
    from signoff.authoring.waiting import (
        apause_flow_run,
        aresume_flow_run,
        pause_flow_run,
        resume_flow_run,
    )
    from signoff.model.states import State
    from signoff.yamlflow.flows import load_flow

    __version__: str

__all__ = [
    "Flow",
    "State",
    "Task",
    "__version__",
    "allow_failure",
    "apause_flow_run",
    "aresume_flow_run",
    "aserve",
    "asuspend_flow_run",
    "deploy",
    "flow",
    "get_client",
    "get_run_logger",
    "load_flow",
    "pause_flow_run",
    "quote",
    "resume_flow_run",
    "runtime",
    "serve",
    "suspend_flow_run",
    "tags",
    "task",
    "transaction",
    "unmapped",
]

_HOMES = {
    "Flow": "signoff.authoring.flow",
    "State": "signoff.model.states",
    "Task": "signoff.authoring.task",
    "allow_failure": "signoff.authoring.annotations",
    "apause_flow_run": "signoff.authoring.waiting",
    "aresume_flow_run": "signoff.authoring.waiting",
    "aserve": "signoff.authoring.serving",
    "deploy": "signoff.authoring.deployments",
    "asuspend_flow_run": "signoff.authoring.suspending",
    "flow": "signoff.authoring.decorators",
    "get_client": "signoff.authoring.client.faces",
    "get_run_logger": "signoff.authoring.loggers",
    "load_flow": "signoff.yamlflow.flows",
    "pause_flow_run": "signoff.authoring.waiting",
    "quote": "signoff.authoring.annotations",
    "resume_flow_run": "signoff.authoring.waiting",
    "serve": "signoff.authoring.serving",
    "suspend_flow_run": "signoff.authoring.suspending",
    "tags": "signoff.authoring.context",
    "task": "signoff.authoring.decorators",
    "transaction": "signoff.authoring.transactions",
    "unmapped": "signoff.authoring.annotations",
}

_MODULES = {
    "artifacts",
    "blocks",
    "cache_policies",
    "client",
    "concurrency",
    "context",
    "deployments",
    "events",
    "exceptions",
    "filesystems",
    "flow_engine",
    "flow_runs",
    "flows",
    "futures",
    "input",
    "locking",
    "logging",
    "results",
    "runner",
    "runtime",
    "schedules",
    "serializers",
    "settings",
    "states",
    "task_engine",
    "task_runners",
    "task_runs",
    "tasks",
    "testing",
    "transactions",
    "types",
    "utilities",
    "variables",
    "workers",
}
"""Modules that `import signoff` gives as attributes."""


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("signoff")
    home = _HOMES.get(name)
    if name in _MODULES:
        return import_module(f"signoff.{name}")
    if home is None:
        raise AttributeError(f"module 'signoff' has no attribute {name!r}")
    found = getattr(import_module(home), name)
    globals()[name] = found
    return found


class _Absent:
    """The last to be asked for a module: a documented one without a counterpart says so."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name.startswith(("signoff.", "signoff_")):
            said = import_module("signoff.model.absent").advice(name)
            if said is not None:
                raise ModuleNotFoundError(f"No module named {name!r}: {said}", name=name)


sys.meta_path.append(_Absent)


def __dir__() -> list[str]:
    return sorted(__all__)
