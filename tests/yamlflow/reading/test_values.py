"""What single values stand for: YAML 1.2, and the author's text wherever it could be mistaken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.yamlflow.documents import FLOW, LOG, document, errors, flow

VALUES: list[tuple[str, Any]] = [
    ("true", True),
    ("True", True),
    ("FALSE", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("0", 0),
    ("-17", -17),
    ("+5", 5),
    ("12.5", 12.5),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("Off", "Off"),
    ("y", "y"),
    ("2024-07-01", "2024-07-01"),
    ("2024-07-01T10:00:00Z", "2024-07-01T10:00:00Z"),
    ("14:19:00", "14:19:00"),
    ("0o17", "0o17"),
    ("0x1F", "0x1F"),
    ("0b1", "0b1"),
    ("007", "007"),
    ("1_000", "1_000"),
    ("1,000", "1,000"),
    (".inf", ".inf"),
    (".nan", ".nan"),
    ("1e999", "1e999"),
    ("+.e5", "+.e5"),
    ("=", "="),
    ("'true'", "true"),
    ('"12"', "12"),
    ('""', ""),
    ("!!str 12", "12"),
    ("! 12", "12"),
    ("!!int 12", 12),
    ("!!timestamp 2024-07-01", "2024-07-01"),
    ("12345678901234567890", 12345678901234567890),
    ("9" * 301, "9" * 301),
]


@pytest.mark.parametrize(("written", "meant"), VALUES)
def test_a_value_without_a_schema(written: str, meant: Any) -> None:
    read = document(flow(f"variables:\n  x: {written}")).variables["x"]
    assert read == meant
    assert type(read) is type(meant)


@pytest.mark.parametrize(
    "written", ["1", "true", "yes", "2024-07-01", "null", "on", "0x1F", "1.10"]
)
def test_keys_are_the_text_the_author_wrote(written: str) -> None:
    assert document(flow(f"variables:\n  {written}: x")).variables == {written: "x"}


@pytest.mark.parametrize("written", ["12", "true", "1.10", "2024-07-01", "yes", "0o17", "-0"])
def test_text_stays_as_written_where_text_is_wanted(written: str) -> None:
    tasks = f"- id: a\n  type: {LOG}\n  message: {written}\n"
    assert document(flow(tasks=tasks)).tasks[0].properties["message"] == written


def test_cases_of_a_switch_are_text() -> None:
    tasks = f"""\
    - id: choose
      type: {FLOW}.Switch
      value: "{{{{ inputs.x }}}}"
      cases:
        true: [{{id: a, type: {LOG}, message: a}}]
        1: [{{id: b, type: {LOG}, message: b}}]
        2024-07-01: [{{id: c, type: {LOG}, message: c}}]
        no: [{{id: d, type: {LOG}, message: d}}]
    """
    branches = document(flow(tasks=tasks)).tasks[0].branches
    assert list(branches) == ["cases.true", "cases.1", "cases.2024-07-01", "cases.no"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("2", 2), ("'2'", 2), ('"{{ inputs.n }}"', "{{ inputs.n }}")],
)
def test_a_number_is_read_from_text_too(written: str, meant: Any) -> None:
    tasks = f"""\
    - id: a
      type: {FLOW}.Parallel
      concurrent: {written}
      tasks: [{{id: b, type: {LOG}, message: b}}]
    """
    assert document(flow(tasks=tasks)).tasks[0].properties["concurrent"] == meant


@pytest.mark.parametrize("written", ["two", "1.5", "true", "0x2", "[2]", "{a: 2}"])
def test_what_is_no_number_is_refused(written: str) -> None:
    tasks = f"""\
    - id: a
      type: {FLOW}.Parallel
      concurrent: {written}
      tasks: [{{id: b, type: {LOG}, message: b}}]
    """
    (told,) = errors(flow(tasks=tasks))
    assert "tasks.0.concurrent: must be a whole number, got " in told


def test_aliases_and_merge_keys() -> None:
    read = document(
        flow("""
        variables:
          base: &base {a: 1, b: [1, 2]}
          same: *base
          more: {<<: *base, b: 3, c: 4}
        """)
    ).variables
    assert read["same"] == {"a": 1, "b": [1, 2]}
    assert read["more"] == {"a": 1, "b": 3, "c": 4}
