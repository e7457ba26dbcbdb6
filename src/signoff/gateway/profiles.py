"""The profiles file: named sets of settings, one of them active.

Owns its format and how it is changed without disturbing what people wrote into it::

    active = "default"

    [profiles.default]
    SIGNOFF_API_URL = "http://127.0.0.1:4200/api"

Must not know what the settings mean.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from signoff.model.settings import SettingsError

DEFAULT = "default"
"""The profile that is active when the file names none."""


@dataclass(frozen=True, slots=True)
class Profiles:
    """The content of a profiles file.

    Args:
        active: name of the active profile.
        texts: text by variable, for each profile.
    """

    active: str = DEFAULT
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def named(self, name: str | None, path: Path) -> Mapping[str, str]:
        """The variables of a profile, of the active one when no name is given.

        Raises:
            SettingsError: a profile was asked for by name that the file does not have.
        """
        if name is not None and name not in self.texts and name != DEFAULT:
            known = ", ".join(sorted(self.texts)) or "none"
            raise SettingsError(f"There is no profile {name!r} in {path}; it has: {known}.")
        return self.texts.get(name or self.active, {})


def read(path: Path) -> Profiles:
    """The profiles of a file; none when it does not exist.

    Raises:
        SettingsError: the file cannot be read, or is no profiles file.
    """
    return _parsed(_text(path), path)


def write(path: Path, profile: str, name: str, text: str | None) -> None:
    """Set a variable in a profile, or take it away (`text` None); the rest stays as written.

    Raises:
        SettingsError: the file cannot be read or written.
    """
    before = _text(path)
    was = _parsed(before, path)
    changed = {key: dict(values) for key, values in was.texts.items()}
    changed.setdefault(profile, {})
    if text is None:
        changed[profile].pop(name, None)
    else:
        changed[profile][name] = text
    wanted = Profiles(was.active, changed)
    after = _edited(before, profile, name, text)
    with suppress(SettingsError):
        if _parsed(after, path) == wanted:
            _replace(path, after)
            return
    # Written in a way the line editor does not see (dotted keys, text over several lines).
    _replace(path, _rendered(wanted))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The profiles file {path} cannot be read: {error}") from error


def _parsed(text: str, path: Path) -> Profiles:
    # Loaded here because every flow reads its settings, and few homes have profiles.
    tomllib = import_module("tomllib")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The profiles file {path} is not valid TOML: {error}") from error
    active, profiles = document.get("active", DEFAULT), document.get("profiles", {})
    if not isinstance(active, str) or not isinstance(profiles, dict):
        raise SettingsError(
            f'The profiles file {path} must have the form: active = "default", then '
            "[profiles.default] with one line per setting."
        )
    texts: dict[str, dict[str, str]] = {}
    for name, values in profiles.items():
        if not isinstance(values, dict):
            raise SettingsError(f"In {path}, profile {name!r} must be a table, got {values!r}.")
        texts[name] = {key: _as_text(key, value, path) for key, value in values.items()}
    return Profiles(active, texts)


def _as_text(key: str, value: object, path: Path) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise SettingsError(f"In {path}, {key} must be text, a number or true/false, got {value!r}.")


def _edited(text: str, profile: str, name: str, value: str | None) -> str:
    lines = text.splitlines()
    header = re.compile(rf'\s*\[\s*profiles\s*\.\s*(["\']?){re.escape(profile)}\1\s*\]\s*(#.*)?$')
    start = next((at for at, line in enumerate(lines) if header.match(line)), None)
    if start is None:
        if not lines:
            lines = [f"active = {_quoted(DEFAULT)}"]
        lines += ["", f"[profiles.{_key(profile)}]"]
        start = len(lines) - 1
    end = next(
        (at for at in range(start + 1, len(lines)) if lines[at].lstrip().startswith("[")),
        len(lines),
    )
    assignment = re.compile(rf'\s*(["\']?){re.escape(name)}\1\s*=')
    kept = [line for line in lines[start + 1 : end] if not assignment.match(line)]
    if value is not None:
        at = len(kept)
        while at and not kept[at - 1].strip():
            at -= 1
        kept.insert(at, f"{name} = {_quoted(value)}")
    return "\n".join([*lines[: start + 1], *kept, *lines[end:]]) + "\n"


def _rendered(profiles: Profiles) -> str:
    parts = [f"active = {_quoted(profiles.active)}"]
    for name, values in profiles.texts.items():
        parts += ["", f"[profiles.{_key(name)}]"]
        parts += [f"{_key(key)} = {_quoted(value)}" for key, value in values.items()]
    return "\n".join(parts) + "\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _replace(path: Path, text: str) -> None:
    """Write all or nothing; the file is the user's alone, because it may hold a password."""
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(f"The profiles file {path} cannot be written: {error}") from error
