"""Regular expressions find what Python's find, where both know the pattern."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.core.expressions.limits import Budget
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.regexes import is_whole, replace, split
from signoff.core.expressions.regexes.building import program_of
from signoff.core.expressions.regexes.matching import matches

pytestmark = pytest.mark.rules

PATTERNS = [
    *(
        "a",
        "abc",
        "a|b",
        "ab|cd|",
        "a*",
        "a+b",
        "a?b?c",
        "a*?b",
        "(a|ab)(c|bcd)(d*)",
        "(a*)*",
        "(a+)+b",
    ),
    *(
        "a{2}",
        "a{2,}",
        "a{1,2}?",
        "(ab){0,3}",
        "[abc]+",
        "[^a]+",
        "[a-c]x?",
        r"\d+",
        r"\w+\s\w+",
        r"\W",
    ),
    *("^a", "b$", "^$", r"\bab\b", r"\Ba", "(?:ab)+c", "(?i)AB", "(?s)a.b", "(?m)^b", ".*", ".+?c"),
    *(
        "[.]",
        r"\.",
        r"[\]a]",
        r"[\d-]+",
        "[]a]",
        "[a^]",
        "((a)|b)+",
        "(a)|(b)",
        "x*",
        r"\$",
        r"a\|b",
    ),
]


def _all(pattern: str, text: str) -> list[tuple[int, ...]]:
    return list(matches(program_of(pattern), text, Budget()))


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text(alphabet="abcdx -.1\n", max_size=12))
@settings(max_examples=40, deadline=None)
def test_the_first_match_is_pythons(pattern: str, text: str) -> None:
    found = next(matches(program_of(pattern), text, Budget()), None)
    expected = re.compile(pattern, re.ASCII).search(text)
    assert (None if found is None else found[:2]) == (None if expected is None else expected.span())


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        ("(a+)(b*)", "xaab", [(1, 4, 1, 3, 3, 4)]),
        ("(a)|(b)", "ab", [(0, 1, 0, 1, -1, -1), (1, 2, -1, -1, 1, 2)]),
        ("(?<y>[0-9]+)-(?<m>[0-9]+)", "2024-07", [(0, 7, 0, 4, 5, 7)]),
        ("a|ab", "ab", [(0, 1)]),
        ("", "ab", [(0, 0), (1, 1), (2, 2)]),
    ],
)
def test_groups(pattern: str, text: str, groups: list[tuple[int, ...]]) -> None:
    assert _all(pattern, text) == groups


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a", "`(` is not closed"),
        ("a)", "`)` was never opened"),
        ("[a", "ends too early"),
        ("*a", "nothing to repeat"),
        ("a**", "cannot follow another"),
        ("a++", "possessive"),
        ("(?<!a)", "look behind"),
        (r"(a)\1", r"`\1` is not supported"),
        (r"\p{L}", r"`\p` is not supported"),
        ("[a&&b]", "classes inside of classes"),
        ("[z-a]", "bad character range"),
        ("a{3,2}", "bounds are wrong"),
        ("a{5000}", "more than 1000 times"),
        ("(a{1000}){1000}", "repetitions make it too long"),
        ("^*", "nothing to repeat"),
        ("x" * 1001, "at most 1000 characters"),
        ("(" * 30 + ")" * 30, "nest deeper"),
    ],
)
def test_refused(pattern: str, why: str) -> None:
    with pytest.raises(Misuse, match=re.escape(why)):
        program_of(pattern)


@pytest.mark.parametrize(
    ("by", "result"),
    [("<$1>", "<a>c<b>"), ("${n}$1", "aacbb"), (r"\$", "$c$"), ("$12", "a2cb2"), ("", "c")],
)
def test_replacements(by: str, result: str) -> None:
    assert replace("acb", "(?<n>a|b)", by, Budget()) == result


@pytest.mark.parametrize("by", ["$", "$x", "$3", "${other}", "a\\"])
def test_replacements_that_mean_nothing(by: str) -> None:
    with pytest.raises(Misuse):
        replace("a", "(a)", by, Budget())


def test_work_grows_with_the_text_only() -> None:
    def steps(length: int) -> int:
        budget = Budget()
        before = budget.steps
        split("a" * length + "!", "(a*)*(a*)*b", 0, budget)
        return before - budget.steps

    assert steps(400) < 2.5 * steps(200)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"^(?=.*[A-Z])(?=.*\d).{4,}$", "abC4", True),
        (r"^(?=.*[A-Z])(?=.*\d).{4,}$", "abc4", False),
        (r"^(?!admin$).+$", "admin", False),
        (r"^(?!admin$).+$", "admins", True),
        (r"^(?!(a|b)c)(.)(.*)$", "bcd", False),
        (r"^a(?=(b)c)b(c)$", "abc", True),
        (r"^a{3}$", "aaaa", False),
        (r"(?i)^abc$", "ABC", True),
    ],
)
def test_a_whole_text_is_compared_and_may_be_looked_ahead_in(
    pattern: str, text: str, expected: bool
) -> None:
    assert is_whole(text, pattern, Budget()) is expected
    assert (re.fullmatch(pattern, text) is not None) is expected


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(?=(a+)+b)a*$", r"^(?:(?=(a|aa)+b)a)*$"])
def test_the_worst_pattern_ends_soon(pattern: str) -> None:
    # Either it is not found, or the budget is spent.
    with suppress(Misuse):
        assert not is_whole("a" * 300 + "!", pattern, Budget())


@pytest.mark.parametrize("pattern", ["(?:(?=b{999})){999}", "(?:(?:a{99}){99}){99}"])
def test_the_longest_pattern_is_not_built(pattern: str) -> None:
    with pytest.raises(Misuse, match="smaller"):
        program_of(pattern)


def test_what_looks_behind_is_refused() -> None:
    with pytest.raises(Misuse, match="look behind"):
        program_of("(?<=a)b")
