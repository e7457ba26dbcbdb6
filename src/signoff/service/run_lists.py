"""Pages of runs, and how many there are. Loaded with the first of them only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from signoff.model.commands import Request
from signoff.model.errors import InvalidRequest
from signoff.model.forms import Form
from signoff.model.run_lists import (
    MOST_LISTED,
    PageRuns,
    Question,
    ReadQuestions,
    RunPage,
    TallyRuns,
)
from signoff.service.paging import paged
from signoff.service.sealing import masked
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def page_runs(unit: Unit, query: PageRuns) -> RunPage:
    """Raises `InvalidRequest` for a page that cannot be."""
    paged(query.limit, 0)
    if not 0 < query.limit <= MOST_LISTED:
        raise InvalidRequest(
            f"limit must be 1 to {MOST_LISTED}, got {query.limit}; `after` goes on from a page.",
            {"errors": ["limit"]},
        )
    if query.after is not None and query.before is not None:
        raise InvalidRequest(
            "A page begins after a run or ends before one: give `after` or `before`, not both.",
            {"errors": ["before"]},
        )
    page = unit.tx.run_lists.page(query)
    return replace(page, rows=tuple(replace(row, run=masked(row.run)) for row in page.rows))


def tally_runs(unit: Unit, query: TallyRuns) -> tuple[int, ...]:
    return unit.tx.run_lists.tally(query)


def read_questions(unit: Unit, query: ReadQuestions) -> tuple[Question, ...]:
    alike: dict[str, Question] = {}
    shelf = unit.means.forms
    for each in unit.tx.run_lists.questions(query):
        sheets = [shelf.get(unit.tx, bytes.fromhex(form)) for form in each.forms]
        form = shelf.shown(sheets[0]) if sheets else None
        schema = json.dumps(form.schema, sort_keys=True) if form is not None else ""
        found = replace(each, form=form)
        alike[schema] = _together(alike[schema], found) if schema in alike else found
    return tuple(sorted(alike.values(), key=lambda each: -each.count))


def _together(known: Question, other: Question) -> Question:
    """Two questions with one schema, as one."""
    first, second = known.form, other.form
    assert first is not None
    assert second is not None
    initial = {
        name: value
        for name, value in first.initial.items()
        if name in second.initial and second.initial[name] == value
    }
    return replace(
        known,
        forms=known.forms + other.forms,
        count=known.count + other.count,
        form=Form(first.schema, initial=initial),
    )


HANDLERS: Handlers = {PageRuns: page_runs, TallyRuns: tally_runs, ReadQuestions: read_questions}

FRESH: Mapping[type[Request[Any]], str | None] = {
    PageRuns: None,
    TallyRuns: None,
    ReadQuestions: None,
}
"""Due deadlines are applied before these are read."""
