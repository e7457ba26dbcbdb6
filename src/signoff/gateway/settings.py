"""The settings of this process: where their values come from.

Owns reading the environment, `.env`, `signoff.toml` and `pyproject.toml` in the working directory,
and the active profile, in this order of precedence, and remembering which of them a value came
from. What may be set is declared in `model/settings.py`.

`current_settings()` is meant to be called wherever a setting is needed: it costs about a
microsecond while the environment is unchanged, and sees a changed environment at once. Files are
read again after `refresh()`, or when the environment changes. `override` changes the environment
itself, so threads and child processes see it too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from signoff.gateway import logger_levels, profiles, project_files
from signoff.model.settings import BY_NAME, PREFIX, SETTINGS, Settings, SettingsError, by_name


class Source(StrEnum):
    """Where the value of a setting comes from."""

    ENVIRONMENT = "environment"
    DOTENV = ".env"
    SIGNOFF_TOML = "signoff.toml"
    PYPROJECT = "pyproject.toml"
    PROFILE = "profile"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings, and where they come from.

    Args:
        settings: the values.
        profile: name of the profile in use.
        sources: where the value of each variable comes from.
        logger_levels: levels of single loggers, by name.
        unknown: variables that begin like settings and are none, with their source.
    """

    settings: Settings
    profile: str
    sources: Mapping[str, Source]
    logger_levels: Mapping[str, str]
    unknown: Mapping[str, Source]


def current_settings() -> Settings:
    """The settings of this process, as the environment is now.

    Raises:
        SettingsError: a value is not allowed, or a file cannot be used.
    """
    return current().settings


def current() -> Resolved:
    """Like `current_settings`, with the sources of the values."""
    global _cache
    environment = _environment()
    cached = _cache
    if cached is not None and cached[0] == environment:
        return cached[1]
    resolved = resolve(os.environ, Path.cwd())
    _cache = (dict(environment), resolved)
    return resolved


def refresh() -> Settings:
    """Read the environment and the files again."""
    global _cache
    _cache = None
    return current_settings()


@contextmanager
def override(updates: Mapping[str, str | None]) -> Iterator[Settings]:
    """Set variables of the environment for the length of a block; None takes one away.

    It holds for every thread of this process and for the processes it starts.

    Raises:
        SettingsError: a name is no setting, or a value is not allowed.
    """
    names = [by_name(name).name for name in updates]
    before = {alias: os.environ.get(alias) for n in names for alias in (n, *BY_NAME[n].aliases)}
    try:
        for name in before:
            os.environ.pop(name, None)
        for name, text in zip(names, updates.values(), strict=True):
            if text is not None:
                os.environ[name] = text
        yield current_settings()
    finally:
        for name, text in before.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text


def locate() -> tuple[Path, str]:
    """The profiles file and the profile in use, whatever the profile says.

    Raises:
        SettingsError: the profiles file cannot be read, or lacks the profile that is asked for.
    """
    texts, _ = _merged(_around(os.environ, Path.cwd()))
    located = _located(texts)
    path = located.profiles_file.expanduser()
    found = profiles.read(path)
    found.named(located.profile, path)
    return path, located.profile or found.active


def resolve(environ: Mapping[str, str], directory: Path) -> Resolved:
    """The settings that an environment describes, with the files it leads to.

    Args:
        environ: the environment.
        directory: the working directory, in which `.env` is looked for.

    Raises:
        SettingsError: a value is not allowed, or a file cannot be used.
    """
    layers = _around(environ, directory)
    texts, sources = _merged(layers)
    name, from_profile = _read_profile(_located(texts))
    layers.append((Source.PROFILE, _ours(from_profile)))
    texts, sources = _merged(layers)
    texts[_HOME] = _home(texts.get(_HOME, ""))
    for path in ("SIGNOFF_RESULTS_LOCAL_STORAGE_PATH", "SIGNOFF_PROFILES_PATH"):
        if texts.get(path):
            texts[path] = str(Path(texts[path]).expanduser())
    settings = _parse(texts, sources)
    levels = logger_levels.read([layer for _, layer in layers], settings.logging_extra_loggers)
    unknown = {
        each: source
        for source, layer in reversed(layers)
        for each in layer
        # A double underscore is not a setting but a value of `signoff.runtime`.
        if each not in BY_NAME and each not in levels and not each.startswith(PREFIX + "_")
    }
    by_logger = {level.logger: level.level for level in levels.values()}
    return Resolved(settings, name, sources, by_logger, unknown)


_Layers = list[tuple[Source, Mapping[str, str]]]
"""Variables by where they come from, in the order of precedence."""
_HOME = "SIGNOFF_HOME"
_LOCATING = ("SIGNOFF_PROFILE", "SIGNOFF_PROFILES_PATH")
"""What says where the profile is, and so cannot be said by it."""

_cache: tuple[Mapping[object, object], Resolved] | None = None


def _environment() -> Mapping[object, object]:
    # The mapping behind `os.environ`: comparing it takes a microsecond, where reading the variables
    # one by one takes twenty, each time a run starts. A Python without it is only slower.
    behind: Mapping[object, object] = getattr(os.environ, "_data", None) or dict(os.environ)
    return behind


def _ours(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if name.startswith(PREFIX)}


def _home(text: str) -> str:
    return os.path.abspath(os.path.expanduser(text or str(Settings().home)))


def _around(environ: Mapping[str, str], directory: Path) -> _Layers:
    """What is set outside of profiles."""
    return [
        (Source.ENVIRONMENT, _ours(environ)),
        (Source.DOTENV, _read_dotenv(directory / ".env")),
        (Source.SIGNOFF_TOML, project_files.read_signoff_toml(directory / "signoff.toml")),
        (Source.PYPROJECT, project_files.read_pyproject(directory / "pyproject.toml")),
    ]


def _located(texts: Mapping[str, str]) -> Settings:
    """The settings that say where the profile is."""
    chosen = {name: text for name, text in texts.items() if name in _LOCATING}
    return Settings.parse(chosen | {_HOME: _home(texts.get(_HOME, ""))})


def _merged(layers: _Layers) -> tuple[dict[str, str], dict[str, Source]]:
    """The text of each setting under its present name, from the first layer that has it."""
    texts: dict[str, str] = {}
    sources = {setting.name: Source.DEFAULT for setting in SETTINGS}
    for source, layer in layers:
        for setting in SETTINGS:
            if sources[setting.name] is not Source.DEFAULT:
                continue
            name = next((n for n in (setting.name, *setting.aliases) if n in layer), None)
            if name is not None:
                texts[setting.name] = layer[name]
                sources[setting.name] = source
    return texts, sources


def _parse(texts: Mapping[str, str], sources: Mapping[str, Source]) -> Settings:
    try:
        return Settings.parse(texts)
    except SettingsError as error:
        lines = [f"{each} (from {sources[each.name]})" for each in error.problems]
        raise SettingsError("\n".join(lines), error.problems) from None


def _read_profile(located: Settings) -> tuple[str, Mapping[str, str]]:
    path = located.profiles_file.expanduser()
    if not path.exists():
        if located.profile not in (None, "default"):
            raise SettingsError(f"There is no profile {located.profile!r}: {path} does not exist.")
        return "default", {}
    found = profiles.read(path)
    texts = found.named(located.profile, path)
    for name in (_HOME, *_LOCATING):
        if name in texts:
            raise SettingsError(
                f"{name} cannot be set in a profile ({path}): it says where the profile is. "
                "Set it in the environment."
            )
    return located.profile or found.active, texts


def _read_dotenv(path: Path) -> dict[str, str]:
    """The variables of a `.env` file: `NAME=text` lines, `export` and quotes allowed."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        # The file belongs to another program as often as not: it must not stop a flow.
        return {}
    found = {}
    for line in text.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name.strip().startswith(PREFIX):
            found[name.strip()] = _unquoted(value.strip())
    return found


def _unquoted(text: str) -> str:
    if text[:1] in ('"', "'"):
        end = text.find(text[0], 1)
        return text[1:end] if end > 0 else text
    return text.partition(" #")[0].rstrip()
