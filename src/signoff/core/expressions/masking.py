"""Secrets in messages, hidden.

Owns in which spellings a secret is looked for: messages quote what they are about, cut short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MASK = "********"
_SHORTEST = 3
_CUTS = (40, 60, 80)
"""At these lengths messages cut what they quote."""


def masked(message: str, secrets: Iterable[str]) -> str:
    """The message with a mask in place of each secret."""
    for spelling in sorted({each for one in secrets for each in _spellings(one)}, key=len)[::-1]:
        message = message.replace(spelling, MASK)
    return message


def _spellings(secret: str) -> Iterator[str]:
    for text in (secret, secret.strip(), secret.upper(), secret.lower()):
        for part in (text, *(text[:cut] for cut in _CUTS)):
            # A shorter one would be found in every word.
            if len(part) >= _SHORTEST:
                yield part
                yield repr(part)[1:-1]
