"""The documented Python names: setting objects, `temporary_settings`."""

from __future__ import annotations

import os
from operator import attrgetter
from pathlib import Path

import pytest

import signoff.settings
from signoff.settings import Settings, SettingsError, get_current_settings, temporary_settings


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


def test_settings_by_section(signoff_home: Path) -> None:
    with temporary_settings(
        {
            "SIGNOFF_SERVER_API_PORT": 1,
            "SIGNOFF_API_URL": "http://h/api",
            "SIGNOFF_API_AUTH_STRING": "a:secret",
        }
    ) as settings:
        assert settings.server.api.port == settings.server_api_port == 1
        assert get_current_settings().api.url == "http://h/api"
        assert settings.logging.level == "INFO"
        assert settings.logging.to_api.enabled is True
        assert settings.tasks.runner.thread_pool_max_workers is None
        assert settings.server == get_current_settings().server
        assert settings.server != settings.api
        assert {"port", "host"} <= set(dir(settings.server.api))
        assert "url" in repr(settings.api)
        assert "secret" not in repr(settings.api)
    for wrong in ("servr", "server.ap", "api.nope"):
        with pytest.raises(AttributeError, match="There is no setting"):
            attrgetter(wrong)(get_current_settings())


def test_settings_are_copied_and_written_out(signoff_home: Path) -> None:
    settings = get_current_settings().copy_with_update(
        {"SIGNOFF_SERVER_API_PORT": 7, signoff.settings.SIGNOFF_API_AUTH_STRING: "a:b"},
        set_defaults={"SIGNOFF_SERVER_API_PORT": 8, "SIGNOFF_CLIENT_MAX_RETRIES": 2},
        restore_defaults=["SIGNOFF_HOME"],
    )
    assert (settings.server_api_port, settings.client_max_retries) == (7, 2)
    assert settings.home == Settings().home
    assert settings.to_environment_variables(exclude_unset=True, include_secrets=False) == {
        "SIGNOFF_SERVER_API_PORT": "7",
        "SIGNOFF_CLIENT_MAX_RETRIES": "2",
    }
    texts = settings.to_environment_variables()
    assert texts["SIGNOFF_API_AUTH_STRING"] == "a:b"
    assert Settings.parse(texts) == settings
    assert signoff.settings.SIGNOFF_SERVER_API_PORT.value_from(settings) == 7
    with pytest.raises(SettingsError, match="SIGNOFF_SERVER_API_PORT=x"):
        settings.copy_with_update({"SIGNOFF_SERVER_API_PORT": "x"})


def test_lists_are_set_as_lists(signoff_home: Path) -> None:
    with temporary_settings({"SIGNOFF_LOGGING_EXTRA_LOGGERS": ["a", "b.c"]}) as settings:
        assert settings.logging.extra_loggers == ("a", "b.c")
        assert os.environ["SIGNOFF_LOGGING_EXTRA_LOGGERS"] == "a,b.c"
