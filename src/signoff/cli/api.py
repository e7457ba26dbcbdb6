"""`signoff api METHOD PATH`: the HTTP API by hand, with a server and without one.

Owns reading what was typed. The request is understood and its reply written by the same tables as
on a server, so it works on the runs of this home just as well.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.display import clean, print_json
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.commands import Request


def call(
    method: Annotated[str, typer.Argument(metavar="METHOD", help="GET, POST, PATCH or DELETE.")],
    path: Annotated[
        str,
        typer.Argument(metavar="PATH", help="Such as /flow_runs/filter; the query may follow."),
    ],
    data: Annotated[
        str | None,
        typer.Option(
            "--data", "-d", metavar="JSON", help="The body; @FILE reads a file, @- standard input."
        ),
    ] = None,
) -> None:
    """Send a request of the HTTP API and print the reply. /docs on a server lists the paths."""
    from signoff.model.errors import InvalidRequest
    from signoff.wire.codec import codec
    from signoff.wire.endpoints import PREFIX
    from signoff.wire.routing import Routes
    from signoff.wire.watching import Watch

    asked, _, query = path.partition("?")
    below = asked if asked.startswith("/") else f"/{asked}"
    below = below.removeprefix(PREFIX)
    routes = Routes()
    match = routes.find(method.upper(), below)
    if match is None or match.endpoint.request is Watch:
        methods = ", ".join(routes.methods(below))
        why = f"it takes {methods}" if methods else "there is no such path"
        raise InvalidRequest(f"{clean(method.upper())} {clean(path)} cannot be asked: {why}.")
    one = codec(match.endpoint)
    request = one.read(match.values, query, _body(data))
    text = one.write_reply(_carry_out(request)).decode()
    if match.endpoint.text:
        print(clean(text))
    elif text:
        print_json(json.loads(text))


def _carry_out(request: Request[Any]) -> Any:
    """The reply; a documented operation is made of several requests."""
    from signoff.engine.clock import new_id
    from signoff.wire.documented import RECIPES
    from signoff.wire.recipes import Known

    recipe = RECIPES.get(type(request))
    if recipe is None:
        return ask(request)
    steps = recipe(request, new_id)
    try:
        wanted = next(steps)
        while True:
            wanted = steps.send(ask(wanted))
    except StopIteration as end:
        return end.value.reply if isinstance(end.value, Known) else end.value


def _body(data: str | None) -> bytes:
    if data is None:
        return b""
    if data == "@-":
        return sys.stdin.buffer.read()
    if not data.startswith("@"):
        return data.encode()
    try:
        return Path(data[1:]).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{data[1:]} cannot be read: {error}.") from error
