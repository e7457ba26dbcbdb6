"""Profiles as the documented Python objects: `load_profiles`, `Profile`, `ProfilesCollection`.

Owns the translation between Python values and the profiles file. How the file is read and edited is
in `profiles.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signoff.gateway import profiles
from signoff.gateway.settings import locate, refresh
from signoff.gateway.variables import Name, Variable
from signoff.model.settings import BY_NAME, SettingsError, by_name, text_of


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of settings.

    Args:
        name: its name.
        settings: values by setting.
        source: the file it comes from; None for one made here.
    """

    name: str
    settings: Mapping[Variable, Any] = field(default_factory=dict)
    source: Path | None = None

    def to_environment_variables(self) -> dict[str, str]:
        """Text by variable."""
        return {
            by_name(str(each)).name: text_of(value)
            for each, value in self.settings.items()
            if value is not None
        }

    def validate_settings(self) -> None:
        """Check every value.

        Raises:
            SettingsError: a name is no setting, or a value is not allowed.
        """
        for name, text in self.to_environment_variables().items():
            by_name(name).parse(text)


class ProfilesCollection:
    """Profiles, one of them active.

    Args:
        profiles: the profiles.
        active: name of the active one.

    Raises:
        SettingsError: two have the same name.
    """

    def __init__(self, profiles: Iterable[Profile], active: str | None) -> None:
        self.profiles_by_name: dict[str, Profile] = {}
        self._active = active
        for each in profiles:
            self.add_profile(each)

    @property
    def names(self) -> set[str]:
        """The names of the profiles."""
        return set(self.profiles_by_name)

    @property
    def active_name(self) -> str | None:
        """Name of the active profile."""
        return self._active

    @property
    def active_profile(self) -> Profile | None:
        """The active profile."""
        return self.profiles_by_name.get(self._active) if self._active is not None else None

    def set_active(self, name: str | None, check: bool = True) -> None:
        """Make a profile the active one.

        Raises:
            SettingsError: there is none of that name, and `check` is True.
        """
        if check and name is not None and name not in self.profiles_by_name:
            raise SettingsError(f"There is no profile {name!r}; there are: {self._listed()}.")
        self._active = name

    def add_profile(self, profile: Profile) -> None:
        """Add a profile. Raises `SettingsError` when there is one of that name."""
        if profile.name in self.profiles_by_name:
            raise SettingsError(f"There is a profile {profile.name!r} already.")
        self.profiles_by_name[profile.name] = profile

    def update_profile(
        self, name: str, settings: Mapping[Name, Any], source: Path | None = None
    ) -> Profile:
        """Add settings to a profile, which is made when it is new; None takes one away."""
        before = self.profiles_by_name.get(name, Profile(name, {}, source))
        values = {str(each): value for each, value in before.settings.items()}
        values |= {by_name(str(each)).name: value for each, value in settings.items()}
        kept = {Variable(each): value for each, value in values.items() if value is not None}
        changed = Profile(name, kept, source or before.source)
        changed.validate_settings()
        self.profiles_by_name[name] = changed
        return changed

    def remove_profile(self, name: str) -> None:
        """Take a profile away. Raises `SettingsError` when there is none of that name."""
        if self.profiles_by_name.pop(name, None) is None:
            raise SettingsError(f"There is no profile {name!r}; there are: {self._listed()}.")

    def items(self) -> list[tuple[str, Profile]]:
        """Names and profiles."""
        return list(self.profiles_by_name.items())

    def __getitem__(self, name: str) -> Profile:
        return self.profiles_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.profiles_by_name)

    def __len__(self) -> int:
        return len(self.profiles_by_name)

    def __contains__(self, name: object) -> bool:
        return name in self.profiles_by_name

    def _listed(self) -> str:
        return ", ".join(sorted(self.profiles_by_name)) or "none"


def load_profiles(include_defaults: bool = True) -> ProfilesCollection:
    """The profiles of this home.

    Args:
        include_defaults: with the profile `default`, when the file does not have it.

    Raises:
        SettingsError: the profiles file cannot be read.
    """
    path, active = locate()
    texts = dict(profiles.read(path).texts)
    if include_defaults:
        texts.setdefault(profiles.DEFAULT, {})
    return ProfilesCollection([_profile(name, texts[name], path) for name in texts], active)


def load_profile(name: str) -> Profile:
    """One profile. Raises `SettingsError` when there is none of that name."""
    found = load_profiles()
    if name not in found:
        raise SettingsError(f"There is no profile {name!r}; there are: {', '.join(sorted(found))}.")
    return found[name]


def load_current_profile() -> Profile:
    """The profile in use."""
    found = load_profiles()
    return found.active_profile or Profile(found.active_name or profiles.DEFAULT)


def save_profiles(wanted: ProfilesCollection) -> None:
    """Make the profiles file hold these profiles and no others.

    Raises:
        SettingsError: a value is not allowed, or the file cannot be written.
    """
    for each in wanted.profiles_by_name.values():
        each.validate_settings()
    path, _ = locate()
    there = profiles.read(path)
    for name, profile in wanted.items():
        texts = profile.to_environment_variables()
        if name not in there.texts:
            profiles.create(path, name, texts)
            continue
        for variable, text in texts.items():
            profiles.write(path, name, variable, text)
        for variable in set(there.texts[name]) - set(texts):
            profiles.write(path, name, variable, None)
    if wanted.active_name is not None:
        profiles.use(path, wanted.active_name)
    for name in set(there.texts) - wanted.names:
        profiles.delete(path, name)
    refresh()


def update_current_profile(settings: Mapping[Name, Any]) -> Profile:
    """Change settings of the profile in use, in the profiles file; None takes one away.

    Raises:
        SettingsError: a name is no setting, a value is not allowed, or the file cannot be written.
    """
    path, active = locate()
    texts = {by_name(str(each)): value for each, value in settings.items()}
    for setting, value in texts.items():
        setting.parse(text_of(value))
    for setting, value in texts.items():
        profiles.write(path, active, setting.name, None if value is None else text_of(value))
    refresh()
    return load_profile(active)


def _profile(name: str, texts: Mapping[str, str], path: Path) -> Profile:
    known = {Variable(BY_NAME[each].name): texts[each] for each in texts if each in BY_NAME}
    values = {variable: variable.setting.parse(text) for variable, text in known.items()}
    return Profile(name, values, path)
