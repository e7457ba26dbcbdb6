"""A machine's own worker: `python -m signoff.runner.local`.

Owns its scope: runs without a deployment that were started on this machine by this user. Ends when
a signal tells it to, or its standard input is closed, because whoever started it has gone. With
`--once` it belongs to nobody: it runs what is due now, and ends.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from importlib import import_module
from importlib.metadata import entry_points

from signoff.engine.entry import os_user
from signoff.gateway.connect import get_gateway
from signoff.gateway.liveness import machine_id
from signoff.gateway.settings import current_settings
from signoff.model.claims import Scope
from signoff.model.settings import Settings
from signoff.runner.runner import Runner, stop_on_signals

ONCE = "--once"
"""The word that makes it end when nothing is due."""

_logger = logging.getLogger("signoff.runner")


def local_scope(settings: Settings) -> Scope:
    """The runs that only this machine and user can enter."""
    return Scope(host=machine_id(settings.home), user=os_user())


def main() -> None:
    """Entry point of the process."""
    settings = current_settings()
    logging.basicConfig(
        level=settings.logging_level, format="%(asctime)s worker: %(message)s", stream=sys.stdout
    )
    _publish()
    # Nobody looks at what it prints, and the runs have logs of their own.
    runner = Runner(get_gateway(), local_scope(settings), settings, shows=False)
    stop_on_signals(runner)
    once = ONCE in sys.argv[1:]
    if not once:
        threading.Thread(target=_stop_with_starter, args=(runner,), daemon=True).start()
    _logger.info("ready")
    runner.run(once)


def _publish() -> None:
    """Make the task types known that plugins offer here, for the server loads none itself."""
    if entry_points(group="signoff.tasks"):
        # By name: this room knows no YAML flows, but its children run them.
        import_module("signoff.yamlflow.publishing").publish_installed(get_gateway())


def _stop_with_starter(runner: Runner) -> None:
    # Not by way of `sys.stdin`, which would be locked while the interpreter ends.
    while os.read(0, 1):
        continue
    runner.stop()


if __name__ == "__main__":
    main()
