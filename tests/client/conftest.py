"""Each test of the client runs embedded and against a real server, on both faces of the client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from signoff.testing.utilities import signoff_test_harness
from tests.client.faces import FACES, Ask


@pytest.fixture(scope="module", params=["embedded", "server"])
def service(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh service: in this process, or a server process that it talks to."""
    with signoff_test_harness(server=request.param == "server"):
        yield request.param


@pytest.fixture(params=sorted(FACES))
def ask(request: pytest.FixtureRequest, service: str) -> Ask:
    """Calls a method of the client by name and gives what it returns."""
    return FACES[request.param]
