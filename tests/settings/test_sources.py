"""Where settings come from: environment, `.env`, `signoff.toml`, `pyproject.toml`, profile,
default, in this order."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from signoff.gateway import profiles, settings
from signoff.gateway.settings import Source, resolve
from signoff.model.settings import SettingsError
from tests.support.processes import Spawner

PORT = "SIGNOFF_SERVER_API_PORT"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    return here


def write_profile(home: Path, text: str) -> None:
    (home / "profiles.toml").write_text(text)
    settings.refresh()


def test_precedence(signoff_home: Path, folder: Path) -> None:
    base = {"SIGNOFF_HOME": str(signoff_home)}
    assert resolve(base, folder).settings.server_api_port == 4200
    assert resolve(base, folder).sources[PORT] is Source.DEFAULT
    write_profile(signoff_home, '[profiles.default]\nSIGNOFF_SERVER_API_PORT = "1"\n')
    assert resolve(base, folder).settings.server_api_port == 1
    assert resolve(base, folder).sources[PORT] is Source.PROFILE
    (folder / "pyproject.toml").write_text("[tool.signoff.server.api]\nport = 12\n")
    assert resolve(base, folder).settings.server_api_port == 12
    assert resolve(base, folder).sources[PORT] is Source.PYPROJECT
    (folder / "signoff.toml").write_text("[server.api]\nport = 11\n")
    assert resolve(base, folder).settings.server_api_port == 11
    assert resolve(base, folder).sources[PORT] is Source.SIGNOFF_TOML
    (folder / ".env").write_text(f"{PORT}=2\n")
    assert resolve(base, folder).settings.server_api_port == 2
    assert resolve(base, folder).sources[PORT] is Source.DOTENV
    found = resolve({**base, PORT: "3"}, folder)
    assert found.settings.server_api_port == 3
    assert found.sources[PORT] is Source.ENVIRONMENT


def test_an_empty_variable_hides_the_profile(signoff_home: Path, folder: Path) -> None:
    write_profile(signoff_home, '[profiles.default]\nSIGNOFF_API_URL = "http://server/api"\n')
    base = {"SIGNOFF_HOME": str(signoff_home)}
    assert resolve(base, folder).settings.api_url == "http://server/api"
    assert resolve({**base, "SIGNOFF_API_URL": ""}, folder).settings.api_url is None


def test_an_older_name_nearer_by_wins(signoff_home: Path, folder: Path) -> None:
    write_profile(signoff_home, "[profiles.default]\nSIGNOFF_TASKS_DEFAULT_RETRIES = 1\n")
    environ = {"SIGNOFF_HOME": str(signoff_home), "SIGNOFF_TASK_DEFAULT_RETRIES": "2"}
    found = resolve(environ, folder)
    assert found.settings.tasks_default_retries == 2
    assert found.sources["SIGNOFF_TASKS_DEFAULT_RETRIES"] is Source.ENVIRONMENT


def test_the_home_is_an_absolute_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert resolve({}, folder).settings.home == Path("/home/ann/.signoff")
    assert resolve({"SIGNOFF_HOME": "~/x"}, folder).settings.home == Path("/home/ann/x")
    assert resolve({"SIGNOFF_HOME": "x"}, folder).settings.home == folder / "x"


def test_dotenv_lines(signoff_home: Path, folder: Path) -> None:
    (folder / ".env").write_text(
        "# comment\nOTHER=1\nexport SIGNOFF_SERVER_API_HOST='0.0.0.0'\n"
        'SIGNOFF_API_AUTH_STRING = "ann:# pass" # why\nSIGNOFF_SERVER_API_PORT=5 # five\nnoise\n'
    )
    found = resolve({"SIGNOFF_HOME": str(signoff_home)}, folder).settings
    assert found.server_api_host == "0.0.0.0"
    assert found.api_auth_string == "ann:# pass"
    assert found.server_api_port == 5


def test_a_dotenv_file_that_is_no_text_stops_nothing(signoff_home: Path, folder: Path) -> None:
    (folder / ".env").write_bytes(b"\xff\xfeSIGNOFF\x00")
    assert resolve({"SIGNOFF_HOME": str(signoff_home)}, folder).settings.server_api_port == 4200


def test_the_active_profile_counts_unless_another_is_named(
    signoff_home: Path, folder: Path
) -> None:
    write_profile(
        signoff_home,
        'active = "work"\n[profiles.work]\nSIGNOFF_SERVER_API_PORT = 1\n'
        "[profiles.spare]\nSIGNOFF_SERVER_API_PORT = 2\nSIGNOFF_TERMINAL_PROMPT = false\n",
    )
    base = {"SIGNOFF_HOME": str(signoff_home)}
    assert resolve(base, folder).profile == "work"
    assert resolve(base, folder).settings.server_api_port == 1
    found = resolve({**base, "SIGNOFF_PROFILE": "spare"}, folder)
    assert (found.profile, found.settings.server_api_port) == ("spare", 2)
    assert found.settings.terminal_prompt is False
    with pytest.raises(SettingsError, match=r"no profile 'other'.*it has: spare, work"):
        resolve({**base, "SIGNOFF_PROFILE": "other"}, folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("active = ", "is not valid TOML"),
        ("active = 3", "must have the form"),
        ("[profiles]\ndefault = 3", "profile 'default' must be a table"),
        ("[profiles.default]\nSIGNOFF_API_URL = [1]", "SIGNOFF_API_URL must be text"),
        ('[profiles.default]\nSIGNOFF_HOME = "/x"', "cannot be set in a profile"),
        ("[profiles.default]\nSIGNOFF_SERVER_API_PORT = 'x'", r"\(from profile\)"),
    ],
)
def test_a_bad_profiles_file_is_one_clear_error(
    signoff_home: Path, folder: Path, text: str, said: str
) -> None:
    (signoff_home / "profiles.toml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        resolve({"SIGNOFF_HOME": str(signoff_home)}, folder)


def test_variables_that_are_no_settings_are_told_apart(signoff_home: Path, folder: Path) -> None:
    environ = {
        "SIGNOFF_HOME": str(signoff_home),
        "SIGNOFF_API_ULR": "http://x",
        "SIGNOFF__RUNTIME__FLOW_RUN__NAME": "x",
    }
    assert resolve(environ, folder).unknown == {"SIGNOFF_API_ULR": Source.ENVIRONMENT}


def test_a_changed_environment_is_seen_at_once(
    signoff_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.current_settings().home == signoff_home
    first = settings.current_settings()
    assert settings.current_settings() is first
    monkeypatch.setenv(PORT, "7")
    assert settings.current_settings().server_api_port == 7
    monkeypatch.delenv(PORT)
    assert settings.current_settings().server_api_port == 4200


def test_a_changed_file_is_seen_after_refresh(signoff_home: Path) -> None:
    assert settings.current_settings().server_api_port == 4200
    (signoff_home / "profiles.toml").write_text("[profiles.default]\nSIGNOFF_SERVER_API_PORT = 8")
    assert settings.refresh().server_api_port == 8


def test_override_holds_for_threads_and_children_and_ends(
    signoff_home: Path, spawn_python: Spawner
) -> None:
    seen = []
    with settings.override({PORT: "9", "SIGNOFF_API_DATABASE_CONNECTION_URL": "sqlite:////x"}):
        thread = threading.Thread(
            target=lambda: seen.append(settings.current_settings().server_api_port)
        )
        thread.start()
        thread.join()
        child = spawn_python(
            "from signoff.gateway.settings import current_settings\n"
            "print(current_settings().server_api_port)"
        )
        assert child.wait_ok().strip() == "9"
        assert settings.current_settings().server_database_connection_url == "sqlite:////x"
    assert seen == [9]
    assert settings.current_settings().server_api_port == 4200
    assert PORT not in os.environ


def test_override_refuses_what_is_no_setting(signoff_home: Path) -> None:
    before = dict(os.environ)
    with (
        pytest.raises(SettingsError, match="SIGNOFF_NOPE"),
        settings.override({PORT: "9", "SIGNOFF_NOPE": "1"}),
    ):
        pass
    with pytest.raises(SettingsError, match=PORT), settings.override({PORT: "x"}):
        pass
    assert dict(os.environ) == before


# Writing profiles --------------------------------------------------------------------------


def test_writing_keeps_what_people_wrote(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text(
        '# mine\nactive = "a"\n\n[profiles.a] # first\n# the port\n"SIGNOFF_SERVER_API_PORT" = 1\n'
        'SIGNOFF_LOGGING_LEVEL = "DEBUG"\n\n[profiles.b]\nSIGNOFF_SERVER_API_PORT = 2\n'
    )
    profiles.write(path, "a", PORT, "3")
    profiles.write(path, "c", PORT, "4")
    profiles.write(path, "a", "SIGNOFF_LOGGING_LEVEL", None)
    assert path.read_text() == (
        '# mine\nactive = "a"\n\n[profiles.a] # first\n# the port\n'
        'SIGNOFF_SERVER_API_PORT = "3"\n\n[profiles.b]\nSIGNOFF_SERVER_API_PORT = 2\n'
        '\n[profiles.c]\nSIGNOFF_SERVER_API_PORT = "4"\n'
    )


def test_writing_makes_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "home" / "profiles.toml"
    profiles.write(path, "default", "SIGNOFF_API_AUTH_STRING", 'ann:"p\\q"\té')
    assert profiles.read(path).texts["default"]["SIGNOFF_API_AUTH_STRING"] == 'ann:"p\\q"\té'
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["profiles.toml"]


def test_writing_understands_what_the_line_editor_does_not(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text('active = "a"\nprofiles.a.SIGNOFF_API_URL = """\nhttp://x/api"""\n')
    profiles.write(path, "a", PORT, "3")
    assert profiles.read(path) == profiles.Profiles(
        "a", {"a": {"SIGNOFF_API_URL": "http://x/api", PORT: "3"}}
    )


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be"):
        profiles.write(tmp_path / "file" / "profiles.toml", "a", PORT, "3")


def test_files_of_a_project(signoff_home: Path, folder: Path) -> None:
    base = {"SIGNOFF_HOME": str(signoff_home)}
    (folder / "pyproject.toml").write_text("[project]\nname = 'not ours'\nbroken =\n")
    assert resolve(base, folder).settings.terminal_prompt is True
    (folder / "pyproject.toml").write_text("[tool.signoff]\nlogging.level = 'DEBUG'\n")
    (folder / "signoff.toml").write_text("terminal_prompt = false\nSIGNOFF_SERVER_API_PORT = 7\n")
    found = resolve(base, folder)
    assert found.settings.logging_level == "DEBUG"
    assert found.settings.terminal_prompt is False
    assert found.settings.server_api_port == 7


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("signoff.toml", "[api\n", "not valid TOML"),
        ("signoff.toml", "[api]\nurl = 1979-05-27\n", "SIGNOFF_API_URL must be text"),
        ("signoff.toml", "[server.api]\nport = 'x'\n", r"SIGNOFF_SERVER_API_PORT=x.*signoff.toml"),
        ("pyproject.toml", "[tool]\nsignoff = 1\n# tool.signoff\n", "must be a table"),
    ],
)
def test_project_files_that_cannot_be_used(
    signoff_home: Path, folder: Path, name: str, text: str, said: str
) -> None:
    (folder / name).write_text(text)
    with pytest.raises(SettingsError, match=said):
        resolve({"SIGNOFF_HOME": str(signoff_home)}, folder)


def test_what_a_project_file_sets_wrongly_is_named(signoff_home: Path, folder: Path) -> None:
    (folder / "signoff.toml").write_text("[api]\nulr = 'http://x'\n")
    found = resolve({"SIGNOFF_HOME": str(signoff_home)}, folder)
    assert found.unknown == {"SIGNOFF_API_ULR": Source.SIGNOFF_TOML}
