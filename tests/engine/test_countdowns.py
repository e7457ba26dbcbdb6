"""Time limits, and what stops them."""

from __future__ import annotations

import threading

import pytest

from signoff.engine.countdowns import Countdown, Interrupter, TimedOut


def spin(until: threading.Event) -> None:
    while not until.is_set():
        pass


def test_code_in_the_main_thread_is_interrupted() -> None:
    countdown = Countdown(0.05)
    with pytest.raises(TimedOut), Interrupter(countdown):
        threading.Event().wait(120)
    assert countdown.expired


def test_code_in_another_thread_is_interrupted() -> None:
    caught: list[BaseException] = []
    never = threading.Event()

    def work() -> None:
        try:
            with Interrupter(Countdown(0.05)):
                spin(never)
        except TimedOut as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(120)
    assert len(caught) == 1


def test_a_stopped_countdown_does_not_tick() -> None:
    countdown = Countdown(0.2)
    heard: list[float | None] = []
    countdown.start(heard.append)
    countdown.pause()
    countdown.pause()
    countdown.resume()
    assert heard[-1] is None, "one of two waits is still open"
    countdown.resume()
    left = heard[-1]
    assert left is not None
    assert 0 < left <= 0.2
    countdown.finish()


def test_an_outer_limit_passes_through_an_inner_one() -> None:
    outer, inner = Countdown(0.05), Countdown(30)
    with pytest.raises(TimedOut), Interrupter(outer), Interrupter(inner):
        threading.Event().wait(120)
    assert outer.expired
    assert not inner.expired


def test_nothing_is_raised_after_the_end() -> None:
    for _ in range(200):
        countdown = Countdown(30)
        with Interrupter(countdown):
            pass
        assert not countdown.expired
