"""A process knows when it may have counted as dead."""

from __future__ import annotations

from signoff.gateway.heartbeat import Heartbeat


def test_a_process_that_needs_no_lease_never_oversleeps() -> None:
    assert not Heartbeat(30.0).missed()


def test_a_sign_of_life_counts_until_shortly_before_the_lease_ends() -> None:
    heart = Heartbeat(30.0)
    heart.beat(heart.now() - 20.0)
    assert not heart.missed()
    heart.beat(heart.now() - 25.0)
    assert heart.missed()
    heart.beat(heart.now())
    assert not heart.missed()
