"""What two texts differ in, line beside line and one below the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.server.pages.saved.comparing import AROUND, MOST, Cell, Comparison, compare

pytestmark = pytest.mark.rules

TEXTS = st.lists(st.sampled_from(["a: 1", "b: 2", "c: three four", "  d", ""]), max_size=30).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


def text(cell: Cell | None) -> str | None:
    return None if cell is None else "".join(bit.text for bit in cell.bits)


def drawn(found: Comparison) -> list[str]:
    signs = {"same": " ", "added": "+", "removed": "-"}
    return [
        f"...{each.hidden}" if each.kind == "gap" else f"{signs[each.kind]}{text(each.cell)}"
        for each in found.marks
    ]


def test_a_changed_line_stands_beside_what_it_was() -> None:
    before = "".join(f"line {n}\n" for n in range(1, 21))
    found = compare(before, before.replace("line 10\n", "line ten\n"))
    assert (found.added, found.removed) == (1, 1)
    assert [row.kind for row in found.rows] == [
        "gap",
        *["same"] * AROUND,
        "changed",
        *["same"] * AROUND,
        "gap",
    ]
    (changed,) = (row for row in found.rows if row.kind == "changed")
    assert changed.left is not None
    assert changed.right is not None
    assert (changed.left.number, changed.right.number) == (10, 10)
    assert [bit.text for bit in changed.right.bits if bit.new] == ["ten"]
    assert drawn(found) == [
        *("...6", " line 7", " line 8", " line 9", "-line 10", "+line ten"),
        *(" line 11", " line 12", " line 13", "...7"),
    ]


def test_what_was_removed_stands_before_what_was_added() -> None:
    found = compare("a\nold one\nold two\nb\n", "a\nnew 1\nb\nc\n")
    assert drawn(found) == [" a", "-old one", "-old two", "+new 1", " b", "+c"]
    assert [row.kind for row in found.rows] == ["same", "changed", "removed", "same", "added"]
    assert (found.added, found.removed) == (2, 2)


@pytest.mark.parametrize("source", ["", "one\n", "one\ntwo"])
def test_the_same_text_has_no_changes(source: str) -> None:
    found = compare(source, source)
    assert (found.added, found.removed, found.rows) == (0, 0, ())


def test_lines_without_anything_in_common_are_not_marked_word_by_word() -> None:
    (row,) = compare("abc def\n", "12 34 5\n").rows
    assert row.left is not None
    assert [bit.new for bit in row.left.bits] == [False]


def test_texts_that_are_too_long_to_be_looked_at_are_one_change() -> None:
    size = int(MOST**0.5) + 1
    before = "".join(f"a{n}\n" for n in range(size))
    found = compare(f"same\n{before}", f"same\n{before.replace('a', 'b')}")
    assert (found.added, found.removed) == (size, size)
    assert found.rows[0].kind == "same"


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off(before: str, after: str) -> None:
    found = compare(before, after)
    left, right = before.splitlines(), after.splitlines()
    assert len(left) + found.added - found.removed == len(right)
    for row in found.rows:
        if row.left is not None:
            assert text(row.left) == left[row.left.number - 1]
        if row.right is not None:
            assert text(row.right) == right[row.right.number - 1]
    kinds = [each.kind for each in found.marks]
    assert (kinds.count("added"), kinds.count("removed")) == (found.added, found.removed)
