"""`signoff profile`: named sets of settings, and which one is active."""

from __future__ import annotations

from typing import Annotated

import typer

from signoff.cli.display import Format, Output, clean, print_json, print_table

app = typer.Typer(help="Named sets of settings, one of them active.", rich_markup_mode=None)


def _complete(incomplete: str) -> list[str]:
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate

    return [name for name in profiles.read(locate()[0]).texts if name.startswith(incomplete)]


Name = Annotated[str, typer.Argument(metavar="NAME", autocompletion=_complete, show_default=False)]


@app.command("ls")
def list_profiles(output: Output = Format.TABLE) -> None:
    """List the profiles."""
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate

    path, active = locate()
    names = sorted({*profiles.read(path).texts, active})
    if output is Format.JSON:
        print_json([{"name": name, "active": name == active} for name in names])
        return
    print_table(["Profile", "Active"], [[clean(n), "yes" if n == active else ""] for n in names])


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="PROFILE", help="Copy the settings of this profile."),
    ] = None,
) -> None:
    """Add a profile."""
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate

    if not name.strip():
        raise typer.BadParameter("A profile needs a name.")
    path, _ = locate()
    texts = profiles.read(path).named(source, path) if source is not None else {}
    profiles.create(path, name, texts)
    print(f"Created profile {clean(name)}. `signoff profile use {clean(name)}` makes it active.")


@app.command()
def use(name: Name) -> None:
    """Make a profile the active one."""
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate

    profiles.use(locate()[0], name)
    print(f"Profile {clean(name)} is active.")
    _warn_of_choice(name)


@app.command()
def inspect(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", autocompletion=_complete, show_default="the active one"),
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Show the settings of a profile. Secrets are masked."""
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate
    from signoff.model.settings import BY_NAME, MASKED

    path, active = locate()
    texts = profiles.read(path).named(name or active, path)
    shown = {
        key: MASKED if key in BY_NAME and BY_NAME[key].secret else text
        for key, text in texts.items()
    }
    if output is Format.JSON:
        print_json(shown)
    elif shown:
        print_table(["Setting", "Value"], [[clean(k), clean(v)] for k, v in shown.items()])
    else:
        print(f"Profile {clean(name or active)} sets nothing.")


@app.command()
def rename(
    name: Name, new_name: Annotated[str, typer.Argument(metavar="NEW_NAME", show_default=False)]
) -> None:
    """Give a profile another name."""
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate

    if not new_name.strip():
        raise typer.BadParameter("A profile needs a name.")
    profiles.rename(locate()[0], name, new_name)
    print(f"Renamed profile {clean(name)} to {clean(new_name)}.")


@app.command()
def delete(name: Name) -> None:
    """Take a profile away."""
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate

    profiles.delete(locate()[0], name)
    print(f"Deleted profile {clean(name)}.")


@app.command("populate-defaults")
def populate_defaults() -> None:
    """Add the profiles that most people begin with: default, and local for a server here."""
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate

    path, _ = locate()
    there = profiles.read(path).texts
    wanted = {"default": {}, "local": {"SIGNOFF_API_URL": "http://127.0.0.1:4200/api"}}
    added = [name for name in wanted if name not in there]
    for name in added:
        profiles.create(path, name, wanted[name])
    print(f"Added {', '.join(added)} to {path}." if added else f"{path} has them already.")


def _warn_of_choice(name: str) -> None:
    """Say so when the environment chooses another profile."""
    import os

    from signoff.cli.display import note

    chosen = os.environ.get("SIGNOFF_PROFILE")
    if chosen and chosen != name:
        note(f"Warning: SIGNOFF_PROFILE={clean(chosen)} in the environment counts instead.")
