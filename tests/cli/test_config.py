"""`signoff config` and `signoff version`, and how errors of the command line look."""

from __future__ import annotations

import json

import pytest

from signoff.model.settings import SETTINGS
from tests.cli.shell import Shell


def test_view_tells_values_and_sources(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.main("config", "set", "SIGNOFF_SERVER_API_PORT=1").ok()
    monkeypatch.setenv("SIGNOFF_API_AUTH_STRING", "ann:hunter2")
    shown = shell.main("config", "view", "--output", "json").json()
    assert [list(each) for each in shown] == [["name", "value", "source", "help"]] * len(SETTINGS)
    by_name = {each["name"]: (each["value"], each["source"]) for each in shown}
    assert by_name["SIGNOFF_SERVER_API_PORT"] == (1, "profile")
    assert by_name["SIGNOFF_API_AUTH_STRING"] == ("********", "environment")
    assert by_name["SIGNOFF_TERMINAL_PROMPT"] == (True, "default")
    assert by_name["SIGNOFF_HOME"] == (str(shell.home), "environment")
    table = shell.main("config", "view", "--hide-defaults").ok()
    assert "profile default" in table
    assert "hunter2" not in table
    assert "SIGNOFF_TERMINAL_PROMPT" not in table


def test_view_warns_of_variables_that_are_no_settings(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_API_ULR", "http://x")
    ran = shell.main("config", "view")
    assert ran.code == 0
    assert ran.err == (
        "Warning: SIGNOFF_API_ULR (from environment) is no setting (perhaps SIGNOFF_API_URL is "
        "meant).\n"
    )


def test_set_and_unset(shell: Shell) -> None:
    said = shell.main("config", "set", "server_api_port=8080", "SIGNOFF_LOGGING_LEVEL=debug").ok()
    assert said == (
        "Set SIGNOFF_SERVER_API_PORT in profile default.\n"
        "Set SIGNOFF_LOGGING_LEVEL in profile default.\n"
    )
    assert (shell.home / "profiles.toml").read_text() == (
        'active = "default"\n\n[profiles.default]\nSIGNOFF_SERVER_API_PORT = "8080"\n'
        'SIGNOFF_LOGGING_LEVEL = "debug"\n'
    )
    assert (
        shell.main("config", "unset", "SIGNOFF_SERVER_API_PORT").ok()
        == "Took SIGNOFF_SERVER_API_PORT out of profile default.\n"
    )
    assert "is not set in profile" in shell.main("config", "unset", "server_api_port").refused()


def test_set_says_when_the_environment_counts(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_SERVER_API_PORT", "1")
    ran = shell.main("config", "set", "SIGNOFF_SERVER_API_PORT=2")
    assert ran.code == 0
    assert "is set in the environment as well, and that value counts" in ran.err


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("PREFECT_API_URL=1", "There is no setting 'PREFECT_API_URL' (write SIGNOFF_API_URL)"),
        ("SIGNOFF_RUNNER_POLL_FREQUENCY=1", "it is not needed: nothing is looked for again"),
        ("SIGNOFF_SERVER_API_PRT=1", "There is no setting 'SIGNOFF_SERVER_API_PRT' (perhaps"),
        ("SIGNOFF_SERVER_API_PORT=many", "SIGNOFF_SERVER_API_PORT=many: must be a whole number"),
        ("SIGNOFF_HOME=/x", "SIGNOFF_HOME says where the profile is"),
    ],
)
def test_set_refuses_and_writes_nothing(shell: Shell, pair: str, said: str) -> None:
    assert said in shell.main("config", "set", "SIGNOFF_API_REQUEST_TIMEOUT=1", pair).refused()
    assert not (shell.home / "profiles.toml").exists()


def test_set_mends_a_bad_profile(shell: Shell) -> None:
    (shell.home / "profiles.toml").write_text("[profiles.default]\nSIGNOFF_LOGGING_LEVEL = 3\n")
    assert "SIGNOFF_LOGGING_LEVEL=3: must be one of" in shell.run("config", "view").refused()
    assert "Set SIGNOFF_LOGGING_LEVEL" in shell.run("config", "set", "logging_level=INFO").ok()
    shell.run("config", "view").ok()


def test_a_pair_without_a_value_is_a_usage_error(shell: Shell) -> None:
    ran = shell.main("config", "set", "SIGNOFF_API_URL")
    assert ran.code == 2
    assert "must be written as NAME=VALUE" in ran.err


def test_version(shell: Shell) -> None:
    facts = shell.main("version", "-o", "json").json()
    assert list(facts) == ["version", "python", "platform", "profile", "home", "server"]
    assert facts["home"] == str(shell.home)
    assert facts["server"] is None
    assert facts["version"] in shell.main("version").ok()


def test_a_bad_environment_is_one_line_and_no_traceback(shell: Shell) -> None:
    ran = shell.run("inbox", env={"SIGNOFF_SERVER_API_PORT": "x"})
    assert ran.refused() == (
        "SIGNOFF_SERVER_API_PORT=x: must be a whole number from 0 to 65535 (from environment)"
    )


@pytest.mark.parametrize(
    "words", [["nonsense"], ["flow-run", "ls", "--limit", "0"], ["flow-run", "inspect"], []]
)
def test_a_command_written_wrongly_has_exit_code_2(shell: Shell, words: list[str]) -> None:
    assert shell.main(*words).code == 2


def test_starting_loads_nothing_heavy(shell: Shell) -> None:
    heavy = ("rich", "sqlite3", "jsonschema", "asyncio", "starlette", "http.client")
    program = (
        "import sys\nfrom signoff.cli.main import main\ntry:\n    main(['version', '-o', 'json'])\n"
        "except SystemExit:\n    pass\nimport json\n"
        f"print(json.dumps([name for name in {heavy!r} if name in sys.modules]))"
    )
    process = shell.spawn_source(program)
    assert json.loads(process.wait_ok().splitlines()[-1]) == []


def test_completion_of_settings(shell: Shell) -> None:
    asked = {"_SIGNOFF_COMPLETE": "complete_bash", "COMP_CWORD": "3"}
    ran = shell.run("", env={**asked, "COMP_WORDS": "signoff config unset SIGNOFF_JOUR"})
    assert ran.out.split() == ["SIGNOFF_JOURNAL_CHANGED"]
