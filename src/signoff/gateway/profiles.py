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
from collections.abc import Mapping, Sequence
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
    before, was = _before(path)
    changed = {key: dict(values) for key, values in was.texts.items()}
    changed.setdefault(profile, {})
    if text is None:
        changed[profile].pop(name, None)
    else:
        changed[profile][name] = text
    _keep(path, _edited(before, profile, name, text), Profiles(was.active, changed))


def create(path: Path, name: str, texts: Mapping[str, str]) -> None:
    """Add a profile.

    Raises:
        SettingsError: there is one of that name, or the file cannot be read or written.
    """
    before, was = _before(path)
    if name in was.texts:
        raise SettingsError(f"There is a profile {name!r} already in {path}.")
    lines = [before.rstrip("\n")] if before.strip() else [f"active = {_quoted(was.active)}"]
    lines += ["", f"[profiles.{_key(name)}]", *(_assigned(*each) for each in texts.items())]
    wanted = Profiles(was.active, {**was.texts, name: dict(texts)})
    _keep(path, "\n".join(lines) + "\n", wanted)


def use(path: Path, name: str) -> None:
    """Make a profile the active one.

    Raises:
        SettingsError: there is none of that name, or the file cannot be read or written.
    """
    before, was = _before(path)
    was.named(name, path)
    line = f"active = {_quoted(name)}"
    after, found = re.subn(r"(?m)^\s*active\s*=.*$", lambda _: line, before, count=1)
    _keep(path, after if found else f"{line}\n{before}", Profiles(name, was.texts))


def rename(path: Path, name: str, new_name: str) -> None:
    """Give a profile another name; an active one stays active.

    Raises:
        SettingsError: there is none of that name, the new one is taken, or the file cannot be used.
    """
    before, was = _before(path)
    _there(was, name, path)
    if new_name in was.texts:
        raise SettingsError(f"There is a profile {new_name!r} already in {path}.")
    texts = {new_name if each == name else each: values for each, values in was.texts.items()}
    header = f"[profiles.{_key(new_name)}]"
    lines = [header if _header(name).match(line) else line for line in before.splitlines()]
    _keep(path, "\n".join(lines) + "\n", Profiles(was.active, texts))
    if was.active == name:
        use(path, new_name)


def delete(path: Path, name: str) -> None:
    """Take a profile away.

    Raises:
        SettingsError: there is none of that name, it is active, or the file cannot be used.
    """
    before, was = _before(path)
    _there(was, name, path)
    if was.active == name:
        raise SettingsError(
            f"Profile {name!r} is active; use another one first (`signoff profile use NAME`)."
        )
    lines = before.splitlines()
    start = next((at for at, line in enumerate(lines) if _header(name).match(line)), len(lines))
    end = _end(lines, start)
    texts = {each: values for each, values in was.texts.items() if each != name}
    _keep(path, "\n".join([*lines[:start], *lines[end:]]) + "\n", Profiles(was.active, texts))


def _before(path: Path) -> tuple[str, Profiles]:
    text = _text(path)
    return text, _parsed(text, path)


def _there(profiles: Profiles, name: str, path: Path) -> None:
    if name not in profiles.texts:
        known = ", ".join(sorted(profiles.texts)) or "none"
        raise SettingsError(f"There is no profile {name!r} in {path}; it has: {known}.")


def _keep(path: Path, text: str, wanted: Profiles) -> None:
    """Write the edited text, or everything anew where the line editor did not see what is there
    (dotted keys, text over several lines)."""
    with suppress(SettingsError):
        if _parsed(text, path) == wanted:
            _replace(path, text)
            return
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
    start = next((at for at, line in enumerate(lines) if _header(profile).match(line)), None)
    if start is None:
        if not lines:
            lines = [f"active = {_quoted(DEFAULT)}"]
        lines += ["", f"[profiles.{_key(profile)}]"]
        start = len(lines) - 1
    end = _end(lines, start)
    assignment = re.compile(rf'\s*(["\']?){re.escape(name)}\1\s*=')
    kept = [line for line in lines[start + 1 : end] if not assignment.match(line)]
    if value is not None:
        at = len(kept)
        while at and not kept[at - 1].strip():
            at -= 1
        kept.insert(at, _assigned(name, value))
    return "\n".join([*lines[: start + 1], *kept, *lines[end:]]) + "\n"


def _header(profile: str) -> re.Pattern[str]:
    return re.compile(rf'\s*\[\s*profiles\s*\.\s*(["\']?){re.escape(profile)}\1\s*\]\s*(#.*)?$')


def _end(lines: Sequence[str], start: int) -> int:
    """Where the table ends that begins at a line."""
    after = range(start + 1, len(lines))
    return next((at for at in after if lines[at].lstrip().startswith("[")), len(lines))


def _assigned(name: str, value: str) -> str:
    return f"{_key(name)} = {_quoted(value)}"


def _rendered(profiles: Profiles) -> str:
    parts = [f"active = {_quoted(profiles.active)}"]
    for name, values in profiles.texts.items():
        parts += ["", f"[profiles.{_key(name)}]"]
        parts += [_assigned(key, value) for key, value in values.items()]
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
