"""The documented Python side of profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.settings import SIGNOFF_API_URL as API_URL
from signoff.settings import SIGNOFF_SERVER_API_PORT as PORT
from signoff.settings import (
    Profile,
    SettingsError,
    get_current_settings,
    load_current_profile,
    load_profile,
    load_profiles,
    save_profiles,
    update_current_profile,
)


def test_without_a_file_there_is_the_default_profile(signoff_home: Path) -> None:
    found = load_profiles()
    assert (found.names, found.active_name, len(found)) == ({"default"}, "default", 1)
    assert load_current_profile().settings == {}
    assert list(load_profiles(include_defaults=False)) == []


def test_profiles_are_saved_and_loaded(signoff_home: Path) -> None:
    found = load_profiles()
    found.add_profile(Profile("other", {API_URL: "http://h/api", PORT: 7}))
    found.update_profile("default", {"SIGNOFF_SERVER_API_PORT": 8})
    found.set_active("other")
    save_profiles(found)
    assert get_current_settings().server_api_port == 7
    again = load_profiles()
    assert again.active_profile == again["other"] == load_profile("other") == load_current_profile()
    assert again["other"].settings == {API_URL: "http://h/api", PORT: 7}
    assert again["other"].source == signoff_home / "profiles.toml"
    assert again["other"].to_environment_variables() == {
        "SIGNOFF_API_URL": "http://h/api",
        "SIGNOFF_SERVER_API_PORT": "7",
    }
    again.update_profile("other", {PORT: None})
    again.remove_profile("default")
    save_profiles(again)
    assert [(name, dict(p.settings)) for name, p in load_profiles(False).items()] == [
        ("other", {API_URL: "http://h/api"})
    ]


def test_the_profile_in_use_is_updated(signoff_home: Path) -> None:
    assert update_current_profile({PORT: 9, API_URL: "http://h/api"}).settings[PORT] == 9
    assert get_current_settings().server_api_port == 9
    assert PORT not in update_current_profile({"SIGNOFF_SERVER_API_PORT": None}).settings
    assert get_current_settings().server_api_port == 4200


def test_what_is_wrong_is_named(signoff_home: Path) -> None:
    found = load_profiles()
    with pytest.raises(SettingsError, match="There is no profile 'nope'; there are: default"):
        found.set_active("nope")
    found.set_active("nope", check=False)
    with pytest.raises(SettingsError, match="There is a profile 'default' already"):
        found.add_profile(Profile("default"))
    with pytest.raises(SettingsError, match="There is no profile 'nope'"):
        found.remove_profile("nope")
    with pytest.raises(SettingsError, match="SIGNOFF_SERVER_API_PORT=x: must be a whole number"):
        found.update_profile("default", {PORT: "x"})
    with pytest.raises(SettingsError, match="no setting 'SIGNOFF_NOPE'"):
        update_current_profile({"SIGNOFF_NOPE": 1})
    with pytest.raises(SettingsError, match="There is no profile 'nope'"):
        load_profile("nope")
    assert not (signoff_home / "profiles.toml").exists()
