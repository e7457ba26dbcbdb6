"""Settings: reading them, and changing them for a while.

`SIGNOFF_API_URL` and its like are setting objects: `SIGNOFF_API_URL.value()` is the value now.
"""

from __future__ import annotations

from signoff.gateway.profile_objects import (
    Profile,
    ProfilesCollection,
    load_current_profile,
    load_profile,
    load_profiles,
    save_profiles,
    update_current_profile,
)
from signoff.gateway.settings import current_settings as get_current_settings
from signoff.gateway.variables import Variable, temporary_settings
from signoff.model.settings import BY_NAME, Setting, Settings, SettingsError

__all__ = [
    "Profile",
    "ProfilesCollection",
    "Setting",
    "Settings",
    "SettingsError",
    "get_current_settings",
    "load_current_profile",
    "load_profile",
    "load_profiles",
    "save_profiles",
    "temporary_settings",
    "update_current_profile",
]


def __getattr__(name: str) -> Variable:
    if name in BY_NAME:
        return Variable(BY_NAME[name].name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *BY_NAME})
