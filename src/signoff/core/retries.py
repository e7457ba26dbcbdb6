"""When the next attempt begins.

Owns the delays between attempts. The source of randomness is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Delay = float | Sequence[float] | Callable[[int], Sequence[float]] | None
"""Seconds, seconds per retry, or a function of the number of retries that returns those."""

MAX_DELAYS = 50
"""Entries a list of delays may have, as documented."""


def delays(given: Delay, retries: int, name: str = "") -> tuple[float, ...]:
    """The list of delays that `retry_delay_seconds` stands for.

    Args:
        given: seconds, a list of them, or a function such as `exponential_backoff(2)`.
        retries: how many retries there are.
        name: of the flow or task, for the error.

    Raises:
        TypeError: it is none of those.
        ValueError: more than 50 delays, or a negative one.
    """
    if given is None:
        return ()
    made = given(retries) if callable(given) else given
    of = f" of {name!r}" if name else ""
    parts = made if isinstance(made, Sequence) else (made,)
    if not all(isinstance(part, (int, float)) for part in parts):
        raise TypeError(
            f"retry_delay_seconds{of} must be seconds, a list of seconds, or a function of the "
            f"number of retries that returns one, got {given!r}."
        )
    series = tuple(map(float, parts))
    if len(series) > MAX_DELAYS:
        raise ValueError(
            f"Can not configure more than {MAX_DELAYS} retry delays per task; "
            f"retry_delay_seconds{of} has {len(series)}."
        )
    if any(item < 0 for item in series):
        raise ValueError(f"retry_delay_seconds{of} must not be negative, got {min(series)}.")
    return series


def next_delay(
    series: Sequence[float], retry: int, jitter: float | None, draw: Callable[[], float]
) -> float:
    """Seconds before retry number `retry` (counted from 1).

    The last delay serves all further retries. With a jitter factor j the delay is spread over
    [delay, delay * (1 + j)], as documented, by a draw from [0, 1).
    """
    if not series:
        return 0.0
    delay = series[min(retry, len(series)) - 1]
    return delay * (1 + jitter * draw()) if jitter else delay


def exponential_backoff(backoff_factor: float) -> Callable[[int], list[float]]:
    """A function for `retry_delay_seconds`: the n-th delay is `backoff_factor * 2 ** n` seconds.

    Args:
        backoff_factor: seconds before the first retry.
    """

    def series(retries: int) -> list[float]:
        return [backoff_factor * max(1, 2**retry) for retry in range(min(retries, MAX_DELAYS))]

    return series
