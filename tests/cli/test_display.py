"""Foreign text never steers the terminal; JSON stays JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signoff.cli.display import clean, console, one_line, print_json, print_table
from signoff.settings import temporary_settings


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢 🙂", "plain é 漢 🙂"),
        ("two\nlines\tand tab", "two\nlines\tand tab"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("over\rwritten", "over\\x0dwritten"),
        ("win\r\ndows", "win\ndows"),
        ("bell\x07 del\x7f csi\x9b", "bell\\x07 del\\x7f csi\\x9b"),
        ("turn\u202eed", "turn\\u202eed"),
        ("hid\u200bden", "hid\\u200bden"),
        ("broken\ud800", "broken\\ud800"),
    ],
)
def test_control_characters_are_made_visible(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_one_line() -> None:
    assert one_line("  a\n b\t\tc\x1b ") == "a b c\\x1b"


def test_json_keeps_letters_and_escapes_what_could_harm(
    capsys: pytest.CaptureFixture[str],
) -> None:
    value = {"text": "é 漢 \x1b[0m \x9b \u202e \ud800"}
    print_json(value)
    out = capsys.readouterr().out
    assert json.loads(out) == value
    assert "é 漢" in out
    assert not {"\x1b", "\x9b", "\u202e", "\ud800"} & set(out)


def test_tables_show_markup_literally_and_keep_long_cells(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(("ID", "Name"), [["1", "[red]x[/red]" * 30]])
    assert "[red]x[/red]" * 30 in capsys.readouterr().out


def test_colours_can_be_switched_off(signoff_home: Path) -> None:
    assert not console().no_color
    with temporary_settings({"SIGNOFF_CLI_COLORS": False}):
        assert console().no_color
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIGNOFF_CLI_COLORS", "perhaps")
        assert not console().no_color
