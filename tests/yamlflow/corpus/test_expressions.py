"""Expressions give here what they are documented to give elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.rendering import render_text
from tests.yamlflow.corpus.cases import rows

NOW = datetime(2024, 7, 9, 6, 17, 1, 171193, UTC)
LOOKUPS = Lookups(
    now=lambda: NOW,
    new_id=lambda: "id",
    random=lambda: 0.5,
    secret=lambda name: {"A": "s"}[name],
    key_value=lambda key, namespace: {"key": "kept"}[key],
    read_file=lambda uri: {"file.txt": "text"}[uri],
    error_logs=list,
)
VARIABLES = {
    "foo": "FOO",
    "outputs": {"task1": {"value": 1}},
    "execution": {"startDate": NOW},
    "inputs": {"date": "2024-07-01", "map": {"key": "v"}, "list": ["a", "b"], "flag": True},
}


@pytest.mark.parametrize(("expression", "expected"), rows("expressions.txt"))
def test_it_gives(expression: str, expected: str) -> None:
    assert render_text(expression, VARIABLES, LOOKUPS).rstrip("\n") == expected
