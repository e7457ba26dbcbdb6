"""`signoff variable`."""

from __future__ import annotations

from typing import Any

import pytest

from signoff.variables import Variable
from tests.cli.shell import Shell

FIELDS = ["id", "name", "value", "tags", "created", "updated"]


def test_a_variable_is_set_shown_and_unset(shell: Shell) -> None:
    assert shell.main("variable", "set", "region", "eu", "--tag", "b", "--tag", "a").ok() == (
        "Set variable 'region'.\n"
    )
    assert shell.main("variable", "get", "region").ok() == "eu\n"
    (listed,) = shell.main("variable", "ls", "-o", "json").json()
    assert list(listed) == FIELDS
    assert (listed["value"], listed["tags"]) == ("eu", ["a", "b"])
    assert shell.main("variable", "inspect", "region", "-o", "json").json() == listed
    assert "region" in shell.main("variable", "ls").ok()
    assert "a, b" in shell.main("variable", "inspect", "region").ok()
    assert shell.main("variable", "unset", "region", "--yes").ok() == "Unset variable 'region'.\n"
    assert shell.main("variable", "ls").err == "There are no variables yet.\n"


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("eu", "eu"),
        ("5", 5),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ('"5"', "5"),
        ('{"a": [1]}', {"a": [1]}),
        ("1.10", "1.10"),
        ("1e3", "1e3"),
        ("007", "007"),
        ("NaN", "NaN"),
        ("{", "{"),
    ],
)
def test_a_value_is_json_where_nothing_is_lost_by_it(shell: Shell, word: str, value: Any) -> None:
    made = shell.main("variable", "set", "v", word, "-o", "json").json()
    assert made["value"] == Variable.get("v") == value
    assert shell.main("variable", "get", "v", "-o", "json").json() == value


def test_what_is_refused_says_why(shell: Shell) -> None:
    shell.main("variable", "set", "a", "1").ok()
    assert "Use `--overwrite` to update it" in shell.main("variable", "set", "a", "2").refused()
    shell.main("variable", "set", "a", "2", "--overwrite").ok()
    assert Variable.get("a") == 2
    assert "Variable name must only" in shell.main("variable", "set", "A", "2").refused()
    for command in ("get", "inspect", "unset"):
        assert "There is no variable 'b'" in shell.main("variable", command, "b").refused()


def test_values_are_cleaned(shell: Shell) -> None:
    Variable.set("v", "x\x1b]0;owned\x07")
    for words in (("ls",), ("get", "v"), ("inspect", "v")):
        assert "\x1b" not in shell.main("variable", *words).ok()
