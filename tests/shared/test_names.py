"""Which names and values are allowed, and what is said about the others."""

from __future__ import annotations

from typing import Any

import pytest

from signoff.core.shared.names import artifact_key, variable_name, variable_value
from signoff.model.errors import InvalidRequest

pytestmark = pytest.mark.rules


@pytest.mark.parametrize("name", ["a", "a-b_c9", "0", "x" * 255])
def test_names_of_variables(name: str) -> None:
    assert variable_name(name) == name


@pytest.mark.parametrize("name", ["", "Upper", "a b", "ü", "a/b", "a\n", "x" * 256, 5, None])
def test_no_names_of_variables(name: Any) -> None:
    with pytest.raises(InvalidRequest, match="Variable name must") as refused:
        variable_name(name)
    assert repr(name) in str(refused.value)
    assert refused.value.details["errors"][0]["field"] == "name"


@pytest.mark.parametrize("value", [None, 1, 1.5, True, "", "x" * 4_998, [1, {"a": None}]])
def test_values_of_variables(value: Any) -> None:
    assert variable_value(value) is value


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}, b"x", {"a": [float("inf")]}])
def test_what_is_no_json_is_no_value(value: Any) -> None:
    with pytest.raises(InvalidRequest, match="must be serializable to JSON"):
        variable_value(value)


def test_a_value_that_is_too_large_is_told_its_size() -> None:
    with pytest.raises(InvalidRequest, match="less than 5000 characters as JSON, not 5001"):
        variable_value("x" * 4_999)


@pytest.mark.parametrize("key", ["", "Upper", "a_b", "a b", None, "x" * 256])
def test_no_keys_of_artifacts(key: Any) -> None:
    with pytest.raises(InvalidRequest, match="Artifact key must"):
        artifact_key(key)
