"""`signoff run`: run a YAML flow in this process."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.display import Format, Output, clean, note, one_line, print_json
from signoff.model.errors import InvalidRequest

if TYPE_CHECKING:
    from signoff.model.states import State
    from signoff.yamlflow.flows import YamlFlow


def run(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="The YAML file of the flow.", show_default=False),
    ],
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            "-i",
            metavar="NAME=VALUE",
            help="Value of an input; `NAME=@FILE` gives a file. May be repeated.",
        ),
    ] = None,
    inputs: Annotated[
        str | None, typer.Option("--inputs", metavar="JSON", help="Inputs as one JSON object.")
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option("--label", "-l", metavar="NAME=VALUE", help="A label; may be repeated."),
    ] = None,
    no_prompt: Annotated[
        bool, typer.Option("--no-prompt", help="Never ask in the terminal.")
    ] = False,
    output: Output = Format.TABLE,
) -> None:
    """Run a YAML flow in this process, and ask what it asks at this terminal.

    Inputs that are needed and not given are asked for there as well; without a terminal each of
    them is an error.
    """
    from signoff.authoring.context import tags
    from signoff.authoring.farewell import line
    from signoff.cli.run_inputs import gather, pair
    from signoff.cli.watching import EXIT_CODES
    from signoff.model.errors import Pause
    from signoff.yamlflow.flows import load_flow
    from signoff.yamlflow.running.labels import tags_of

    if file.suffix == ".py":
        raise InvalidRequest(f"{file} is a Python file; run it with `python {file}`.")
    flow = load_flow(file)
    if no_prompt:
        os.environ["SIGNOFF_TERMINAL_PROMPT"] = "false"
    _tell_of_triggers(flow)
    values = gather(flow, given or (), inputs, asks=not no_prompt and output is Format.TABLE)
    try:
        with tags(*tags_of(dict(pair("--label", each) for each in label or ()))):
            state = flow(return_state=True, **values)
    except Pause as left:
        # The run waits without a process now; that is no failure of the command.
        note(line(left))
        return
    _show(flow, state, output)
    raise typer.Exit(EXIT_CODES.get(state.type.value, 0))


def _tell_of_triggers(flow: YamlFlow) -> None:
    """Nobody looks at triggers here."""
    names = [each.id for each in flow.document.triggers if not each.disabled]
    if names:
        note(
            f"This is one run now. Its triggers ({one_line(', '.join(names))}) start others once "
            "the flow is saved with `signoff flow deploy`, while `signoff server start` runs."
        )


def _show(flow: YamlFlow, state: State[Any], output: Format) -> None:
    """How the run ended, and what it gives."""
    outputs = state.result(raise_on_failure=False) if state.is_completed() else {}
    run_id = state.state_details.flow_run_id
    if output is Format.JSON:
        facts = {"id": str(run_id), "state": state.name, "message": state.message}
        print_json(facts | {"outputs": outputs})
        return
    for name, value in (outputs or {}).items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        print(f"{one_line(str(name))}: {clean(text)}")
    said = f": {clean(state.message)}" if state.message and not state.is_completed() else ""
    note(f"{one_line(flow.name)} ended: {one_line(state.name or '')}{said}")
