"""The terminal's face of a form, on a real pseudo-terminal."""

from __future__ import annotations

import io
import os
import termios
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from signoff.authoring.terminal import can_prompt, prompt
from signoff.core.forms.checking import check
from signoff.core.forms.typed import schema_of
from signoff.model.forms import Form
from tests.forms.sessions import Session


@pytest.fixture(autouse=True)
def a_capable_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def form_of(type_: Any, **options: Any) -> Form:
    return Form(schema_of(type_), **options)


class Priority(Enum):
    LOW = "low"
    HIGH = "high"


class Address(BaseModel):
    city: str = Field(min_length=2)
    zip: str | None = None


class Cleanup(BaseModel):
    max_rows: int = Field(ge=1, le=1000, description="How many rows go at most.")
    priority: Priority = Priority.LOW
    dry_run: bool = True
    note: str | None = None


def test_asks_each_field_and_ends_with_a_summary() -> None:
    with Session(form_of(Cleanup), title="Delete rows?", deadline_text="until 12:04") as person:
        person.reply("Max Rows (whole number, 1 to 1000):", "50")
        person.reply("Priority\n  1) low\n  2) high\nChoose [low]:", "2")
        person.reply("Dry Run (yes or no) [yes]:", "no")
        person.reply("Note (optional):", "")
        person.see("Enter sends this answer; a number changes that field:")
        shown = person.screen.text
        person.type("\r")
        assert person.finish() == {
            "max_rows": 50,
            "priority": "high",
            "dry_run": False,
            "note": None,
        }
    assert shown.startswith("Delete rows?\nuntil 12:04\n\nHow many rows go at most.\n")
    assert "  1) Max Rows  50\n  2) Priority  high\n  3) Dry Run   no\n  4) Note      none" in shown


def test_an_error_stands_directly_below_and_the_field_is_asked_again() -> None:
    question = "Max Rows (whole number, 1 to 1000):"
    with Session(form_of(Cleanup)) as person:
        person.reply(question, "5000")
        person.reply(f"{question} 5000\n! must be at most 1000, got 5000\n{question}", "a lot")
        person.reply(f"! must be a whole number, got 'a lot'\n{question}", "")
        person.reply(f"! is required\n{question}", "5")
        person.see("Choose [low]:")


def test_a_field_can_be_changed_before_the_answer_is_sent() -> None:
    with Session(form_of(Cleanup, initial={"max_rows": 7})) as person:
        person.reply("[7]:", "")
        person.reply("[low]:", "")
        person.reply("[yes]:", "")
        person.reply("(optional):", "")
        person.reply("changes that field:", "9")
        person.reply(
            "! must be a number from 1 to 4, or nothing\n"
            "Enter sends this answer; a number changes that field:",
            "4",
        )
        person.reply("Note (optional):", "why not")
        person.reply("changes that field:", "")
        assert person.finish() == {
            "max_rows": 7,
            "priority": "low",
            "dry_run": True,
            "note": "why not",
        }


def test_an_initial_value_keeps_its_constraints() -> None:
    with Session(form_of(Cleanup, initial={"max_rows": 5000})) as person:
        person.reply("[5000]:", "")
        person.reply(
            "! must be at most 1000, got 5000\nMax Rows (whole number, 1 to 1000) [5000]:",
            "10",
        )
        person.see("Choose [low]:")


class Everything(BaseModel):
    address: Address
    other: Address | None = None
    tags: list[str] = Field(min_length=1)
    sizes: set[int] = Field(default_factory=set)
    point: tuple[int, str]
    limits: dict[str, int]
    either: int | str
    notes: Annotated[str, Field(json_schema_extra={"format": "multiline"})] = ""


def test_nested_models_lists_maps_tuples_unions_and_long_texts() -> None:
    with Session(form_of(Everything), rows=400) as person:
        person.reply("Address\n  City (at least 2 characters):", "P")
        person.reply(
            "  ! must have at least 2 characters, got 1\n  City (at least 2 characters):", "Paris"
        )
        person.reply("  Zip (optional):", "")
        person.reply("Fill in Other? (yes or no) [no]:", "")
        person.reply("Tags (one per line, an empty line ends)\n  1:", "")
        person.reply("! must have at least 1 items\n  1:", "a")
        person.reply("  2:", "b")
        person.reply("  3:", "")
        person.reply("Sizes (whole number, one per line, an empty line ends)\n  1:", "3")
        person.reply("  2:", "3")
        person.reply("! is in the list already\n  2:", "x")
        person.reply("! must be a whole number, got 'x'\n  2:", "")
        person.reply("Point\n  Item 1 (whole number):", "1")
        person.reply("  Item 2:", "north")
        person.reply("Limits (an empty name ends)\n  Name:", "cpu")
        person.reply("  cpu (whole number):", "4")
        person.reply("  Name:", "")
        person.reply("Either: which kind?\n  1) Whole number\n  2) Text\nChoose:", "2")
        person.reply("Either:", "seven")
        person.reply("holds only a dot)\n ", "one")
        person.reply("  one\n ", "")
        person.reply("  one\n\n ".rstrip() or " ", "two")
        person.type(".\r")
        person.reply("changes that field:", "")
        assert person.finish() == {
            "address": {"city": "Paris", "zip": None},
            "other": None,
            "tags": ["a", "b"],
            "sizes": [3],
            "point": [1, "north"],
            "limits": {"cpu": 4},
            "either": "seven",
            "notes": "one\n\ntwo",
        }


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


class Owner(BaseModel):
    pet: Cat | Dog = Field(discriminator="kind")
    friends: list[Address] = []


def test_a_discriminated_union_asks_for_the_arm_and_not_for_its_tag() -> None:
    with Session(form_of(Owner)) as person:
        person.reply("Pet: which kind?\n  1) Cat\n  2) Dog\nChoose:", "2")
        person.reply("Pet\n  Name:", "Rex")
        person.reply("Friends: add Address? (yes or no) [no]:", "y")
        person.reply("Friends 1\n  City (at least 2 characters):", "Rome")
        person.reply("  Zip (optional):", "00100")
        person.reply("Friends: add another Address? (yes or no) [no]:", "")
        person.reply("changes that field:", "")
        assert person.finish() == {
            "pet": {"kind": "dog", "name": "Rex"},
            "friends": [{"city": "Rome", "zip": "00100"}],
        }


def test_initial_values_of_a_union_choose_its_arm() -> None:
    initial = {"pet": {"kind": "cat", "lives": 3}}
    with Session(form_of(Owner, initial=initial)) as person:
        person.reply("Choose [Cat]:", "")
        person.reply("  Lives (whole number) [3]:", "")
        person.reply("add Address? (yes or no) [no]:", "")
        person.reply("changes that field:", "")
        assert person.finish() == {"pet": {"kind": "cat", "lives": 3}, "friends": []}


class Login(BaseModel):
    password: SecretStr = Field(min_length=8)
    again: SecretStr | None = None


def test_a_secret_is_never_shown() -> None:
    with Session(form_of(Login)) as person:
        person.reply("Password (not shown, at least 8 characters):", "hunter2")
        person.reply(
            "! must have at least 8 characters\nPassword (not shown, at least 8 characters):",
            "correct horse",
        )
        person.reply("Again (not shown, optional):", "")
        person.see("changes that field:")
        assert "1) Password  ********" in person.screen.text
        assert "hunter2" not in person.screen.text
        assert "correct horse" not in person.screen.text
        person.type("\r")
        assert person.finish() == {"password": "correct horse", "again": None}


def test_a_secret_that_is_kept_is_not_judged_by_its_mask() -> None:
    class Token(BaseModel):
        token: SecretStr = Field(min_length=20)
        note: str = "n"

    with Session(form_of(Token, initial={"token": "********"})) as person:
        person.reply("Token (not shown, at least 20 characters) [********]:", "")
        person.reply("Note [n, - for none]:", "-")
        person.reply("changes that field:", "1")
        person.reply("Token (not shown, at least 20 characters) [********]:", "too short")
        person.reply(
            "! must have at least 20 characters\n"
            "Token (not shown, at least 20 characters) [********]:",
            "",
        )
        person.reply("changes that field:", "")
        assert person.finish() == {"token": "********", "note": ""}


class Plain(BaseModel):
    value: int


def test_a_form_of_one_value_needs_no_confirmation() -> None:
    with Session(form_of(Plain)) as person:
        person.reply("Value (whole number):", "3")
        assert person.finish() == {"value": 3}
        assert person.screen.text.endswith("Value  3")


def test_a_form_without_fields_asks_for_enter_only() -> None:
    class Nothing(BaseModel):
        pass

    with Session(form_of(Nothing), title="Go on?") as person:
        person.reply("Press Enter to go on.", "")
        assert person.finish() == {}


@pytest.mark.parametrize("typed", ["", "4", "half an ans\u00e9wer"])
def test_vanishes_when_somebody_else_answers(typed: str) -> None:
    with Session(form_of(Cleanup), title="Delete rows?") as person:
        person.screen.feed("what stood there before\r\n")
        person.see("1 to 1000):")
        person.type(typed)
        person.see(f"1 to 1000): {typed}")
        assert person.mode[3] & (termios.ICANON | termios.ECHO) == 0
        person.wake()
        assert person.finish() is None
        assert person.screen.text == "what stood there before"
        assert (person.screen.row, person.screen.column) == (1, 0)
        assert person.mode == person.mode_before
        assert not person.screen.marks_pastes


def test_vanishes_from_a_narrow_terminal_with_wrapped_lines() -> None:
    title = "A title that is much longer than the terminal is wide"
    with Session(form_of(Cleanup), title=title, columns=20) as person:
        person.screen.feed("before\r\n")
        person.see("1000):")
        for text in ("12345", "67890123456789012345678", "90"):
            person.type(text)
            person.see(text[-1:])
        person.wake()
        assert person.finish() is None
        assert person.screen.text == "before"


def test_vanishes_after_errors_and_finished_fields() -> None:
    with Session(form_of(Cleanup), title="Delete rows?") as person:
        person.reply("1 to 1000):", "5000")
        person.reply("got 5000\nMax Rows (whole number, 1 to 1000):", "5")
        person.reply("Choose [low]:", "")
        person.see("Dry Run (yes or no) [yes]:")
        person.wake()
        assert person.finish() is None
        assert person.screen.text == ""


def test_vanishes_from_a_screen_it_has_scrolled() -> None:
    form = form_of(Plain, description="\n".join(f"- line {number}" for number in range(20)))
    with Session(form, rows=6) as person:
        person.see("Value (whole number):")
        person.wake()
        assert person.finish() is None
        left = person.screen.text.splitlines()
        assert left == [f"\u2022 line {number}" for number in range(16)]


def test_a_wake_up_goes_before_a_line_that_came_with_it() -> None:
    with Session(form_of(Plain)) as person:
        person.see("Value (whole number):")
        person.wake()
        person.type("3\r")
        assert person.finish() is None


def test_typing_before_the_question_is_no_answer() -> None:
    person = Session(form_of(Cleanup, initial={"max_rows": 5}))
    person.type("\r\r\r\r\r")
    with person:
        person.see("[5]:")
        person.wake()
        assert person.finish() is None


def test_prompts_of_one_process_take_turns() -> None:
    with Session(form_of(Plain)) as first:
        first.see("Value (whole number):")
        with Session(form_of(Plain)) as second:
            with Session(form_of(Plain)) as third:
                third.wake()
                assert third.finish() is None
                assert third.screen.text == ""
            assert second.screen.text == ""
            first.type("1\r")
            assert first.finish() == {"value": 1}
            second.reply("Value (whole number):", "2")
            assert second.finish() == {"value": 2}


def test_a_terminal_that_does_not_know_its_size_is_taken_as_usual() -> None:
    with Session(form_of(Plain), title="A title", columns=0) as person:
        person.screen.columns = 80
        person.see("Value (whole number):")
        person.wake()
        assert person.finish() is None
        assert person.screen.text == ""


@pytest.mark.parametrize(
    ("schema", "hint"),
    [
        ({"type": "number", "exclusiveMinimum": 0}, "number, more than 0"),
        ({"type": "number", "minimum": 0, "exclusiveMaximum": 1}, "at least 0 and less than 1"),
        ({"type": "integer", "multipleOf": 5}, "whole number, in steps of 5"),
        ({"type": "string", "maxLength": 9}, "at most 9 characters"),
        ({"type": "string", "format": "date", "formatMinimum": "2024-01-01"}, "2024-01-01"),
        ({"type": "string", "format": "duration"}, "such as 90m or 2 days"),
    ],
)
def test_says_beforehand_what_may_be_typed(schema: dict[str, Any], hint: str) -> None:
    form = Form({"type": "object", "properties": {"value": schema}, "required": ["value"]})
    with Session(form) as person:
        person.see(f"{hint}):")


def test_end_of_input_is_no_answer() -> None:
    with Session(form_of(Cleanup)) as person:
        person.see("1 to 1000):")
        person.type("\x04")
        assert person.finish() is None
        assert person.mode == person.mode_before


def test_lines_can_be_edited() -> None:
    class Note(BaseModel):
        value: str

    with Session(form_of(Note)) as person:
        person.see("Value:")
        person.type("wrong\x15two words\x17\x7f three\x1b[D\x1b[D\x7fX\x01>\x1b[F<")
        person.see("Value: >two thXee<")
        person.type("\r")
        assert person.finish() == {"value": ">two thXee<"}


def test_a_pasted_line_break_does_not_send_the_line() -> None:
    class Note(BaseModel):
        value: str

    with Session(form_of(Note)) as person:
        person.see("Value:")
        assert person.screen.marks_pastes
        person.type("\x1b[200~one\rtwo\x15\x1b[201~")
        person.see("Value: one\u21b5two")
        person.type("\r")
        assert person.finish() == {"value": "one\ntwo"}


def test_nothing_an_author_wrote_steers_the_terminal() -> None:
    class Sly(BaseModel):
        value: int = Field(title="\x1b[2JLabel", description="\x1b]0;title\x07 \u202eback")

    form = form_of(Sly, description="Some \x1b[31mtext\n\n| a\x1b |\n|---|\n| \x07 |")
    with Session(form, title="Sly\x9b1mone") as person:
        person.see("[2JLabel (whole number):")
        assert "\x1b" not in person.screen.text
        assert "Sly\ufffd1mone" in person.screen.text


def test_asks_again_when_only_the_whole_answer_is_refused() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "dependentRequired": {"a": ["b"]},
    }
    with Session(Form(schema)) as person:
        person.reply("A (whole number, optional):", "1")
        person.reply("B (whole number, optional):", "")
        person.reply("! b: is required when a is given\nB (whole number, optional):", "2")
        person.reply("changes that field:", "")
        assert person.finish() == {"a": 1, "b": 2}


def test_shows_why_the_flow_refused_the_answer_before() -> None:
    with Session(form_of(Plain), message="value: must be even") as person:
        person.see("! value: must be even\nValue (whole number):")


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "content.txt"
    path.write_text("hello", encoding="utf-8")
    return path


def test_a_file_is_asked_for_by_its_path(upload: Path) -> None:
    class Upload(BaseModel):
        value: bytes

    with Session(form_of(Upload), columns=300) as person:
        person.reply("Value (path of a file):", str(upload) + ".not")
        person.reply(
            "! cannot be read: No such file or directory\nValue (path of a file):", str(upload)
        )
        assert person.finish() == {"value": "hello"}


def test_a_pipe_gives_one_value_per_line() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"50\n2\n\n\n\n")
    os.close(writer)
    output = io.StringIO()
    try:
        answer = prompt(form_of(Cleanup), input_fd=reader, output=output, check=check)
    finally:
        os.close(reader)
    assert answer == {"max_rows": 50, "priority": "high", "dry_run": True, "note": None}
    assert "\x1b" not in output.getvalue()


def test_a_pipe_that_ends_too_early_gives_no_answer() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"50")
    os.close(writer)
    try:
        assert prompt(form_of(Cleanup), input_fd=reader, output=io.StringIO(), check=check) is None
    finally:
        os.close(reader)


def test_only_terminals_can_prompt() -> None:
    reader, writer = os.pipe()
    try:
        assert not can_prompt(reader, io.StringIO())
    finally:
        os.close(reader)
        os.close(writer)


def test_a_teletype_is_served_without_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with Session(form_of(Plain)) as person:
        person.see("Value (whole number):")
        person.type("12\x7f3")
        person.see("Value (whole number): 13")
        person.type("\r")
        assert person.finish() == {"value": 13}
