"""Who gets slots: laws of the decision, on any limits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signoff.core.shared.slots import SECOND, Standing, decide, used_now

pytestmark = pytest.mark.rules

STANDINGS = st.builds(
    Standing,
    name=st.sampled_from("abc"),
    slots=st.integers(1, 10),
    decay=st.sampled_from([0.0, 0.5, 3.0]),
    # Such fractions are exact, so that the sum below means the same in whichever order.
    used=st.integers(0, 640).map(lambda parts: parts / 64),
    used_at=st.integers(0, 10 * SECOND),
    held=st.integers(0, 10),
    ahead=st.booleans(),
    next_end=st.none() | st.integers(10 * SECOND, 20 * SECOND),
)


@given(st.lists(STANDINGS, max_size=3), st.integers(1, 5), st.integers(10, 20))
def test_a_grant_never_exceeds_a_limit_nor_overtakes(
    limits: list[Standing], wanted: int, seconds: int
) -> None:
    now = seconds * SECOND
    verdict = decide(limits, wanted, now)
    fits = [
        each.held + used_now(each.used, each.used_at, each.decay, now) + wanted <= each.slots + 1e-6
        for each in limits
    ]
    assert verdict.granted == (all(fits) and not any(each.ahead for each in limits))
    assert (verdict.full is None) == verdict.granted
    if verdict.retry_at is not None:
        assert not verdict.granted


@given(STANDINGS, st.integers(1, 5))
def test_what_may_be_granted_by_decay_is_granted_at_the_moment_named(
    limit: Standing, wanted: int
) -> None:
    alone = Standing(
        limit.name, limit.slots, limit.decay, limit.used, limit.used_at, 0, False, None
    )
    if wanted > limit.slots:
        return
    now = 10 * SECOND
    verdict = decide([alone], wanted, now)
    if not verdict.granted and limit.decay:
        assert verdict.retry_at is not None
        assert verdict.retry_at > now
        assert decide([alone], wanted, verdict.retry_at + 1).granted


def test_nothing_limits_nothing() -> None:
    assert decide([], 3, 0).granted
