"""Other names of commands, advice on absent ones, and the options of every command."""

from __future__ import annotations

import os

import pytest

from tests.cli.shell import Shell


@pytest.mark.parametrize("word", ["flow-runs", "deployments", "gcl", "work-pools", "blocks"])
def test_documented_names_of_the_same_command(shell: Shell, word: str) -> None:
    shell.main(word, "ls").ok()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("automation", "No command 'automation' in Signoff: there are no automations"),
        ("cloud", "run a server of your own"),
        ("flow-rum", "No such command 'flow-rum'. Did you mean 'flow-run'?"),
    ],
)
def test_what_there_is_not(shell: Shell, word: str, said: str) -> None:
    ran = shell.main(word, "ls")
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_without_prompts_nothing_is_asked(shell: Shell) -> None:
    shell.main("variable", "set", "colour", "red").ok()
    shell.main("--no-prompt", "variable", "unset", "colour").ok()
    assert "There are no variables" in shell.main("variable", "ls").err


def test_a_profile_for_one_command(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_PROFILE", os.environ.get("SIGNOFF_PROFILE", ""))
    assert "no profile 'nope'" in shell.main("-p", "nope", "config", "view").refused()


def test_the_dashboard_needs_a_server(shell: Shell) -> None:
    assert "No server runs here" in shell.main("dashboard", "open").refused()
