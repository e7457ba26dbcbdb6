"""Settings as the documented Python names use them: setting objects and `temporary_settings`.

Owns the translation between Python values and the text of variables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from signoff.gateway.settings import Source, current, current_settings, override
from signoff.model.settings import Setting, Settings, by_name, text_of


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting, as an object: `SIGNOFF_API_URL.value()`.

    Args:
        name: the environment variable.
    """

    name: str

    @property
    def setting(self) -> Setting:
        """What is declared of it."""
        return by_name(self.name)

    def value(self) -> Any:
        """Its value now."""
        return getattr(current_settings(), self.setting.attribute)

    def value_from(self, settings: Settings) -> Any:
        """Its value in some settings."""
        return getattr(settings, self.setting.attribute)

    def default(self) -> Any:
        """Its value when nothing is set."""
        return self.setting.default

    def __str__(self) -> str:
        return self.name


Name = Variable | str


@contextmanager
def temporary_settings(
    updates: Mapping[Name, object] | None = None,
    set_defaults: Mapping[Name, object] | None = None,
    restore_defaults: Iterable[Name] | None = None,
) -> Iterator[Settings]:
    """Change settings for the length of a block, for this process and those it starts.

    Args:
        updates: values by setting; None stands for the default.
        set_defaults: the same, for settings that are not set.
        restore_defaults: settings that shall have their default.

    Raises:
        SettingsError: a name is no setting, or a value is not allowed.
    """
    sources = current().sources
    texts = {by_name(str(name)).name: "" for name in restore_defaults or ()}
    for name, value in (set_defaults or {}).items():
        variable = by_name(str(name)).name
        if variable in texts or sources[variable] is Source.DEFAULT:
            texts[variable] = text_of(value)
    for name, value in (updates or {}).items():
        texts[by_name(str(name)).name] = text_of(value)
    with override(texts) as settings:
        yield settings
