"""`signoff flow-run pause | suspend | cancel | retry | execute | delete`: changes from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from signoff.cli.display import Format, Output, note, one_line, print_json
from signoff.cli.facts import handle_facts
from signoff.cli.launching import NoRun, launch
from signoff.cli.prompts import confirmed
from signoff.cli.session import RUN_HELP, RunArgument, ask, find_run, leave_due_alone

if TYPE_CHECKING:
    from signoff.model.replies import RunHandle


def pause(run: RunArgument, output: Output = Format.TABLE) -> None:
    """Pause a flow run at its next task boundary; `resume` lets it go on."""
    from signoff.model.commands import HoldRun
    from signoff.model.runs import Phase

    handle = ask(HoldRun(find_run(run).id))
    if output is Format.JSON:
        print_json(handle_facts(handle))
    elif handle.phase is Phase.PAUSED:
        print(f"{one_line(handle.name)} is paused.")
    else:
        print(f"{one_line(handle.name)} pauses at its next task boundary.")


def suspend(
    run: RunArgument,
    timeout: Annotated[
        float | None,
        typer.Option(
            "--timeout", metavar="SECONDS", help="When the run fails; never, when left out."
        ),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="KEY", help="Name of the wait, to resume it by.")
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Suspend a flow run: its process stops at the next task boundary, `resume` starts it again."""
    from signoff.model.commands import SuspendRun
    from signoff.model.runs import Phase

    if timeout is not None and timeout < 0:
        raise typer.BadParameter(f"must not be negative, got {timeout:g}.", param_hint="--timeout")
    until = None if timeout is None else int(timeout * 1_000_000)
    handle = ask(SuspendRun(find_run(run).id, key, timeout=until)).handle
    if output is Format.JSON:
        print_json(handle_facts(handle))
    elif handle.phase is Phase.SUSPENDED and handle.state_name == Phase.SUSPENDED.state_name:
        print(f"{one_line(handle.name)} is suspended.")
    else:
        print(
            f"{one_line(handle.name)} is being suspended: its process stops at the next task "
            "boundary."
        )


def cancel(run: RunArgument, output: Output = Format.TABLE) -> None:
    """Cancel a flow run and its children."""
    from signoff.model.commands import CancelRun
    from signoff.model.runs import Phase

    handle = ask(CancelRun(find_run(run).id))
    if output is Format.JSON:
        print_json(handle_facts(handle))
    elif handle.phase is Phase.CANCELLED:
        print(f"{one_line(handle.name)} is cancelled.")
    else:
        print(f"{one_line(handle.name)} is being cancelled: it stops at its next task boundary.")


def retry(run: RunArgument, no_run: NoRun = False, output: Output = Format.TABLE) -> None:
    """Have a failed, crashed or cancelled flow run go on; finished tasks keep their results."""
    from signoff.model.commands import RerunRun
    from signoff.model.lookups import ReadEntry

    handle = ask(RerunRun(find_run(run).id))
    pid = None
    if handle.needs_entry and not no_run:
        pid = launch(handle.run_id, ask(ReadEntry(handle.run_id)))
    if output is Format.JSON:
        print_json(handle_facts(handle, pid))
        return
    _print_retried(handle, pid)


def replay(
    run: RunArgument,
    from_task: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="TASK",
            help="Begin with this task; what had completed before it is kept.",
            show_default="the whole flow",
        ),
    ] = None,
    no_run: NoRun = False,
    output: Output = Format.TABLE,
) -> None:
    """Repeat a flow run as a new one, with the same parameters."""
    from signoff.engine.clock import new_id
    from signoff.model.lookups import ReadEntry
    from signoff.model.replaying import ReplayRun

    handle = ask(ReplayRun(find_run(run).id, new_id(), from_task))
    pid = None
    if handle.needs_entry and not no_run:
        pid = launch(handle.run_id, ask(ReadEntry(handle.run_id)))
    if output is Format.JSON:
        print_json(handle_facts(handle, pid))
        return
    print(f"Made flow run {one_line(handle.name)} ({handle.run_id}).")
    if pid is not None:
        print(f"Started process {pid} to run it.")
    elif handle.needs_entry:
        print(f"Run it with: signoff flow-run execute {handle.run_id}")


def _print_retried(handle: RunHandle, pid: int | None) -> None:
    print(f"{one_line(handle.name)} is tried again.")
    if pid is not None:
        print(f"Started process {pid} to run it.")
    elif handle.needs_entry:
        print(f"Run it with: signoff flow-run execute {handle.run_id}")


def execute(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help=RUN_HELP, show_default=False)
    ] = None,
) -> None:
    """Run a flow run in this process, until it has ended.

    As the `command` of a work pool it needs no argument: the worker says which run.
    """
    from signoff.runner.child import begin_claimed, work

    claimed = begin_claimed()
    if claimed is not None and run in (None, str(claimed)):
        work(claimed)
    if run is None:
        raise typer.BadParameter("give the id of a flow run, or its name")
    _execute(run)


def _execute(run: str) -> None:
    from signoff.cli.watching import EXIT_CODES
    from signoff.gateway.settings import current_settings
    from signoff.model.errors import NotReentrant
    from signoff.model.lookups import ReadEntry
    from signoff.model.queries import ReadRun
    from signoff.runner.child import enter
    from signoff.runner.launching import check

    leave_due_alone()
    found = find_run(run)
    record = ask(ReadEntry(found.id))
    if record is None:
        raise NotReentrant(
            f"Flow run {found.id} was created without telling how its flow can be loaded; only "
            "the program that created it can run it."
        )
    # Asked before anything is loaded: a run that cannot be loaded here would count as crashed.
    check(record, current_settings())
    enter(found.id, record)
    ended = ask(ReadRun(found.id))
    note(f"{one_line(ended.name)}: {one_line(ended.state_name)}")
    raise typer.Exit(EXIT_CODES.get(ended.state_type or "", 0))


def delete(
    run: RunArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a flow run with its tasks, waits, inputs and logs."""
    from signoff.model.commands import DeleteRun

    found = find_run(run)
    what = f"{one_line(found.flow_name)}/{one_line(found.name)} ({found.state_name})"
    confirmed(f"Delete flow run {what}?", yes)
    ask(DeleteRun(found.id))
    print(f"Deleted {one_line(found.name)} ({found.id}).")
