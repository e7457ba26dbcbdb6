"""`signoff profile`: named sets of settings."""

from __future__ import annotations

import pytest

from tests.cli.shell import Shell


def test_a_life_of_a_profile(shell: Shell) -> None:
    assert shell.main("profile", "ls", "--output", "json").json() == [
        {"name": "default", "active": True}
    ]
    shell.main("config", "set", "SIGNOFF_SERVER_API_PORT=1").ok()
    shell.main("profile", "create", "other", "--from", "default").ok()
    assert "is active" in shell.main("profile", "use", "other").ok()
    shell.main("config", "set", "SIGNOFF_API_AUTH_STRING=ann:hunter2").ok()
    assert shell.main("profile", "inspect", "--output", "json").json() == {
        "SIGNOFF_SERVER_API_PORT": "1",
        "SIGNOFF_API_AUTH_STRING": "********",
    }
    shell.main("profile", "rename", "other", "renamed").ok()
    assert shell.main("profile", "ls", "--output", "json").json() == [
        {"name": "default", "active": False},
        {"name": "renamed", "active": True},
    ]
    assert "is active" in shell.main("profile", "delete", "renamed").refused()
    shell.main("profile", "use", "default").ok()
    shell.main("profile", "delete", "renamed").ok()
    assert (shell.home / "profiles.toml").read_text() == (
        'active = "default"\n\n[profiles.default]\nSIGNOFF_SERVER_API_PORT = "1"\n\n'
    )


def test_what_people_wrote_stays(shell: Shell) -> None:
    path = shell.home / "profiles.toml"
    path.write_text('# ours\nactive = "a" # now\n\n[profiles.a]\n# why\nSIGNOFF_API_URL = "x"\n')
    shell.main("profile", "create", "b").ok()
    shell.main("profile", "rename", "a", "c").ok()
    assert path.read_text() == (
        '# ours\nactive = "c"\n\n[profiles.c]\n# why\nSIGNOFF_API_URL = "x"\n\n[profiles.b]\n'
    )


def test_populate_defaults_twice(shell: Shell) -> None:
    assert "Added" in shell.main("profile", "populate-defaults").ok()
    assert "already" in shell.main("profile", "populate-defaults").ok()
    assert shell.main("profile", "inspect", "local", "--output", "json").json() == {
        "SIGNOFF_API_URL": "http://127.0.0.1:4200/api"
    }


@pytest.mark.parametrize(
    "words",
    [
        ("use", "nobody"),
        ("inspect", "nobody"),
        ("delete", "nobody"),
        ("rename", "nobody", "x"),
        ("create", "x", "--from", "nobody"),
    ],
)
def test_a_profile_that_is_not_there(shell: Shell, words: tuple[str, ...]) -> None:
    assert "There is no profile 'nobody'" in shell.main("profile", *words).refused()


def test_a_name_that_is_taken(shell: Shell) -> None:
    shell.main("profile", "create", "a").ok()
    shell.main("profile", "create", "b").ok()
    assert "already" in shell.main("profile", "create", "a").refused()
    assert "already" in shell.main("profile", "rename", "a", "b").refused()


def test_the_environment_chooses(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.main("profile", "create", "a").ok()
    shell.main("profile", "create", "b").ok()
    monkeypatch.setenv("SIGNOFF_PROFILE", "a")
    ran = shell.main("profile", "use", "b")
    assert ran.code == 0
    assert "SIGNOFF_PROFILE=a" in ran.err


def test_validate(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Every value is allowed" in shell.main("config", "validate").ok()
    monkeypatch.setenv("SIGNOFF_SERVER_API_PORT", "many")
    assert "SIGNOFF_SERVER_API_PORT=many" in shell.main("config", "validate").refused()


def test_view_without_sources_and_with_secrets(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_API_AUTH_STRING", "ann:hunter2")
    shown = shell.main("config", "view", "--hide-sources", "--show-secrets").ok()
    assert "hunter2" in shown
    assert "environment" not in shown
