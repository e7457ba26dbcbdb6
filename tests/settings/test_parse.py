"""Settings from text: what is understood, and what is said about the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.model.settings import BY_NAME, MASKED, SETTINGS, Settings, SettingsError


def test_nothing_set_means_the_defaults() -> None:
    settings = Settings.parse({})
    assert settings == Settings()
    assert settings.server_api_port == 4200
    assert settings.journal_changed == "recall"
    assert settings.terminal_prompt is True


def test_every_setting_is_described_and_named_after_its_field() -> None:
    for setting in SETTINGS:
        assert setting.name == "SIGNOFF_" + setting.attribute.upper()
        assert setting.help.endswith(".")
        assert setting.allowed
        assert hasattr(Settings(), setting.attribute)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("SIGNOFF_SERVER_API_PORT", " 80 ", 80),
        ("SIGNOFF_SERVER_API_PORT", "0", 0),
        ("SIGNOFF_API_REQUEST_TIMEOUT", "1.5", 1.5),
        ("SIGNOFF_TERMINAL_PROMPT", "off", False),
        ("SIGNOFF_RESULTS_PERSIST_BY_DEFAULT", "YES", True),
        ("SIGNOFF_LOGGING_LEVEL", "debug", "DEBUG"),
        ("SIGNOFF_JOURNAL_CHANGED", "Rerun", "rerun"),
        ("SIGNOFF_API_URL", "http://127.0.0.1:4200/api/", "http://127.0.0.1:4200/api"),
        ("SIGNOFF_RESULTS_LOCAL_STORAGE_PATH", "/data/results", Path("/data/results")),
        ("SIGNOFF_API_AUTH_STRING", "ann:s:x", "ann:s:x"),
    ],
)
def test_text_becomes_a_value(name: str, text: str, value: object) -> None:
    assert getattr(Settings.parse({name: text}), BY_NAME[name].attribute) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SIGNOFF_SERVER_API_PORT", "65536"),
        ("SIGNOFF_SERVER_API_PORT", "-1"),
        ("SIGNOFF_SERVER_API_PORT", "http"),
        ("SIGNOFF_API_REQUEST_TIMEOUT", "0"),
        ("SIGNOFF_API_REQUEST_TIMEOUT", "nan"),
        ("SIGNOFF_API_REQUEST_TIMEOUT", "inf"),
        ("SIGNOFF_PROCESS_LEASE_SECONDS", "-1"),
        ("SIGNOFF_TERMINAL_PROMPT", "maybe"),
        ("SIGNOFF_LOGGING_LEVEL", "LOUD"),
        ("SIGNOFF_API_URL", "127.0.0.1:4200"),
        ("SIGNOFF_API_URL", "http://"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(name: str, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.parse({name: text})
    (problem,) = caught.value.problems
    assert (problem.name, problem.value) == (name, text)
    assert problem.allowed == BY_NAME[name].allowed
    assert str(caught.value) == f"{name}={text}: must be {problem.allowed}"


def test_every_bad_value_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.parse({"SIGNOFF_SERVER_API_PORT": "x", "SIGNOFF_LOGGING_LEVEL": "y"})
    assert [problem.name for problem in caught.value.problems] == [
        "SIGNOFF_SERVER_API_PORT",
        "SIGNOFF_LOGGING_LEVEL",
    ]


def test_a_bad_secret_is_never_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.parse({"SIGNOFF_API_AUTH_STRING": "hunter2"})
    assert "hunter2" not in str(caught.value)
    assert MASKED in str(caught.value)
    assert "hunter2" not in repr(Settings(api_auth_string="ann:hunter2"))
    with pytest.raises(SettingsError, match="postgresql://user@host/name") as caught:
        Settings.parse({"SIGNOFF_SERVER_DATABASE_CONNECTION_URL": "mysql://ann:hunter2@db/x"})
    assert "hunter2" not in str(caught.value)


def test_a_database_in_memory_keeps_nothing() -> None:
    with pytest.raises(SettingsError, match="SIGNOFF_SERVER_DATABASE_CONNECTION_URL"):
        Settings.parse({"SIGNOFF_SERVER_DATABASE_CONNECTION_URL": "sqlite+aiosqlite:///:memory:"})


def test_empty_text_means_the_default() -> None:
    assert Settings.parse({"SIGNOFF_API_URL": "", "SIGNOFF_SERVER_API_PORT": " "}) == Settings()


def test_an_older_name_is_understood_and_the_present_one_wins() -> None:
    old = {"SIGNOFF_API_DATABASE_CONNECTION_URL": "postgresql+asyncpg://db/old"}
    new = {"SIGNOFF_SERVER_DATABASE_CONNECTION_URL": "postgresql://db/new"}
    assert Settings.parse(old).server_database_connection_url == "postgresql://db/old"
    assert Settings.parse(old | new).server_database_connection_url == "postgresql://db/new"
    with pytest.raises(SettingsError) as caught:
        Settings.parse({"SIGNOFF_TASK_DEFAULT_RETRIES": "many"})
    assert caught.value.problems[0].name == "SIGNOFF_TASK_DEFAULT_RETRIES"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("sqlite+aiosqlite:////data/x.db", "sqlite:////data/x.db"),
        ("postgres://u:p@db/x?sslmode=require", "postgresql://u:p@db/x?sslmode=require"),
        ("postgresql+asyncpg://db/x", "postgresql://db/x"),
    ],
)
def test_documented_database_urls_lose_their_driver(text: str, url: str) -> None:
    name = "SIGNOFF_SERVER_DATABASE_CONNECTION_URL"
    assert Settings.parse({name: text}).server_database_connection_url == url


def test_profiles_are_in_the_home() -> None:
    settings = Settings.parse({"SIGNOFF_HOME": "/data/signoff"})
    assert settings.profiles_file == Path("/data/signoff/profiles.toml")
