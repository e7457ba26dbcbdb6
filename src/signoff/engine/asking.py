"""Asking the person at the terminal in which a run waits.

Owns who may use the terminal, one question at a time; the prompt itself is installed by
`authoring`, which has the forms' terminal face. The question stays answerable elsewhere: the
prompt ends as soon as something about the run changes.
"""

from __future__ import annotations

import os
import sys
import threading
import time
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
    watch = _Watch(effect, offer.moot, writer)
    try:
        answer = prompt(offer, reader)
    finally:
        watch.end()
        os.close(reader)
        os.close(writer)
        _terminal.release()
    # End of input without a change: nobody is there any more, so wait without asking.
    return answer is not None or watch.moot, answer


class _Watch:
    """Ends a prompt when its question is settled elsewhere, or its time is up.

    A change that settles nothing (another branch was answered) leaves the prompt, and what has
    been typed so far, alone.
    """

    def __init__(self, effect: WaitChange, moot: Callable[[], bool], writer: int) -> None:
        self._changed = threading.Event()
        self._seconds = effect.seconds
        self._is_moot = moot
        self._writer = writer
        self._over = False
        self.moot = False
        self._cancel = effect.signals.subscribe(self._changed.set, effect.seen)
        self._thread = threading.Thread(target=self._watch, name="signoff-prompt", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        until = None if self._seconds is None else time.monotonic() + self._seconds
        while True:
            left = None if until is None else max(until - time.monotonic(), 0.0)
            heard = self._changed.wait(left)
            self._changed.clear()
            if self._over:
                return
            if not heard or self._is_moot():
                self.moot = True
                os.write(self._writer, b"!")
                return

    def end(self) -> None:
        """Stop watching; afterwards nothing is written any more."""
        self._over = True
        self._cancel()
        self._changed.set()
        self._thread.join()
