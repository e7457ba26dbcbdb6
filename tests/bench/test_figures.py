"""The bench judges figures as it says it does."""

from __future__ import annotations

import pytest

from bench.figures import Failure, Figures, Goal, Line, goal_text, number, shown

HUNDRED = Figures([float(value) for value in range(1, 101)])


def line(
    signoff: Figures | Failure,
    goals: list[Goal],
    prefect: Figures | Failure = HUNDRED,
    higher: bool = False,
) -> Line:
    return Line("row", "ms", signoff, prefect, HUNDRED, "floor", goals, higher)


def test_the_tail_is_the_value_at_the_99th_rank() -> None:
    assert (HUNDRED.p50, HUNDRED.tail()) == (50.5, 99.0)
    assert HUNDRED.tail(higher_is_better=True) == 2.0


def test_with_few_values_the_tail_is_the_worst() -> None:
    assert Figures([3.0, 1.0, 2.0]).tail() == 3.0
    assert Figures([3.0, 1.0, 2.0]).tail(higher_is_better=True) == 1.0


@pytest.mark.parametrize(
    ("goals", "higher", "verdict"),
    [
        ([Goal("p50", 51)], False, "met"),
        ([Goal("p50", 50)], False, "missed"),
        ([Goal("p50", 51), Goal("p99", 98)], False, "missed"),
        ([Goal("p50", 50)], True, "met"),
        ([Goal("p99", 3)], True, "missed"),
        ([], False, "-"),
    ],
)
def test_a_goal_is_met_when_every_bound_is_kept(
    goals: list[Goal], higher: bool, verdict: str
) -> None:
    assert line(HUNDRED, goals, higher=higher).verdict() == verdict


def test_a_side_that_failed_is_never_a_blank() -> None:
    broken = line(Failure("no such program"), [Goal("p50", 1)])
    assert broken.verdict() == broken.ratio() == "failed"
    assert shown(broken.signoff, broken) == "FAILED"
    assert not broken.complete()
    assert not line(HUNDRED, [], prefect=Failure("not installed")).complete()


def test_the_ratio_says_how_many_times_better() -> None:
    ten = Figures([10.0])
    assert line(ten, [], prefect=Figures([100.0])).ratio() == "10.0x"
    assert line(ten, [], prefect=Figures([100.0]), higher=True).ratio() == "0.100x"
    assert line(Figures([0.0]), [], prefect=ten).ratio() == "inf"
    assert line(Figures([0.0]), [], prefect=Figures([0.0])).ratio() == "-"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.01234, "0.0123"), (1.005, "1.00"), (12.34, "12.3"), (17919.0, "17,919")],
)
def test_numbers_have_three_significant_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_goals_are_shown_with_their_direction() -> None:
    assert goal_text(line(HUNDRED, [Goal("p50", 1), Goal("p99", 5)])) == "p50 ≤ 1.00, p99 ≤ 5.00"
    assert goal_text(line(HUNDRED, [Goal("p50", 3000)], higher=True)) == "p50 ≥ 3,000"
