"""Steps of long work: as large as what others can wait for, whatever the clock says."""

from __future__ import annotations

import pytest

from signoff.service.stepping import AIM, FIRST, LEAST, MOST, Pace

pytestmark = pytest.mark.service


def after(*steps: float) -> int:
    """Rows of the next step, given how many microseconds a row took in earlier ones."""
    pace = Pace()
    for each in steps:
        pace.took(pace.size, int(pace.size * each))
    return pace.size


def test_a_step_has_as_many_rows_as_there_is_time_for() -> None:
    assert after() == FIRST
    assert after(AIM / 300) == 300
    assert after(*[AIM / 1000] * 5) == 1000


def test_it_changes_by_no_more_than_half_or_double() -> None:
    assert after(0) == 2 * FIRST
    assert after(0, 1_000_000) == FIRST


def test_it_stays_within_bounds() -> None:
    assert after(*[0.001] * 20) == MOST
    assert after(*[1_000_000] * 20) == LEAST


def test_a_clock_that_jumps_back_does_no_harm() -> None:
    assert after(-1_000_000) == 2 * FIRST
