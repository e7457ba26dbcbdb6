"""What a person's text means, and what it cannot mean."""

from __future__ import annotations

from typing import Any

import pytest

from signoff.core.forms import InvalidText, fields, file_text, holds_secret, parse_text, to_text
from signoff.core.forms.typed import schema_of
from signoff.model.forms import Field, Form
from tests.forms.models import Containers, Node, Scalars


def field_of(schema: dict[str, Any]) -> Field:
    return fields(Form({"type": "object", "properties": {"x": schema}})).fields[0]


FIELDS = {
    each.name: each
    for model in (Scalars, Containers)
    for each in fields(Form(schema_of(model))).fields
}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("text", " as typed ", " as typed "),
        ("text", "", ""),
        ("long", "two\nlines\n", "two\nlines\n"),
        ("whole", "5000", 5000),
        ("whole", " +7 ", 7),
        ("whole", "-0", 0),
        ("number", "0.1", 0.1),
        ("number", "1e-3", 0.001),
        ("number", ".5", 0.5),
        ("number", "12345678901234567890", 12345678901234567890),
        ("money", "0.10", "0.10"),
        ("money", " 12 ", "12"),
        ("yes", "Yes", True),
        ("yes", "off", False),
        ("priority", "high", "high"),
        ("level", "2", 2),
        ("day", "2024-02-29", "2024-02-29"),
        ("clock", "09:30", "09:30"),
        ("moment", "2024-01-01 10:00", "2024-01-01 10:00"),
        ("moment", "2024-01-01T10:00:00.5+02:00", "2024-01-01T10:00:00.5+02:00"),
        ("length", "90m", "PT1H30M"),
        ("length", "2 days", "2 days"),
        ("length", "1h 5min, 3s", "PT1H5M3S"),
        ("length", "PT1H", "PT1H"),
        ("length", "1:30:00", "1:30:00"),
        ("secret", " keep spaces ", " keep spaces "),
        ("url", " https://example.com ", "https://example.com"),
        ("anything", '{"a": [1, null]}', {"a": [1, None]}),
        ("anything", '"text"', "text"),
        ("packed", "[1, 2]", "[1, 2]"),
        ("numbers", "1\n2\n\n3", [1, 2, 3]),
        ("numbers", "[1, 2]", [1, 2]),
        ("numbers", "", []),
        ("words", "a b\nc", ["a b", "c"]),
        ("pair", '[1, "a"]', [1, "a"]),
        ("limits", '{"cpu": 1}', {"cpu": 1}),
        ("maybe", "", None),
        ("either", "5", 5),
        ("either", "five", "five"),
        ("mixed", "5", 5),
        ("mixed", '{"city": "Rome"}', {"city": "Rome"}),
        ("mixed", "", None),
    ],
)
def test_reads(name: str, text: str, value: Any) -> None:
    read = parse_text(FIELDS[name], text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("whole", "", "is required"),
        ("whole", "  ", "is required"),
        ("whole", "abc", "must be a whole number, got 'abc'"),
        ("whole", "5.0", "must be a whole number, got '5.0'"),
        ("whole", "1,000", "must be a whole number, got '1,000'"),
        ("whole", "1_000", "must be a whole number, got '1_000'"),
        ("whole", "\uff11", "must be a whole number, got '\uff11'"),
        ("number", "nan", "must be a number, got 'nan'"),
        ("number", "1e999", "must be a number that is not so large, got '1e999'"),
        ("money", "1e5", "must be a decimal number such as 12.50, got '1e5'"),
        ("yes", "maybe", "must be yes or no, got 'maybe'"),
        ("priority", "medium", "must be one of: low, high, got 'medium'"),
        ("priority", "", "is required"),
        ("day", "31.12.2024", "must be a date such as 2026-03-01, got '31.12.2024'"),
        ("day", "2023-02-29", "must be a date such as 2026-03-01, got '2023-02-29'"),
        ("clock", "9:30", "must be a time such as 09:30, got '9:30'"),
        (
            "moment",
            "2024-01-01",
            "must be a date and time such as 2026-03-01T09:30, got '2024-01-01'",
        ),
        (
            "length",
            "5",
            "must be a duration such as 90m, 2 days, 1:30:00 or PT1H30M, got '5'",
        ),
        ("anything", "text", "must be JSON (text in double quotes), got 'text'"),
        ("anything", "[1", "must be JSON, got '[1'"),
        ("anything", "NaN", "must be JSON (text in double quotes), got 'NaN'"),
        ("address", "Paris", "must be JSON (text in double quotes), got 'Paris'"),
        ("mixed", "x", "must be a whole number, or JSON (text in double quotes), got 'x'"),
    ],
)
def test_refuses(name: str, text: str, message: str) -> None:
    with pytest.raises(InvalidText) as refused:
        parse_text(FIELDS[name], text)
    error = refused.value.error
    assert (error.dotted, error.message) == (name, message)
    assert str(refused.value) == f"{name}: {message}"


def test_every_bad_line_of_a_list_is_named_by_its_position() -> None:
    with pytest.raises(InvalidText) as refused:
        parse_text(FIELDS["numbers"], "1\nx\n3\ny")
    assert [str(error) for error in refused.value.errors] == [
        "numbers.1: must be a whole number, got 'x'",
        "numbers.3: must be a whole number, got 'y'",
    ]


def test_a_long_or_strange_value_is_shown_short_and_harmless() -> None:
    with pytest.raises(InvalidText) as refused:
        parse_text(FIELDS["whole"], "\x1b[2J" + "x" * 500)
    message = refused.value.error.message
    assert message.startswith("must be a whole number, got '\\x1b[2Jxxx")
    assert len(message) < 100


def test_text_that_may_hold_a_secret_is_not_repeated() -> None:
    for name in ("node", "secrets"):
        assert holds_secret(FIELDS[name])
        with pytest.raises(InvalidText) as refused:
            parse_text(FIELDS[name], '["hunter2')
        assert "hunter2" not in str(refused.value)
        assert refused.value.error.value is None


def test_an_open_choice_takes_other_text() -> None:
    field = field_of({"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "string"}]})
    assert parse_text(field, "b") == "b"


def test_a_choice_is_read_by_label_first_then_by_value() -> None:
    field = field_of({"anyOf": [{"const": 1, "title": "2"}, {"const": 2, "title": "one"}]})
    assert parse_text(field, "2") == 1
    assert parse_text(field, "one") == 2
    assert parse_text(field, "1") == 1
    assert to_text(field, 2) == "one"


def test_choices_of_other_types() -> None:
    field = field_of({"enum": [True, 1, "x", None]})
    assert parse_text(field, "yes") is True
    assert parse_text(field, "1") == 1
    assert parse_text(field, "true") is True
    assert parse_text(field, "") is None


@pytest.mark.parametrize("word", ["y", "1", "on"])
def test_in_a_union_only_plain_words_are_a_yes(word: str) -> None:
    field = field_of({"anyOf": [{"type": "boolean"}, {"type": "string"}]})
    assert parse_text(field, word) == word
    assert parse_text(field, "true") is True


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("text", None, ""),
        ("yes", True, "yes"),
        ("level", 2, "2"),
        ("number", 0.5, "0.5"),
        ("anything", "text", '"text"'),
        ("packed", "[1]", "[1]"),
        ("words", ["a", "b"], "a\nb"),
        ("words", ["a", ""], '["a", ""]'),
        ("address", {"city": "Zürich"}, '{"city": "Zürich"}'),
    ],
)
def test_shows(name: str, value: Any, text: str) -> None:
    assert to_text(FIELDS[name], value) == text


def test_files_travel_as_text_or_base64() -> None:
    plain = field_of({"type": "string", "format": "binary"})
    packed = field_of({"type": "string", "contentEncoding": "base64"})
    url_safe = field_of({"type": "string", "format": "base64url"})
    assert file_text(plain, b"caf\xc3\xa9") == "café"
    assert file_text(packed, b"\xff\xfe") == "//4="
    assert file_text(url_safe, b"\xff\xfe") == "__4="
    with pytest.raises(InvalidText, match="must be a text file in UTF-8"):
        file_text(plain, b"\xff")


def test_a_recursive_part_takes_json() -> None:
    children = fields(Form(schema_of(Node))).field("children")
    assert children is not None
    assert parse_text(children, '[{"name": "a"}]') == [{"name": "a"}]
