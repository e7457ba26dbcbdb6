"""`signoff flow ls | serve | ...`: which flows there are, and starting runs of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from signoff.cli.display import Format, Output, note, one_line, print_json, print_table, short_id
from signoff.cli.facts import flow_facts
from signoff.cli.moments import ago, now, seconds_of
from signoff.cli.saved_flows import add_to
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.saved_flows import SavedFlow

app = typer.Typer(help="See flows, save those written as YAML.", rich_markup_mode=None)
add_to(app)


@app.command("ls")
def list_flows(
    output: Output = Format.TABLE,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="TEXT", help="Only flows whose name contains this."),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="TAG", help="Only with this label; may be repeated."),
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 15,
) -> None:
    """Show flows, newest first."""
    from signoff.model.filters import FlowFilter, FlowFilterName, FlowFilterTags, FlowSort
    from signoff.model.queries import ReadFlows

    wanted = FlowFilter(
        name=FlowFilterName(like_=name) if name else None,
        tags=FlowFilterTags(all_=tag) if tag else None,
    )
    found = ask(ReadFlows(wanted, FlowSort.CREATED_DESC, limit))
    saved = {f"{each.latest.namespace}.{each.latest.flow}": each for each in _saved()}
    if output is Format.JSON:
        print_json([flow_facts(flow, saved.get(flow.name)) for flow in found])
    elif not found:
        note("No flows match." if name or tag else "There are no flows yet.")
    else:
        rows = [
            [
                short_id(flow.id),
                one_line(flow.name),
                _revision(saved.get(flow.name)),
                one_line(", ".join(flow.tags)),
                ago(flow.created, now()),
            ]
            for flow in found
        ]
        print_table(("ID", "Name", "Revision", "Tags", "When"), rows)


def _saved() -> Iterator[SavedFlow]:
    """Every flow that was saved as YAML."""
    from signoff.model.saved_flows import ReadSavedFlows

    offset, page = 0, 200
    while True:
        found = ask(ReadSavedFlows(limit=page, offset=offset))
        yield from found
        if len(found) < page:
            return
        offset += page


def _revision(saved: SavedFlow | None) -> str:
    if saved is None:
        return "-"
    return f"{saved.latest.revision}{' (disabled)' if saved.disabled else ''}"


@app.command()
def serve(
    entrypoint: Annotated[
        str,
        typer.Argument(metavar="ENTRYPOINT", help="path/to/file.py:flow.", show_default=False),
    ],
    name: Annotated[str, typer.Option("--name", "-n", metavar="NAME", help="Of the deployment.")],
    cron: Annotated[str | None, typer.Option(metavar="CRON", help="A cron expression.")] = None,
    interval: Annotated[
        str | None, typer.Option(metavar="DURATION", help="Every so often, such as 15m.")
    ] = None,
    rrule: Annotated[str | None, typer.Option(metavar="RRULE", help="A recurrence rule.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", "-t", metavar="TAG", help="A label of its runs.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=1, help="Runs that work at once.")
    ] = None,
    pause_on_shutdown: Annotated[
        bool, typer.Option("--pause-on-shutdown/--no-pause-on-shutdown", help="Pause schedules.")
    ] = True,
) -> None:
    """Deploy a flow and start its runs from here, until stopped."""
    from signoff.authoring.sources import load_flow

    try:
        load_flow(entrypoint).serve(
            name,
            cron=cron,
            interval=None if interval is None else seconds_of(interval),
            rrule=rrule,
            tags=tag,
            limit=limit,
            pause_on_shutdown=pause_on_shutdown,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
