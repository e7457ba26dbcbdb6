"""`signoff variable`: named JSON values that flows share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.display import (
    Format,
    Output,
    clean,
    note,
    one_line,
    print_facts,
    print_json,
    print_table,
)
from signoff.cli.facts import variable_facts
from signoff.cli.moments import ago, local, now
from signoff.cli.prompts import confirmed
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.shared.variables import Variable

app = typer.Typer(help="Named JSON values that flows share.", rich_markup_mode=None)


def _complete(incomplete: str) -> list[str]:
    """Names of variables, for the shell; a shell's completion must never show an error."""
    from signoff.model.shared.variables import ReadVariables

    try:
        found = ask(ReadVariables())
    except Exception:
        return []
    return [each.name for each in found if each.name.startswith(incomplete)]


Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Name of the variable.", autocompletion=_complete, show_default=False
    ),
]


@app.command("ls")
def show_list(
    output: Output = Format.TABLE,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 100,
) -> None:
    """List variables."""
    from signoff.model.shared.variables import ReadVariables

    found = ask(ReadVariables(limit=limit))
    if output is Format.JSON:
        print_json([variable_facts(each) for each in found])
    elif not found:
        note("There are no variables yet.")
    else:
        rows = [
            [each.name, one_line(_as_json(each.value))[:60], _tags(each), ago(each.updated, now())]
            for each in found
        ]
        print_table(("Name", "Value", "Tags", "Changed"), rows)


@app.command()
def inspect(name: Name, output: Output = Format.TABLE) -> None:
    """Show everything that is known of a variable."""
    found = _read(name)
    if output is Format.JSON:
        print_json(variable_facts(found))
        return
    facts: dict[str, Any] = {
        "Name": found.name,
        "ID": str(found.id),
        "Value": clean(_as_json(found.value)),
    }
    if found.tags:
        facts["Tags"] = _tags(found)
    if found.created is not None and found.updated is not None:
        facts["Created"] = local(found.created)
        facts["Changed"] = local(found.updated)
    print_facts(facts)


@app.command()
def get(name: Name, output: Output = Format.TABLE) -> None:
    """Print the value of a variable: text as it is, anything else as JSON."""
    value = _read(name).value
    if output is Format.JSON:
        print_json(value)
    else:
        print(clean(value if isinstance(value, str) else _as_json(value)))


@app.command("set")
def set_value(
    name: Name,
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="JSON or text.", show_default=False)
    ],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the value of an existing variable.")
    ] = False,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="A label; may be repeated.")
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Set a variable. A value that is JSON is stored as what it says, other text as it is."""
    from signoff.model.errors import ObjectAlreadyExists
    from signoff.model.shared.variables import CreateVariable

    try:
        made = ask(CreateVariable(name, _meant(value), tuple(sorted(set(tag or ()))), overwrite))
    except ObjectAlreadyExists as refusal:
        raise ObjectAlreadyExists(
            f"Variable {name!r} already exists. Use `--overwrite` to update it."
        ) from refusal
    if output is Format.JSON:
        print_json(variable_facts(made))
    else:
        print(f"Set variable {made.name!r}.")


@app.command()
def unset(
    name: Name, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False
) -> None:
    """Delete a variable."""
    from signoff.model.shared.variables import DeleteVariable

    found = _read(name)
    confirmed(f"Delete variable {found.name!r}?", yes)
    ask(DeleteVariable(found.id))
    print(f"Unset variable {found.name!r}.")


def _meant(text: str) -> Any:
    """The value that is meant by a word of the command line."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except ValueError:
        return text
    # A number that would be written differently is no number: 1.10 is a version.
    if isinstance(value, int | float) and json.dumps(value) != text:
        return text
    return value


def _no_number(word: str) -> Any:
    """NaN and Infinity, which Python reads, are no JSON."""
    raise ValueError(word)


def _read(name: str) -> Variable:
    from signoff.model.errors import ObjectNotFound
    from signoff.model.shared.variables import ReadVariable

    try:
        return ask(ReadVariable(name=name))
    except ObjectNotFound:
        raise ObjectNotFound(
            f"There is no variable {name!r}. `signoff variable ls` shows them."
        ) from None


def _tags(variable: Variable) -> str:
    return one_line(", ".join(variable.tags))


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
