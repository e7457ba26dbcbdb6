"""A YAML text in colours: nothing is lost, and each piece is what a reader takes it for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.server.pages.saved.highlighting import LONGEST, lines_of

pytestmark = pytest.mark.rules

SHARP = st.text(alphabet="ab:-#{}[]|>'\"%&*!,~ \n\t1\r", max_size=200)


def pieces(line: str) -> list[tuple[str, str]]:
    (found,) = lines_of(line)
    return [(each.kind, each.text) for each in found if each.text.strip()]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("id: release", [("key", "id"), ("mark", ":"), ("", "release")]),
        (
            "  - n: 12 # why",
            [("mark", "- "), ("key", "n"), ("mark", ":"), ("word", "12"), ("note", "# why")],
        ),
        ("# a: b", [("note", "# a: b")]),
        ("at: http://a.b/c#d", [("key", "at"), ("mark", ":"), ("", "http://a.b/c#d")]),
        ("a: it's {{ x }}", [("key", "a"), ("mark", ":"), ("", "it's "), ("call", "{{ x }}")]),
        (
            'a: "{{ x }}!"',
            [("key", "a"), ("mark", ":"), ("text", '"'), ("call", "{{ x }}"), ("text", '!"')],
        ),
        (
            "{a: 'b', c: true}",
            [
                *(("mark", "{"), ("key", "a"), ("mark", ":"), ("text", "'b'"), ("mark", ",")),
                *(("key", "c"), ("mark", ":"), ("word", "true"), ("mark", "}")),
            ],
        ),
        ("x: &name one", [("key", "x"), ("mark", ":"), ("name", "&name"), ("", "one")]),
        ("- --- y", [("mark", "- "), ("", "--- y")]),
    ],
)
def test_the_pieces_of_a_line(line: str, expected: list[tuple[str, str]]) -> None:
    assert pieces(line) == expected


def kinds(source: str) -> list[set[str]]:
    return [{each.kind for each in line if each.text.strip()} for line in lines_of(source)]


def test_a_block_of_text_ends_where_it_is_indented_less() -> None:
    source = "a: |\n  b: 1\n\n   # no comment\nc: 2\n"
    assert kinds(source) == [{"key", "mark"}, {"text"}, set(), {"text"}, {"key", "mark", "word"}]
    assert kinds("- run: >-\n    x: 1\n  y: 2\n")[1:] == [{"text"}, {"key", "mark", "word"}]
    assert kinds("- |\n  x: 1\n- y: 2\n")[1:] == [{"text"}, {"key", "mark", "word"}]


def test_a_quoted_text_may_go_over_several_lines() -> None:
    assert kinds('a: "one\n  two: {{ x }}\n  three" # end\nb: c\n') == [
        {"key", "mark", "text"},
        {"text", "call"},
        {"text", "note"},
        {"key", "mark", ""},
    ]


@given(SHARP)
def test_nothing_is_lost_whatever_the_text_is(source: str) -> None:
    lines = source.split("\n")
    shown = ["".join(piece.text for piece in line) for line in lines_of(source)]
    assert shown == (lines if lines[-1] else lines[:-1])


def test_a_huge_text_is_shown_plain() -> None:
    wide = "{{ " * 1_000
    assert kinds(f"{wide}\n") == [{""}]
    huge = "a: 1\n" * (LONGEST // 5 + 1)
    assert kinds(huge)[:2] == [{""}, {""}]
