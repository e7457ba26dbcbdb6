"""Starting the process that goes on with a run.

Owns when the command line starts one, and what it says when it cannot. How it is started is
`signoff.runner`'s affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from signoff.cli.display import note

if TYPE_CHECKING:
    from signoff.model.journal import EntryRecord

NoRun = Annotated[
    bool,
    typer.Option(
        "--no-run", help="Do not start a process for a run that has none; leave it to a worker."
    ),
]


def launch(run_id: UUID, record: EntryRecord | None) -> int | None:
    """Start a process that enters the run; returns its number.

    None when this machine cannot: the reason is said on standard error, with what to do instead.
    The command has done its own work by then, so this is no failure of it.
    """
    from signoff.gateway.settings import current_settings
    from signoff.model.errors import NotReentrant
    from signoff.runner import launch as start

    if record is None:
        note(
            f"Flow run {run_id} needs a process to go on, and was created without telling how its "
            "flow can be loaded. Only the program that created it can run it."
        )
        return None
    try:
        return start(run_id, record, current_settings())
    except NotReentrant as error:
        note(f"Flow run {run_id} needs a process to go on. {error}")
        return None
