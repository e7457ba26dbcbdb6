"""What the tests wanted and this machine could not give, named at the end of the output.

Owns one list per test process. Under xdist every worker hands its list to the process that prints
(see `tests/conftest.py`), so a missing thing is named once, in the last lines.
"""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

_missing: dict[str, str] = {}


def in_ci() -> bool:
    """Whether this is continuous integration, where nothing may be missing."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def report(thing: str, reason: str) -> None:
    """Remember that `thing` could not be obtained, for the last lines of the output."""
    _missing.setdefault(thing, reason)


def reported() -> dict[str, str]:
    """What is missing so far: thing to reason."""
    return dict(_missing)


def unavailable(thing: str, reason: str) -> NoReturn:
    """End the current test because `thing` is missing: skipped here, failed in CI."""
    report(thing, reason)
    if in_ci():
        pytest.fail(f"{thing} is missing: {reason}", pytrace=False)
    pytest.skip(f"{thing} is missing: {reason}")
