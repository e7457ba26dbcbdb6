"""Statements of SQLite, whose values are given by place."""

from __future__ import annotations

import re
import sqlite3

import pytest

from signoff.store import statements
from signoff.store.statements import positional

pytestmark = pytest.mark.store


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("SELECT 1, 2", ()),
        ("SELECT :one, 1", (1,)),
        ("SELECT :two, :one, :two, 'a:b'", (2, 1, 2)),
    ],
)
def test_values_by_place_say_what_values_by_name_say(text: str, values: tuple[int, ...]) -> None:
    named = {"one": 1, "two": 2, "unused": 3}
    found = positional(text)
    assert found.pick(named) == values
    connection = sqlite3.connect(":memory:")
    by_name = connection.execute(text, named).fetchone()
    assert connection.execute(found.text, found.pick(named)).fetchone() == by_name
    connection.close()


def test_a_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        positional("SELECT :one, :two").pick({"one": 1})


def test_no_statement_holds_a_mark_of_its_own() -> None:
    bare = {name: re.sub("'[^']*'", "", text) for name, text in statements.load("sqlite").items()}
    assert [name for name, text in bare.items() if "?" in text] == []
