"""`signoff events emit | ls | stream`: events that user code emits."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.display import Format, Output, note, one_line, print_json, print_table
from signoff.cli.facts import event_facts
from signoff.cli.moments import local, now
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.emitted import Event

app = typer.Typer(help="See events, and emit them.", rich_markup_mode=None)

_EVERY = 0.5
"""Seconds between two looks for new events."""
_LATENESS = timedelta(seconds=30)
"""How late an event may be put on record, and still be streamed."""
_PAGE = 200


@app.command()
def emit(
    event: Annotated[str, typer.Argument(metavar="EVENT", show_default=False)],
    resource_id: Annotated[
        str | None,
        typer.Option("--resource-id", metavar="ID", help="What it happened to."),
    ] = None,
    resource: Annotated[
        list[str] | None,
        typer.Option("--resource", metavar="LABEL=VALUE", help="A label of it; repeatable."),
    ] = None,
    payload: Annotated[
        str | None, typer.Option("--payload", metavar="JSON", help="Facts about it.")
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Say that something happened."""
    from datetime import UTC

    from pydantic import ValidationError

    from signoff.engine.clock import new_id
    from signoff.model.emitted import ID, EmitEvents, Event, Resource

    labels = dict(_label(each) for each in resource or ())
    if resource_id is not None:
        labels[ID] = resource_id
    try:
        made = Event(
            occurred=datetime.now(UTC),
            event=event,
            resource=Resource(labels),
            payload=_payload(payload),
            id=new_id(),
        )
    except ValidationError as error:
        raise typer.BadParameter("; ".join(each["msg"] for each in error.errors())) from None
    ask(EmitEvents((made,)))
    if output is Format.JSON:
        print_json(event_facts(made))
    else:
        print(f"Emitted {one_line(event)} with id {made.id}.")


def _label(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text!r} must be written as LABEL=VALUE.")
    return name, value


def _payload(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not JSON: {error}.") from None
    if not isinstance(found, dict):
        raise typer.BadParameter(f"The payload must be a JSON object, got {text}.")
    return found


@app.command("ls")
def list_events(
    output: Output = Format.TABLE,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="TEXT", help="Only events whose name begins with this."),
    ] = None,
    resource_id: Annotated[
        str | None, typer.Option("--resource-id", metavar="ID", help="Only about this resource.")
    ] = None,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 15,
) -> None:
    """Show events, newest first."""
    from signoff.model import emitted as e

    wanted = e.EventFilter(
        event=e.EventNameFilter(prefix=[name]) if name else None,
        resource=e.EventResourceFilter(id=[resource_id]) if resource_id else None,
    )
    _print(ask(e.ReadEmitted(wanted, limit)), output)


def _print(found: Sequence[Event], output: Format) -> None:
    if output is Format.JSON:
        print_json([event_facts(event) for event in found])
    elif not found:
        note("There are no such events.")
    else:
        rows = [
            [
                local(event.occurred),
                one_line(event.event),
                one_line(event.resource.id),
                one_line(json.dumps(event.payload, ensure_ascii=False)) if event.payload else "",
            ]
            for event in found
        ]
        print_table(("At", "Event", "Resource", "Payload"), rows)


@app.command()
def stream(
    run_once: Annotated[
        bool, typer.Option("--run-once", help="Stop after the first event.")
    ] = False,
) -> None:
    """Print events as they come, one line of JSON each, until interrupted."""
    seen = {event.id for event in _since(now() - _LATENESS)}
    quiet = threading.Event()
    note("Waiting for events.")
    while True:
        for event in _since(now() - _LATENESS):
            if event.id in seen:
                continue
            seen.add(event.id)
            print_json(event_facts(event), lines=True)
            if run_once:
                return
        quiet.wait(_EVERY)


def _since(moment: datetime) -> list[Event]:
    """The events from a moment on, oldest first."""
    from signoff.model import emitted as e

    wanted = e.EventFilter(occurred=e.EventOccurredFilter(since=moment), order=e.EventOrder.ASC)
    found: list[Event] = []
    while True:
        page = ask(e.ReadEmitted(wanted, _PAGE, len(found)))
        found += page
        if len(page) < _PAGE:
            return found
