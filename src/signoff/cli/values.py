"""Parameters of runs as they are written on a command line."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

JobVariables = Annotated[
    list[str] | None,
    typer.Option(
        "--job-variable",
        "-jv",
        metavar="NAME=VALUE",
        help="A variable of the job of its runs; may be repeated.",
    ),
]


def parameters(param: list[str] | None, params: str | None) -> dict[str, Any]:
    """What `--param NAME=VALUE` and `--params JSON` say together.

    Raises:
        typer.BadParameter: one of them cannot be read.
    """
    given: dict[str, Any] = {}
    if params is not None:
        try:
            given = json.loads(params)
        except ValueError as error:
            raise typer.BadParameter(f"--params is no JSON: {error}") from None
        if not isinstance(given, dict):
            raise typer.BadParameter("--params must be a JSON object")
    return given | named_values("--param", param)


def named_values(option: str, given: list[str] | None) -> dict[str, Any]:
    """What `NAME=VALUE` says, given several times.

    Raises:
        typer.BadParameter: it has another shape; the message names the option.
    """
    found: dict[str, Any] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{option} {each!r} must be NAME=VALUE")
        found[name] = _json_or_text(value)
    return found


def _json_or_text(text: str) -> Any:
    """The value that is meant by a word: JSON where it is JSON, else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
