"""Every refusal arrives at the client as the same exception."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from signoff.model import errors
from signoff.model.forms import FieldError
from signoff.wire.problems import describe, read_problem, write_problem

pytestmark = pytest.mark.wire

ASKED = "GET http://127.0.0.1:4200/api/flow_runs/x"


@pytest.mark.parametrize("code", errors.REFUSALS)
def test_a_refusal_survives_the_journey(code: str) -> None:
    kind = errors.REFUSALS[code]
    sent = kind("Because of this.", {"keys": ["a", "b"], "entry": 3})
    problem = write_problem(sent)
    arrived = read_problem(problem.status, problem.body, ASKED)
    assert type(arrived) is kind
    assert isinstance(arrived, errors.RequestRefused)
    assert str(arrived) == "Because of this."
    assert arrived.message == "Because of this."
    assert arrived.details == {"keys": ["a", "b"], "entry": 3}
    assert problem.status == kind.status


@pytest.mark.parametrize("code", errors.REFUSALS)
def test_a_problem_says_what_to_do(code: str) -> None:
    body = json.loads(write_problem(errors.REFUSALS[code]("No.")).body)
    assert body["type"] == f"urn:signoff:problem:{code}"
    assert body["title"]
    assert body["help"]
    assert body["detail"] == "No."


def test_an_invalid_answer_keeps_its_fields() -> None:
    wrong = [FieldError(("tags", 0), "must be text, got 3", 3), FieldError((), "is not an object")]
    problem = write_problem(errors.InvalidAnswer("2 fields are wrong.", errors=wrong))
    assert json.loads(problem.body)["errors"][0]["field"] == "tags.0"
    arrived = read_problem(problem.status, problem.body, ASKED)
    assert isinstance(arrived, errors.InvalidAnswer)
    assert arrived.errors == tuple(wrong)


def test_an_invalid_request_keeps_its_fields() -> None:
    fields = [{"field": "limit", "message": "too large", "value": 201}]
    problem = write_problem(errors.InvalidRequest("No.", {"errors": fields}))
    arrived = read_problem(problem.status, problem.body, ASKED)
    assert isinstance(arrived, errors.InvalidRequest)
    assert arrived.details["errors"] == fields


def test_details_that_are_no_json_become_text() -> None:
    run = UUID(int=1)
    arrived = read_problem(409, write_problem(errors.StaleEntry("", {"run": run})).body, ASKED)
    assert isinstance(arrived, errors.StaleEntry)
    assert arrived.details == {"run": str(run)}


STORE_ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.StoreError)
]


@pytest.mark.parametrize("kind", STORE_ERRORS)
def test_an_error_of_the_database_survives(kind: type[errors.StoreError]) -> None:
    problem = write_problem(kind("the disk is full"))
    arrived = read_problem(problem.status, problem.body, ASKED)
    assert type(arrived) is kind
    assert str(arrived) == "the disk is full"
    assert problem.status >= 500


@pytest.mark.parametrize("body", [b"<html>nginx</html>", b"", b"[1]", b'{"detail": "Not Found"}'])
def test_an_answer_of_something_else_asks_about_the_url(body: bytes) -> None:
    arrived = read_problem(404, body, ASKED)
    assert isinstance(arrived, errors.SignoffHTTPStatusError)
    assert arrived.status == 404
    assert "SIGNOFF_API_URL" in str(arrived)
    assert ASKED in str(arrived)


def test_a_code_nobody_knows_keeps_its_words() -> None:
    problem = describe(418, "teapot", "Short and stout", "No coffee.", "Ask for tea.")
    arrived = read_problem(problem.status, problem.body, ASKED)
    assert isinstance(arrived, errors.SignoffHTTPStatusError)
    assert "No coffee. Ask for tea." in str(arrived)
