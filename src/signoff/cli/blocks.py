"""`signoff block ls | inspect | delete`: secrets, the only blocks there are; never their values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from signoff.cli.display import Format, Output, note, one_line, print_facts, print_json, print_table
from signoff.cli.moments import ago, iso, local, now
from signoff.cli.session import ask

app = typer.Typer(help="See and delete secrets.", rich_markup_mode=None)

Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="Such as api-key or secret/api-key.", show_default=False),
]


@app.command("ls")
def list_blocks(output: Output = Format.TABLE) -> None:
    """Show the names of the secrets."""
    from signoff.model.secrets import ReadSecrets

    found = ask(ReadSecrets())
    if output is Format.JSON:
        print_json([_facts(each.name, each.created, each.updated) for each in found])
    elif not found:
        note("There are no secrets yet.")
    else:
        rows = [["secret", one_line(s.name), ago(_moment(s.updated), now())] for s in found]
        print_table(("Type", "Name", "When"), rows)


@app.command()
def inspect(name: Name, output: Output = Format.TABLE) -> None:
    """Show what may be known of a secret; its value is not."""
    from signoff.model.errors import ObjectNotFound
    from signoff.model.secrets import ReadSecrets

    wanted = _name(name)
    found = next((each for each in ask(ReadSecrets()) if each.name == wanted), None)
    if found is None:
        raise ObjectNotFound(f"There is no secret {wanted!r}. `signoff block ls` shows them.")
    if output is Format.JSON:
        print_json(_facts(found.name, found.created, found.updated))
        return
    print_facts(
        {
            "Type": "secret",
            "Name": one_line(found.name),
            "Value": "********",
            "Created": local(_moment(found.created)),
            "Changed": local(_moment(found.updated)),
        }
    )


@app.command()
def delete(name: Name) -> None:
    """Delete a secret."""
    from signoff.model.secrets import DeleteSecret

    ask(DeleteSecret(_name(name)))
    print(f"Deleted secret {one_line(_name(name))}.")


def _name(text: str) -> str:
    return text.removeprefix("secret/")


def _moment(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, UTC)


def _facts(name: str, created: int, updated: int) -> dict[str, str | None]:
    return {
        "type": "secret",
        "name": name,
        "created": iso(_moment(created)),
        "updated": iso(_moment(updated)),
    }
