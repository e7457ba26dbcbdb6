"""Retries, read.

Owns what a retry must say.
"""

from __future__ import annotations

from signoff.yamlflow.catalog.language import RETRY, RETRY_NEEDS
from signoff.yamlflow.document import Retry
from signoff.yamlflow.reading.sections import Section
from signoff.yamlflow.syntax.nodes import Scalar


def read_retry(section: Section) -> Retry | None:
    """The retry of a task or a flow; None when there is none, or none that can be read."""
    node = section.node("retry")
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return None
    place = section.place("retry")
    values = section.judge.read(node, RETRY, place)
    if not isinstance(values, dict) or values.get("type") not in RETRY_NEEDS:
        return None
    for name in RETRY_NEEDS[values["type"]]:
        if name not in values:
            told = f"A retry of type {values['type']} needs `{name}`."
            section.findings.error(told, node.mark, place)
    return Retry(
        type=values["type"],
        interval=values.get("interval"),
        max_interval=values.get("maxInterval"),
        min_interval=values.get("minInterval"),
        delay_factor=values.get("delayFactor") or 2.0,
        max_attempts=values.get("maxAttempts"),
        max_duration=values.get("maxDuration"),
        warning_on_retry=values.get("warningOnRetry") is True,
        behavior=values.get("behavior") or "RETRY_FAILED_TASK",
    )
