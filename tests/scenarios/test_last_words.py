"""A process whose database is gone when it ends."""

from __future__ import annotations

from collections.abc import Callable

from tests.scenarios.scripts import Script

BODY = """
from signoff import get_run_logger
from signoff.gateway.connect import get_gateway

@flow
def last():
    get_run_logger().info("last words")
    get_gateway()._store.close()

try:
    last()
except Exception:
    note("failed")
"""


def test_what_could_not_be_recorded_is_told_without_a_traceback(
    script: Callable[[str], Script],
) -> None:
    body = script(BODY)
    process = body.start()
    process.wait()
    assert body.noted() == ["failed"]
    assert "What this process said last is not on record" in process.stderr
    assert "Traceback" not in process.stderr
    assert "atexit" not in process.stderr
