"""The HTML face of a form without HTML: what is filled in is read back, what is typed is judged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signoff.core.forms import InvalidText, fields, holds_secret, parse_text, with_defaults
from signoff.core.forms.typed import schema_of
from signoff.model.forms import SCALARS, Field, FieldError, FieldKind, Form
from signoff.server.pages.forms.controls import Control, lay_out
from signoff.server.pages.forms.drafts import Draft, Upload, own, read_pairs, write_pairs
from signoff.server.pages.forms.editing import edit
from signoff.server.pages.forms.filling import filled, started
from signoff.server.pages.forms.reading import read_answer
from signoff.server.pages.forms.shape import is_indexed
from tests.forms.models import Containers
from tests.forms.types import TEXT, models, scalars
from tests.pages.questions import Everything, Line, form_of

LAWS = settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

CONTAINERS: dict[str, Any] = {
    "numbers": [1, 2],
    "words": ["a", "b"],
    "pair": [1, "x"],
    "many": [1, 2, 3],
    "named": [1, "z"],
    "limits": {"a": 1, "b/~c": 2},
    "by_number": {"1": "x"},
    "flags": {"x": True},
    "loose": {"q": [1]},
    "address": {"city": "Paris", "zip": None},
    "maybe": None,
    "addresses": [{"city": "Rome", "zip": "1"}, {"city": "Oslo", "zip": None}],
    "pet": {"kind": "dog", "name": "Rex"},
    "maybe_pet": {"kind": "cat", "lives": 9},
    "either": "a",
    "mixed": {"city": "Bonn", "zip": None},
    "node": {"name": "n", "token": None, "children": []},
    "secrets": [],
}


def sent(draft: Draft) -> Draft:
    """What comes back from a browser in which nothing was changed."""
    return read_pairs(write_pairs(draft))


def names_of(controls: tuple[Control, ...]) -> list[str]:
    return [
        name
        for each in controls
        for name in (each.name, *names_of(each.parts), *names_of(each.rows))
    ]


def test_what_is_filled_in_is_read_back() -> None:
    form = Form(schema_of(Containers), initial=CONTAINERS)
    root = fields(form)
    answer, errors = read_answer(root, sent(started(root)))
    assert (with_defaults(form, answer), errors) == (with_defaults(form, CONTAINERS), [])


@LAWS
@given(st.data())
def test_initial_values_of_any_form_are_its_answer(data: st.DataObject) -> None:
    model, answers = data.draw(models())
    value = data.draw(answers)
    form = Form(schema_of(model), initial=value)
    root = fields(form)
    answer, errors = read_answer(root, sent(started(root)))
    # Secrets are write-only. An empty control says that nothing was given: where text may be left
    # out as well as be empty, a page cannot tell the two apart.
    if holds_secret(root) or '""' in json.dumps(value):
        return
    expected = with_defaults(form, value)
    assert errors == []
    assert _plain(with_defaults(form, answer)) == _plain(expected)


def _plain(value: Any) -> Any:
    """As a page sends it: it tells no line breaks apart, and says `null` for what may be null."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(each) for key, each in value.items() if each is not None}
    return value


@LAWS
@given(scalars(), TEXT)
def test_what_is_typed_is_what_is_judged(shape: Any, text: str) -> None:
    form = Form(
        {"type": "object", "properties": {"it": schema_of(shape.type_)}, "required": ["it"]}
    )
    root = fields(form)
    field = root.fields[0]
    if field.kind not in SCALARS or is_indexed(field) or field.kind is FieldKind.FILE or not text:
        return
    draft = Draft(parts={"it": Draft((text,))})
    answer, errors = read_answer(root, draft)
    expected: Any
    try:
        expected = {"it": parse_text(field, text)}, []
    except InvalidText as refused:
        expected = {"it": None}, list(refused.errors)
    assert (answer, errors) == expected


@LAWS
@given(st.data())
def test_any_draft_can_be_shown_and_read(data: st.DataObject) -> None:
    """Names and texts as anybody may send them break nothing."""
    root = fields(form_of(Everything))
    names = names_of(lay_out(root, started(root)).controls)
    steps = ("", "/~n", "/0", "/1/item", "/~arm", "/~0/number", "/~given", "/~key", "/~zone", "//x")
    texts = st.sampled_from(["", "1", "2", "yes", "-1", "9" * 30, "a\nb", "½", "\x00"]) | TEXT
    name = st.builds(lambda one, rest: one + rest, st.sampled_from(names), st.sampled_from(steps))
    draft = read_pairs(data.draw(st.lists(st.tuples(name, texts), max_size=30)))
    word = data.draw(st.sampled_from(["add", "remove", "up", "down", "jump"]))
    edit(root, draft, f"{word} {data.draw(name)}")
    answer, errors = read_answer(root, draft)
    sheet = lay_out(root, draft, errors)
    assert len(sheet.mistakes) == len({error.path for error in errors})
    assert set(answer) <= {field.name for field in root.fields}


@pytest.mark.parametrize(
    ("schema", "start", "required", "expected"),
    [
        ({"type": "string"}, None, True, "is required"),
        ({"type": "string"}, None, False, {}),
        ({"type": "string", "default": "x"}, None, False, {"it": ""}),
        ({"type": "integer", "default": 5}, None, False, "is required"),
        ({"type": "integer"}, 5, True, "is required"),
        ({"type": "integer"}, None, False, {}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 5, True, {"it": None}),
        ({"type": "boolean"}, None, True, "is required"),
        ({"type": "boolean"}, None, False, {}),
        ({"enum": ["a", "b"]}, None, True, "is required"),
        ({"enum": ["a", "b", None]}, "a", True, {"it": None}),
        ({"type": "string", "format": "password"}, "********", True, {}),
        ({"type": "string", "format": "password"}, None, True, "is required"),
        ({"type": "string", "format": "date"}, None, True, "is required"),
        ({"const": "only"}, None, True, {"it": "only"}),
        ({"type": "string", "readOnly": True, "default": "x"}, None, True, {}),
    ],
)
def test_what_an_empty_control_means(
    schema: dict[str, Any], start: Any, required: bool, expected: Any
) -> None:
    root = _root(schema, start, required)
    answer, errors = read_answer(root, Draft(parts={"it": Draft(("",))}))
    if isinstance(expected, str):
        assert [error.message for error in errors] == [expected]
    else:
        assert (answer, errors) == (expected, [])


def _root(schema: dict[str, Any], start: Any = None, required: bool = True) -> Field:
    whole = {"type": "object", "properties": {"it": schema}, "required": ["it"] * required}
    return fields(Form(whole, initial={} if start is None else {"it": start}))


def test_items_are_added_moved_and_removed() -> None:
    root = fields(form_of(Everything))
    draft = started(root)
    assert edit(root, draft, "add f/names") == "f/names/0"
    assert edit(root, draft, "add f/names") == "f/names/1"
    draft.parts["names"].parts["0"].texts = ("one",)
    draft.parts["names"].parts["1"].texts = ("two",)
    assert edit(root, draft, "up f/names/1") == "f/names/0"
    assert edit(root, draft, "up f/names/0") is None
    assert edit(root, draft, "down f/names/1") is None
    draft = sent(draft)
    assert read_answer(root, draft)[0]["names"] == ["two", "one"]
    assert edit(root, draft, "remove f/names/0") == "f/names/0"
    assert read_answer(root, draft)[0]["names"] == ["one"]
    assert edit(root, draft, "add f/lines") == "f/lines/0"
    assert edit(root, draft, "add f/limits") == "f/limits/0"
    for nonsense in ("add f/text", "add f/nothing", "add g/names", "remove f/names/7", "add"):
        assert edit(root, draft, nonsense) is None, nonsense
    assert edit(root, draft, "remove f/names/0") == "f/names"
    assert read_answer(root, draft)[0]["names"] == []


def test_what_is_added_inside_a_map_and_an_arm() -> None:
    schema = {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "integer"}},
    }
    root = _root(schema)
    draft = started(root)
    edit(root, draft, "add f/it")
    draft.parts["it"].parts["0"].parts["~key"].texts = ("odd",)
    assert edit(root, draft, "add f/it/0/~value") == "f/it/0/~value/0"
    draft.parts["it"].parts["0"].parts["~value"].parts["0"].texts = ("7",)
    assert read_answer(root, sent(draft)) == ({"it": {"odd": [7]}}, [])


def test_a_name_may_be_used_once() -> None:
    root = _root({"type": "object", "additionalProperties": {"type": "integer"}})
    draft = Draft(parts={"it": filled(root.fields[0], {"a": 1})})
    edit(root, draft, "add f/it")
    draft.parts["it"].parts["1"].parts["~key"].texts = ("a",)
    draft.parts["it"].parts["1"].parts["~value"].texts = ("2",)
    answer, errors = read_answer(root, draft)
    assert [str(error) for error in errors] == ["it.a: is named twice; every name may be used once"]
    assert answer == {"it": {"a": 1}}


def test_a_chosen_file_travels_with_the_form() -> None:
    root = _root({"type": "string", "format": "binary", "contentEncoding": "base64"})
    draft = read_pairs([("f/it", Upload("photo.png", b"\x89PNG"))])
    assert read_answer(root, draft) == ({"it": "iVBORw=="}, [])
    again = sent(draft)
    assert read_answer(root, again) == ({"it": "iVBORw=="}, [])
    assert lay_out(root, again).controls[0].kept == "photo.png"
    again.parts["it"].say("~drop", "1")
    assert [error.message for error in read_answer(root, again)[1]] == ["is required"]
    nothing = read_pairs([("f/it", Upload("", b""))])
    assert [error.message for error in read_answer(root, nothing)[1]] == ["is required"]


def test_mistakes_are_in_the_order_of_the_form() -> None:
    root = fields(form_of(Line))
    errors = [FieldError(("count",), "is required"), FieldError(("item",), "is required")]
    sheet = lay_out(root, started(root), [*errors, FieldError(("odd",), "is no field")])
    assert [each.label for each in sheet.mistakes] == ["Item", "Count", "odd"]
    assert [each.id for each in sheet.mistakes][-1] is None


def test_secrets_are_never_shown() -> None:
    root = fields(form_of(Everything))
    draft = Draft(parts={"secret": Draft(("hunter2",))})
    assert read_answer(root, draft)[0]["secret"] == "hunter2"
    assert "hunter2" not in repr(lay_out(root, draft))


def test_names_of_properties_cannot_be_taken_for_our_own() -> None:
    names = ["~n", "a/b", "~arm", "~0", "", "0"]
    properties = {name: {"type": "string"} for name in names}
    root = fields(Form({"type": "object", "properties": properties, "required": names}))
    draft = Draft(parts={own(name): Draft((f"<{name}>",)) for name in names})
    assert read_answer(root, sent(draft)) == ({name: f"<{name}>" for name in names}, [])
