"""`signoff worker`: processes that start the runs of a work pool."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from signoff.cli.display import Format, Output, clean, note, print_json, print_table
from signoff.cli.moments import ago, iso, now
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.worker.base import BaseWorker

app = typer.Typer(help="Start and see workers of work pools.", rich_markup_mode=None)


PoolOption = Annotated[
    str, typer.Option("--pool", "-p", metavar="NAME", help="The work pool.", show_default=False)
]
_Queues = Annotated[
    list[str] | None,
    typer.Option("--work-queue", "-q", metavar="NAME", help="Only this queue; may be repeated."),
]
_Name = Annotated[
    str | None,
    typer.Option("--name", "-n", metavar="NAME", help="Name of the worker; made up if not given."),
]
_Limit = Annotated[
    int | None,
    typer.Option("--limit", "-l", metavar="NUMBER", min=1, help="Runs that work at the same time."),
]
_Type = Annotated[
    str | None,
    typer.Option(
        "--type",
        "-t",
        metavar="TYPE",
        help="Make the pool, of this type, if it is missing: process.",
    ),
]
_Once = Annotated[bool, typer.Option("--run-once", help="Run what is due now, and end.")]
_Prefetch = Annotated[
    float | None,
    typer.Option(
        "--prefetch-seconds",
        metavar="NUMBER",
        min=0,
        help="Accepted and not needed: runs start at their moment.",
    ),
]


@app.command()
def start(
    pool: PoolOption,
    work_queue: _Queues = None,
    name: _Name = None,
    limit: _Limit = None,
    type: _Type = None,
    run_once: _Once = False,
    prefetch_seconds: _Prefetch = None,
) -> None:
    """Start a worker; Ctrl+C lets it finish what works, a second one does not."""
    import logging

    from signoff.core.shared.pools import pool_type
    from signoff.gateway.settings import current_settings
    from signoff.worker.process import ProcessWorker

    if type is not None:
        pool_type(type)
    logging.basicConfig(
        level=current_settings().logging_level, format="%(asctime)s | %(levelname)s | %(message)s"
    )
    worker = ProcessWorker(
        pool,
        work_queue,
        name,
        prefetch_seconds,
        create_pool_if_not_found=type is not None,
        limit=limit,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: _stop(worker))
    print(f"Worker {clean(worker.name)!r} looks after work pool {clean(pool)!r}.", flush=True)
    worker.run(run_once)


def _stop(worker: BaseWorker) -> None:
    # Not here: the main thread may hold what stopping needs.
    threading.Thread(target=worker.stop, args=(worker.stopping,), daemon=True).start()


@app.command("ls")
def show_list(
    pool: PoolOption,
    output: Output = Format.TABLE,
) -> None:
    """List the workers of a work pool."""
    from signoff.model.shared.work_pools import ReadWorkers

    found = ask(ReadWorkers(pool))
    if output is Format.JSON:
        print_json(
            [
                {
                    "id": str(each.id),
                    "name": each.name,
                    "status": each.status.value,
                    "last_heartbeat_time": iso(each.last_heartbeat_time),
                }
                for each in found
            ]
        )
    elif not found:
        note(f"Work pool {pool!r} has no workers. Start one: `signoff worker start --pool {pool}`.")
    else:
        rows = [
            [clean(each.name), each.status.value, ago(each.last_heartbeat_time, now())]
            for each in found
        ]
        print_table(("Name", "Status", "Seen"), rows)
