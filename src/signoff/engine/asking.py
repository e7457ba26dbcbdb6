"""Asking the person at the terminal in which a run waits.

Owns who may use the terminal, one question at a time; the prompt itself is installed by
`authoring`, which has the forms' terminal face. The question stays answerable elsewhere: the
prompt ends as soon as something about the run changes.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from signoff.engine.effects import Offer, WaitChange

Prompt = Callable[[Offer, int], Mapping[str, Any] | None]
"""Shows an offer until it is answered or the file descriptor becomes readable (then None)."""

_prompt: Prompt | None = None
_terminal = threading.Lock()


def install(prompt: Prompt | None) -> None:
    """From now on ask with `prompt`; None to ask nobody."""
    global _prompt
    _prompt = prompt


def possible() -> bool:
    """Whether a person sits at this process's terminal, and no other branch is asking."""
    if _prompt is None or _terminal.locked():
        return False
    try:
        return sys.stdin.isatty() and sys.stderr.isatty()
    except (AttributeError, ValueError):
        return False


def ask(effect: WaitChange) -> tuple[bool, Mapping[str, Any] | None]:
    """Ask what the effect offers.

    Returns whether anybody could be asked, and the answer; None when something changed or time
    ran out first.
    """
    prompt, offer = _prompt, effect.offer
    if prompt is None or offer is None or not possible():
        return False, None
    if not _terminal.acquire(blocking=False):
        return False, None
    reader, writer = os.pipe()
    timer = None
    try:
        wake = _waker(writer)
        cancel = effect.signals.subscribe(wake, effect.seen)
        if effect.seconds is not None:
            timer = threading.Timer(effect.seconds, wake)
            timer.daemon = True
            timer.start()
        try:
            answer = prompt(offer, reader)
        finally:
            cancel()
    finally:
        if timer is not None:
            timer.cancel()
        os.close(reader)
        os.close(writer)
        _terminal.release()
    woken = answer is None and effect.signals.count == effect.seen and effect.seconds is None
    # End of input without a change: nobody is there any more, so wait without asking.
    return not woken, answer


def _waker(writer: int) -> Callable[[], None]:
    def wake() -> None:
        try:
            os.write(writer, b"!")
        except OSError:
            # The prompt has ended and closed the pipe: there is nobody left to wake.
            return

    return wake
