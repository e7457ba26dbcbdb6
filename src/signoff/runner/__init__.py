"""Starts processes that work on runs.

Owns starting a run's process from its entry record, that process's own beginning, and the runner,
which claims runs that are due and watches the processes it starts for them. Must not import
`authoring`: user code brings that along when it is loaded.

The documented import path `signoff.runner` has the same name, so its two names are found here, and
loaded on first use only.
"""

from importlib import import_module

from signoff.runner.launching import launch, launch_after_answer, launch_due

__all__ = ["launch", "launch_after_answer", "launch_due"]

_DOCUMENTED = {
    "Runner": "signoff.authoring.serving_runner",
    "serve": "signoff.authoring.serving",
    "aserve": "signoff.authoring.serving",
}


def __getattr__(name: str) -> object:
    home = _DOCUMENTED.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
