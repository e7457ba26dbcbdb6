"""Programs that use the documented interface print what the released Prefect prints.

`expected/` holds what Prefect 3.9.1 printed for the same text with the word changed (`observe.py`
says how); where it is known to be wrong, the program does not ask. Each program runs as a process
of its own, embedded and against a server.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.testing.utilities import signoff_test_harness
from tests.support.processes import Spawner

HERE = Path(__file__).parent
PROGRAMS = sorted((HERE / "programs").glob("*.py"))


@pytest.fixture(scope="module", params=["embedded", "server"])
def service(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh service: in the program's process, or a server that it talks to."""
    with signoff_test_harness(server=request.param == "server"):
        yield request.param


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_it_prints_what_is_documented(program: Path, spawn_python: Spawner) -> None:
    printed = spawn_python(program).wait_ok()
    assert printed == (HERE / "expected" / f"{program.stem}.txt").read_text(encoding="utf-8")
