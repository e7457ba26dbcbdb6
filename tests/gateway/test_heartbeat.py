"""A process knows how often it may have counted as dead."""

from __future__ import annotations

from signoff.gateway.heartbeat import Heartbeat


def test_a_process_that_needs_no_lease_never_sleeps() -> None:
    assert Heartbeat(30.0).sleeps() == 0


def test_a_sign_of_life_counts_until_shortly_before_the_lease_ends() -> None:
    heart = Heartbeat(30.0)
    heart.beat(heart.now() - 20.0)
    assert heart.sleeps() == 0
    heart = Heartbeat(30.0)
    heart.beat(heart.now() - 25.0)
    assert heart.sleeps() == 1


def test_a_sign_of_life_that_comes_at_last_hides_no_sleep() -> None:
    """The thread that renews the lease may be the first to go on."""
    heart = Heartbeat(30.0)
    heart.beat(heart.now() - 100.0)
    heart.beat(heart.now() - 20.0)
    assert heart.sleeps() == 1
    heart.beat(heart.now())
    assert heart.sleeps() == 1


def test_every_sleep_counts() -> None:
    heart = Heartbeat(30.0)
    for ago in (100.0, 70.0, 40.0):
        heart.beat(heart.now() - ago)
    assert heart.sleeps() == 3
