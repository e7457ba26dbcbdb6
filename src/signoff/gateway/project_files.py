"""Settings in the files of a project: `signoff.toml`, and `[tool.signoff]` in `pyproject.toml`.

Owns their form: tables nest as the words of a variable do: `url` in `[api]` is `SIGNOFF_API_URL`.
Must not know which settings exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from signoff.model.settings import PREFIX, SettingsError


def read_signoff_toml(path: Path) -> dict[str, str]:
    """The variables of a `signoff.toml`; none when it does not exist.

    Raises:
        SettingsError: it cannot be read, is not valid TOML, or holds a value of no use.
    """
    text = _text(path)
    return {} if text is None else dict(_variables(_parsed(text, path), PREFIX, path))


def read_pyproject(path: Path) -> dict[str, str]:
    """The variables of `[tool.signoff]` in a `pyproject.toml`; none when it has no such table.

    Raises:
        SettingsError: as for `read_signoff_toml`, when the file speaks of Signoff at all.
    """
    text = _text(path)
    # Most projects say nothing of Signoff: their file is not worth loading a parser for.
    if text is None or "tool.signoff" not in text:
        return {}
    table = _parsed(text, path).get("tool", {}).get("signoff", {})
    if not isinstance(table, Mapping):
        raise SettingsError(f"In {path}, tool.signoff must be a table, got {table!r}.")
    return dict(_variables(table, PREFIX, path))


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The file {path} cannot be read: {error}") from error


def _parsed(text: str, path: Path) -> dict[str, Any]:
    tomllib = import_module("tomllib")
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The file {path} is not valid TOML: {error}") from error
    return document


def _variables(table: Mapping[str, Any], prefix: str, path: Path) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        name = prefix + key.upper().replace("-", "_").removeprefix(PREFIX)
        if isinstance(value, Mapping):
            yield from _variables(value, f"{name}_", path)
        elif isinstance(value, bool):
            yield name, str(value).lower()
        elif isinstance(value, str | int | float):
            yield name, str(value)
        elif isinstance(value, list) and all(isinstance(item, str | int) for item in value):
            yield name, ",".join(str(item) for item in value)
        else:
            raise SettingsError(
                f"In {path}, {name} must be text, a number, true/false or a list, got {value!r}."
            )
