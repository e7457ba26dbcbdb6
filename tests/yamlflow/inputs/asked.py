"""Inputs for tests, written as in a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signoff.yamlflow.document import Input
from tests.yamlflow.documents import document, flow


def asked(*keys: str) -> tuple[Input, ...]:
    """Inputs named x, y, z ... with these keys; a key `id` names one differently."""
    items = [
        f"  - {{{each}}}" if "id: " in each else f"  - {{id: {name}, {each}}}"
        for name, each in zip("xyzuvw", keys, strict=False)
    ]
    return document(flow("inputs:\n" + "\n".join(items))).inputs


def never(value: Any, inputs: Mapping[str, Any]) -> Any:
    """Renders nothing, because nothing is to be rendered."""
    raise AssertionError(f"{value!r} was rendered")
