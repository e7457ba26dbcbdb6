"""`signoff config`: the settings, where they come from, and how to change them."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.display import Format, Output, clean, note, print_json, print_table

if TYPE_CHECKING:
    from signoff.gateway.settings import Resolved
    from signoff.model.settings import Setting

app = typer.Typer(help="See and change settings.", rich_markup_mode=None)


def _complete(incomplete: str) -> list[tuple[str, str]]:
    from signoff.model.settings import SETTINGS

    wanted = incomplete.upper()
    return [(each.name, each.help) for each in SETTINGS if each.name.startswith(wanted)]


@app.command()
def view(
    output: Output = Format.TABLE,
    show_defaults: Annotated[
        bool,
        typer.Option("--show-defaults/--hide-defaults", help="Show settings that nobody set, too."),
    ] = True,
    show_sources: Annotated[
        bool, typer.Option("--show-sources/--hide-sources", help="Show where values come from.")
    ] = True,
    show_secrets: Annotated[
        bool, typer.Option("--show-secrets/--hide-secrets", help="Show secrets in clear.")
    ] = False,
) -> None:
    """Show every setting, its value and where the value comes from. Secrets are masked."""
    from signoff.gateway.settings import Source, current
    from signoff.model.settings import SETTINGS

    resolved = current()
    shown = [
        (setting, resolved.sources[setting.name])
        for setting in SETTINGS
        if show_defaults or resolved.sources[setting.name] is not Source.DEFAULT
    ]
    if output is Format.JSON:
        print_json(
            [
                {"name": s.name, "value": _value(s, show_secrets)}
                | ({"source": source} if show_sources else {})
                | {"help": s.help}
                for s, source in shown
            ]
        )
    else:
        place = {Source.PROFILE: f"profile {resolved.profile}"}
        rows = [
            [s.name, _text(_value(s, show_secrets)), place.get(source, source)]
            for s, source in shown
        ]
        columns = 3 if show_sources else 2
        print_table(["Setting", "Value", "From"][:columns], [row[:columns] for row in rows])
    _warn_of_unknown(resolved)


@app.command()
def validate() -> None:
    """Check every value that is set. The exit code is 1 when one is not allowed."""
    from signoff.gateway.settings import Source, current

    resolved = current()
    found = sum(source is not Source.DEFAULT for source in resolved.sources.values())
    _warn_of_unknown(resolved)
    print(f"Every value is allowed ({found} set, profile {clean(resolved.profile)}).")


def _warn_of_unknown(resolved: Resolved) -> None:
    for name, source in resolved.unknown.items():
        note(f"Warning: {clean(name)} (from {source}) is no setting{_suggestion(name)}.")


@app.command("set")
def set_values(
    pairs: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", show_default=False)],
) -> None:
    """Set settings in the active profile."""
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate
    from signoff.model.settings import SettingsError

    wanted = []
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise typer.BadParameter(f"{clean(pair)!r} must be written as NAME=VALUE.")
        setting = _known(name)
        if setting.attribute in ("home", "profile", "profiles_path"):
            raise SettingsError(
                f"{setting.name} says where the profile is, so it cannot be set in it. "
                "Set it in the environment."
            )
        setting.parse(text)
        wanted.append((setting, text))
    path, profile = locate()
    for setting, text in wanted:
        for alias in setting.aliases:
            profiles.write(path, profile, alias, None)
        profiles.write(path, profile, setting.name, text)
        print(f"Set {setting.name} in profile {profile}.")
        _warn_if_hidden(setting)


@app.command()
def unset(
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME...", autocompletion=_complete, show_default=False),
    ],
) -> None:
    """Take settings out of the active profile."""
    from signoff.gateway import profiles
    from signoff.gateway.settings import locate
    from signoff.model.settings import SettingsError

    settings = [_known(name) for name in names]
    path, profile = locate()
    there = profiles.read(path).texts.get(profile, {})
    for setting in settings:
        held = [name for name in (setting.name, *setting.aliases) if name in there]
        if not held:
            raise SettingsError(f"{setting.name} is not set in profile {profile}.")
        for name in held:
            profiles.write(path, profile, name, None)
        print(f"Took {setting.name} out of profile {profile}.")
        _warn_if_hidden(setting)


def _value(setting: Setting, in_clear: bool) -> Any:
    from pathlib import Path

    from signoff.gateway.settings import current_settings
    from signoff.model.settings import MASKED

    value = getattr(current_settings(), setting.attribute)
    if setting.secret and value is not None and not in_clear:
        return MASKED
    return str(value) if isinstance(value, Path) else value


def _text(value: Any) -> str:
    from signoff.model.settings import text_of

    return clean(text_of(value))


def _known(name: str) -> Setting:
    from signoff.model.settings import SettingsError, by_name

    try:
        return by_name(name)
    except SettingsError as error:
        raise SettingsError(f"There is no setting {name!r}{_suggestion(name)}.") from error


_POLLING = (
    "POLL_FREQUENCY",
    "QUERY_SECONDS",
    "PREFETCH_SECONDS",
    "HEARTBEAT_SECONDS",
    "LOOP_SECONDS",
    "BATCH_INTERVAL",
)
"""How documented settings end that say how often somebody looks."""


def _suggestion(name: str) -> str:
    from signoff.model.settings import BY_NAME

    word = name.upper()
    if word.startswith("PREFECT_") and word.replace("PREFECT_", "SIGNOFF_", 1) in BY_NAME:
        return f" (write {word.replace('PREFECT_', 'SIGNOFF_', 1)})"
    if word.endswith(_POLLING):
        return "; it is not needed: nothing is looked for again and again"
    near = difflib.get_close_matches(name.upper(), BY_NAME, 1)
    return f" (perhaps {near[0]} is meant)" if near else "; `signoff config view` lists them all"


def _warn_if_hidden(setting: Setting) -> None:
    """Say so when the profile is not what counts."""
    from signoff.gateway.settings import Source, current, refresh

    refresh()
    source = current().sources[setting.name]
    if source not in (Source.PROFILE, Source.DEFAULT):
        place = "the environment" if source is Source.ENVIRONMENT else f"the file {source}"
        note(f"Warning: {setting.name} is set in {place} as well, and that value counts.")
