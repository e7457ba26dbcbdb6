"""Markdown on a terminal: readable as plain text, harmless, wrapped to the width."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.authoring.terminal.markdown import show_markdown
from signoff.authoring.terminal.screen import Screen, clean, width


def shown(text: str) -> str:
    output = io.StringIO()
    show_markdown(Screen(output), text)
    return output.getvalue().rstrip("\n")


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("# Title #", "Title"),
        ("some **bold**, _slanted_ and `code`", "some bold, slanted and code"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        (r"\*not bold\*", "*not bold*"),
        ("[the run](https://example.com/run)", "the run (https://example.com/run)"),
        ("<https://example.com>", "https://example.com"),
        ("![a picture](p.png)", "a picture (p.png)"),
        ("one\ntwo\n\nthree", "one two\n\nthree"),
        ("- a\n- b\n  1. c", "• a\n• b\n  1. c"),
        ("- [ ] open\n- [x] done", "[ ] open\n[x] done"),
        ("> quoted\nstill", "│ quoted still"),
        ("---", "─" * 40),
        ("```python\nx = **1**\n```\nafter", "    x = **1**\nafter"),
        (
            "| run | age |\n|-----|----:|\n| `a` | 1 |\n| long name | 20 |\nafter",
            "run        age\n─────────  ───\na          1\nlong name  20\nafter",
        ),
        (r"a|b" + "\n-|-\n" + r"x\|y|2", "a    b\n───  ─\nx|y  2"),
        ("一|b\n-|-\nx|y", "一  b\n──  ─\nx   y"),
        ("no | table", "no | table"),
        ("```\nnever closed", "    never closed"),
        ("", ""),
    ],
)
def test_reads(markdown: str, plain: str) -> None:
    assert shown(markdown) == plain


def test_paragraphs_are_wrapped_and_items_hang() -> None:
    text = shown("- " + "word " * 30)
    lines = text.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("• word word")
    assert lines[1].startswith("  word")
    assert max(map(width, lines)) < 80


@given(st.text(st.sampled_from("ab*_`[]()|-#>~\\ \n\x1b\x07\u202e\ud83d1.!<:/"), max_size=60))
def test_nothing_in_it_steers_the_terminal(markdown: str) -> None:
    text = shown(markdown)
    assert clean(text.replace("\n", " ")) == text.replace("\n", " ")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain", "plain"),
        ("a\tb", "a    b"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("\x9b31m", "\ufffd31m"),
        ("line\u2028break\r\n", "line\ufffdbreak\ufffd\ufffd"),
        ("\u202eleft", "\ufffdleft"),
        ("e\u0301 一", "e\u0301 一"),
    ],
)
def test_cleans(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_measures_columns_not_characters() -> None:
    assert width("abc") == 3
    assert width("一二") == 4
    assert width("e\u0301") == 1


def test_an_output_that_cannot_show_a_character_still_works() -> None:
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Screen(output).line("caf\u00e9 \u2022")
    output.flush()
    assert output.buffer.getvalue() == b"caf? ?\n"  # type: ignore[attr-defined]
