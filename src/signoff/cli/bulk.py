"""`signoff bulk`: the same for many runs: preview, agree, carry out, see what came of it.

Owns which runs a person means, and how a preview and its receipts are shown. What happens to each
run is decided by the service.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from signoff.cli.bulk_facts import (
    preview_facts,
    print_preview,
    print_result,
    receipt_facts,
    view_facts,
)
from signoff.cli.display import Format, Output, note, print_json, print_table
from signoff.cli.runs import filter_runs
from signoff.cli.session import ask, find_run
from signoff.model.errors import InvalidAnswer, NotPausedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from signoff.model.bulk import BulkAction, BulkPreview, BulkView, Receipt
    from signoff.model.filters import FlowFilter, FlowRunFilter
    from signoff.model.forms import Form

app = typer.Typer(
    help="Resume, pause, suspend, cancel, retry or delete many flow runs.", rich_markup_mode=None
)

Flows = Annotated[
    list[str] | None,
    typer.Option("--flow", metavar="NAME", help="Runs of the flow with this name; repeatable."),
]
States = Annotated[
    list[str] | None,
    typer.Option("--state", metavar="STATE", help="Runs in this state, a type or a name."),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="TAG", help="Runs that have this tag; all, when repeated."),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="WHEN", help="Runs expected to start after: 30m, 2h, a date."),
]
Runs = Annotated[
    list[str] | None,
    typer.Option("--run", metavar="RUN", help="This run, by id or name; repeatable."),
]
Everything = Annotated[bool, typer.Option("--all", help="Every run that could be meant.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Carry it out without asking.")]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input", "-i", metavar="KEY=VALUE", help="Value of a field, as in `flow-run resume`."
    ),
]
JsonText = Annotated[
    str | None, typer.Option("--json", metavar="JSON", help="The whole answer as JSON.")
]
BulkArgument = Annotated[UUID, typer.Argument(metavar="BULK", help="Id of the bulk action.")]


# The actions -------------------------------------------------------------------------------


@app.command("resume")
def resume(
    flow: Flows = None,
    state: States = None,
    tag: Tags = None,
    since: Since = None,
    run: Runs = None,
    everything: Everything = False,
    inputs: Inputs = None,
    json_text: JsonText = None,
    yes: Yes = False,
    output: Output = Format.TABLE,
) -> None:
    """Answer what waiting runs ask, all with the same input.

    Without an input each gets what its form is filled with; one that needs more is left waiting.
    """
    if inputs and json_text is not None:
        raise typer.BadParameter("--input and --json exclude each other.")
    wanted = _Wanted(flow, state or ["PAUSED"], tag, since, run, everything, bool(state))
    given = _answer(wanted, inputs or (), json_text)
    _act("resume", wanted, yes, output, given)


def _action(name: str, states: Sequence[str], help: str) -> Callable[..., None]:
    def command(
        flow: Flows = None,
        state: States = None,
        tag: Tags = None,
        since: Since = None,
        run: Runs = None,
        everything: Everything = False,
        yes: Yes = False,
        output: Output = Format.TABLE,
    ) -> None:
        chosen = state or list(states)
        wanted = _Wanted(flow, chosen, tag, since, run, everything, bool(state))
        _act(name, wanted, yes, output)

    command.__doc__ = help
    return command


_UNFINISHED = ("SCHEDULED", "PENDING", "RUNNING", "PAUSED")

app.command("pause")(
    _action("pause", ("RUNNING", "PAUSED"), "Pause runs at their next task boundary.")
)
app.command("suspend")(
    _action(
        "suspend",
        ("RUNNING", "PAUSED"),
        "Stop the processes of runs at their next task boundary; `resume` starts them again.",
    )
)
app.command("cancel")(_action("cancel", _UNFINISHED, "Cancel runs that have not ended."))
app.command("retry")(
    _action("retry", ("FAILED", "CRASHED", "CANCELLED"), "Have runs that failed go on.")
)
app.command("delete")(_action("delete", (), "Delete runs with all that belongs to them."))


@app.command("run")
def carry_out(
    bulk: BulkArgument,
    digest: Annotated[
        str, typer.Option("--digest", metavar="DIGEST", help="As the preview showed it.")
    ],
    output: Output = Format.TABLE,
) -> None:
    """Carry out a previewed bulk action, or go on with one that was interrupted."""
    _finish(bulk, digest, output)


@app.command("stop")
def stop(bulk: BulkArgument, output: Output = Format.TABLE) -> None:
    """Stop a bulk action; what was done stays done."""
    from signoff.model.bulk import StopBulk

    _show(ask(StopBulk(bulk)), output)


@app.command("inspect")
def inspect(bulk: BulkArgument, output: Output = Format.TABLE) -> None:
    """Show how far a bulk action is."""
    from signoff.model.bulk import ReadBulk

    _show(ask(ReadBulk(bulk)), output)


@app.command("receipts")
def receipts(
    bulk: BulkArgument,
    refused: Annotated[bool, typer.Option("--refused", help="Only the refused ones.")] = False,
    output: Output = Format.TABLE,
) -> None:
    """Show what was done with each run."""
    from signoff.model.bulk import Outcome, ReadReceipts

    found: list[Receipt] = []
    only = Outcome.REFUSED if refused else None
    while page := ask(ReadReceipts(bulk, found[-1].position if found else 0, outcome=only)):
        found += page
    if output is Format.JSON:
        print_json([receipt_facts(each) for each in found])
    elif not found:
        note("There are no such receipts.")
    else:
        rows = [(str(each.run_id), each.outcome.value, each.reason or "") for each in found]
        print_table(("ID", "Outcome", "Reason"), rows)


# Which runs --------------------------------------------------------------------------------


class _Wanted:
    """The runs that a command line names."""

    def __init__(
        self,
        flows: Sequence[str] | None,
        states: Sequence[str],
        tags: Sequence[str] | None,
        since: str | None,
        runs: Sequence[str] | None,
        everything: bool,
        states_given: bool,
    ) -> None:
        filtered = bool(flows or tags or since or states_given)
        if runs and (filtered or everything):
            raise typer.BadParameter("--run names the runs; it goes with no other filter.")
        if not (runs or filtered or everything):
            raise typer.BadParameter(
                "Say which runs: --flow, --state, --tag, --since or --run; --all for every one."
            )
        self._flows = flows
        self._filter = filter_runs(states, since, tags or ())
        self.run_ids = None if not runs else tuple(find_run(each).id for each in runs)

    @property
    def flows(self) -> FlowFilter | None:
        from signoff.model.filters import FlowFilter, FlowFilterName

        if self.run_ids is not None or not self._flows:
            return None
        return FlowFilter(name=FlowFilterName(any_=list(self._flows)))

    @property
    def flow_runs(self) -> FlowRunFilter | None:
        return None if self.run_ids is not None else self._filter

    def form(self) -> Form | None:
        """The form of the first of them that asks for an input."""
        from signoff.model.queries import ReadRuns, ReadWait

        ids = self.run_ids
        if ids is None:
            found = ask(ReadRuns(flows=self.flows, flow_runs=self.flow_runs, limit=20))
            ids = tuple(run.id for run in found)
        for run_id in ids:
            try:
                form = ask(ReadWait(run_id)).form
            except NotPausedError:
                continue
            if form is not None:
                return form
        return None


def _answer(wanted: _Wanted, inputs: Sequence[str], text: str | None) -> Any:
    from signoff.cli.resume import from_json
    from signoff.core.forms import InvalidText, parse_inputs

    if not inputs and text is None:
        return None
    form = wanted.form()
    if text is not None:
        return from_json(form, text)
    if form is None:
        raise InvalidAnswer("None of these runs asks for an input. Leave --input out.")
    try:
        return parse_inputs(form, inputs, lambda name: Path(name).expanduser().read_bytes())
    except InvalidText as refused:
        raise InvalidAnswer("The input cannot be read:", errors=refused.errors) from None


# Preview, and carrying out -----------------------------------------------------------------


def _act(name: str, wanted: _Wanted, yes: bool, output: Format, given: Any = None) -> None:
    from signoff.model.bulk import BulkAction, PreviewBulk

    action = BulkAction(name)
    shown = ask(PreviewBulk(action, wanted.flows, wanted.flow_runs, wanted.run_ids, given))
    if output is Format.TABLE or not yes:
        _print(shown, output)
    if not shown.bulk.total:
        return
    if yes or (output is Format.TABLE and _agreed(shown)):
        _finish(shown.bulk.id, shown.bulk.digest, output)


def _print(shown: BulkPreview, output: Format) -> None:
    if output is Format.JSON:
        print_json(preview_facts(shown))
    else:
        print_preview(shown)


def _agreed(shown: BulkPreview) -> bool:
    """Whether the person says so; without a terminal nobody does, and is told how to."""
    bulk = shown.bulk
    if sys.stdin.isatty():
        return typer.confirm(f"{_verb(bulk.action)} {_runs(bulk.total)}?")
    words = ["signoff", "bulk", "run", str(bulk.id), "--digest", bulk.digest]
    note(f"Nothing was done yet. Carry it out with: {shlex.join(words)}")
    return False


def _verb(action: BulkAction) -> str:
    return action.value.capitalize()


def _runs(count: int) -> str:
    return "1 flow run" if count == 1 else f"{count:,} flow runs"


def _finish(bulk_id: UUID, digest: str, output: Format) -> None:
    from signoff.gateway.connect import get_gateway
    from signoff.gateway.settings import current_settings
    from signoff.model.bulk import RunBulk
    from signoff.runner.afterwards import start_due

    view: BulkView | None = None
    with _screen(output) as shown:
        try:
            while view is None or not view.is_over:
                view = ask(RunBulk(bulk_id, digest))
                shown(view)
        except KeyboardInterrupt:
            words = ["signoff", "bulk", "run", str(bulk_id), "--digest", digest]
            note(f"Interrupted. Go on with: {shlex.join(words)}")
            raise
    pid = start_due(view, get_gateway(), current_settings())
    _show(view, output)
    if pid is not None and output is Format.TABLE:
        print(f"Started process {pid} to go on with runs that have none.")
    raise typer.Exit(0 if not view.refused else 1)


def _show(view: BulkView, output: Format) -> None:
    if output is Format.JSON:
        print_json(view_facts(view))
    else:
        print_result(view)


@contextmanager
def _screen(output: Format) -> Iterator[Callable[[BulkView], None]]:
    """Somewhere progress is shown while a person looks."""
    if output is Format.JSON or not sys.stderr.isatty():
        yield lambda view: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=None)

        def show(view: BulkView) -> None:
            done = view.total - view.left
            progress.update(bar, description=view.action.value, total=view.total, completed=done)

        yield show
