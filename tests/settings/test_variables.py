"""The documented Python names: setting objects, `temporary_settings`."""

from __future__ import annotations

from pathlib import Path

import pytest

import signoff.settings
from signoff.settings import SettingsError, get_current_settings, temporary_settings


def test_setting_objects_have_a_value(signoff_home: Path) -> None:
    port = signoff.settings.SIGNOFF_SERVER_API_PORT
    assert (str(port), port.value(), port.default()) == ("SIGNOFF_SERVER_API_PORT", 4200, 4200)
    with temporary_settings({port: 1, signoff.settings.SIGNOFF_TERMINAL_PROMPT: False}) as settings:
        assert port.value() == settings.server_api_port == 1
        assert get_current_settings().terminal_prompt is False
        with temporary_settings(restore_defaults=[port]):
            assert port.value() == 4200
        with temporary_settings(set_defaults={port: 2, "SIGNOFF_CLIENT_MAX_RETRIES": 3}):
            assert port.value() == 1
            assert get_current_settings().client_max_retries == 3
    assert port.value() == 4200


def test_names_that_are_no_settings(signoff_home: Path) -> None:
    with pytest.raises(AttributeError, match="SIGNOFF_NOPE"):
        signoff.settings.SIGNOFF_NOPE  # noqa: B018
    with (
        pytest.raises(SettingsError, match="SIGNOFF_NOPE"),
        temporary_settings({"SIGNOFF_NOPE": 1}),
    ):
        pass
    assert "SIGNOFF_API_URL" in dir(signoff.settings)
