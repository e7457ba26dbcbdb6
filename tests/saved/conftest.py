"""Saved flows are tested embedded and against a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from signoff.testing.utilities import signoff_test_harness


@pytest.fixture(scope="module", params=["embedded", "server"])
def service(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh service: in this process, or a server process that it talks to."""
    with signoff_test_harness(server=request.param == "server"):
        yield request.param
