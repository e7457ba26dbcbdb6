"""What the service asks of a database about lists of runs, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only.
"""

from __future__ import annotations

from typing import Protocol

from signoff.model.run_lists import PageRuns, Question, ReadQuestions, RunPage, TallyRuns


class RunLists(Protocol):
    """Lists of runs, as one transaction sees them."""

    def page(self, query: PageRuns) -> RunPage:
        """A page. What is read of the database does not grow with the runs that are not on it,
        where the order is that of ids and nothing but a state narrows it."""

    def tally(self, query: TallyRuns) -> tuple[int, ...]:
        """How many are in each state, at most one more than the bound. No more of them than that
        are read."""

    def questions(self, query: ReadQuestions) -> tuple[Question, ...]:
        """What is asked, one for each form, most runs first."""
