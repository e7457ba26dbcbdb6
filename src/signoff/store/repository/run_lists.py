"""Pages of runs, and how many there are: see `core.run_list_ports.RunLists`.

Owns how a page is read: first the numbers of its runs, from an index where there is one, then what
is shown of them. Loaded with the first such list only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from signoff.model.filters import FlowRunSort
from signoff.model.run_lists import (
    ListedRun,
    PageRuns,
    Place,
    Question,
    ReadQuestions,
    RunPage,
    TallyRuns,
)
from signoff.model.waits import WaitKind
from signoff.store import statements
from signoff.store.codes import WAIT_KIND
from signoff.store.combining import all_of
from signoff.store.filtering import Conditions
from signoff.store.repository.lists import shown
from signoff.store.repository.lookups import Lookups
from signoff.store.repository.showing import statement
from signoff.store.run_order import ORDERS
from signoff.store.session import Session

FEW = 1000
"""Runs that are sorted rather than looked for in an order."""


class RunListRows:
    """Part of a transaction.

    Args:
        session: the connection, inside a transaction.
        lookups: the transaction's numbers of actors.
    """

    def __init__(self, session: Session, lookups: Lookups) -> None:
        self._session = session
        self._lookups = lookups

    def page(self, query: PageRuns) -> RunPage:
        back = query.before is not None
        place = query.before or query.after
        found = self._numbers(query, place, back)
        listed = found[: query.limit]
        if back:
            listed.reverse()
        rows = self._rows([number for number, _ in listed])
        more = len(found) > query.limit
        places = [Place(value, row.run.id) for row, (_, value) in zip(rows, listed, strict=True)]
        # What was left behind is there, or was a moment ago.
        has_earlier = more if back else place is not None
        has_further = place is not None if back else more
        return RunPage(
            rows,
            places[0] if places and has_earlier else None,
            places[-1] if places and has_further else None,
        )

    def _numbers(self, query: PageRuns, place: Place | None, back: bool) -> list[tuple[int, Any]]:
        """Numbers of a page's runs and their values in its order, one more where there is one."""
        order = ORDERS[query.sort]
        conditions = Conditions(self._session.dialect, self._phase(query))
        parts = [conditions.flows(query.flows), conditions.flow_runs(query.flow_runs)]
        if place is not None:
            value = "" if order.value is None else conditions.value(place.value)
            parts.append(order.beyond(value, conditions.value(place.run_id.bytes), back))
        fragments = {
            "where": all_of(parts),
            "order": order.text(back),
            "value": order.value or "NULL",
        }
        text = statements.load(self._session.dialect.name)["page_of_runs"]
        values = {**conditions.values, "limit": query.limit + 1}
        return [(no, value) for no, value in self._ask(text, fragments, values)]

    def _phase(self, query: PageRuns) -> str:
        """How the statement names the phase: newest first, runs of a state that many are in are
        met soon on the way, and only few are worth being looked up and sorted."""
        wanted = query.flow_runs.state if query.flow_runs is not None else None
        if wanted is None or query.sort is not FlowRunSort.ID_DESC:
            return "r.phase"
        (count,) = self.tally(TallyRuns((wanted,), most=FEW))
        return "r.phase" if count <= FEW else "+r.phase"

    def _rows(self, numbers: list[int]) -> tuple[ListedRun, ...]:
        if not numbers:
            return ()
        conditions = Conditions(self._session.dialect)
        where = conditions.among("r.no", numbers)
        text = statement(self._session, "flow_runs", where, "r.no")
        values = {**conditions.values, "limit": len(numbers), "offset": 0}
        found = self._session.ask(text, values)
        runs = dict(
            zip((row[0] for row in found), shown(self._session, self._lookups, found), strict=True)
        )
        asks, calls = self._waits(numbers)
        return tuple(
            ListedRun(runs[number], tuple(asks.get(number, ())), number in calls)
            for number in numbers
        )

    def _waits(self, numbers: list[int]) -> tuple[dict[int, list[str]], set[int]]:
        """What these runs wait for: titles of what somebody can answer, and who calls a run."""
        conditions = Conditions(self._session.dialect)
        fragments = {"where": conditions.among("w.run", numbers)}
        text = statements.load(self._session.dialect.name)["asked_by_runs"]
        asks: dict[int, list[str]] = {}
        calls: set[int] = set()
        for run, kind, title, key in self._ask(text, fragments, conditions.values):
            if WAIT_KIND.member[kind] is WaitKind.CHILD:
                calls.add(run)
            else:
                asks.setdefault(run, []).append(title or key)
        return asks, calls

    def tally(self, query: TallyRuns) -> tuple[int, ...]:
        conditions = Conditions(self._session.dialect)
        conditions.values["most"] = query.most + 1
        text = statements.load(self._session.dialect.name)["tally_of_runs"]
        among = all_of((conditions.flows(query.flows), conditions.flow_runs(query.flow_runs)))
        each = [
            statements.fill(text, {"where": all_of((conditions.run_state(state), among))})
            for state in query.states
        ]
        counts = ", ".join(f"({one})" for one in each)
        (row,) = self._session.ask(f"SELECT {counts}", conditions.values)
        return tuple(row)

    def questions(self, query: ReadQuestions) -> tuple[Question, ...]:
        conditions = Conditions(self._session.dialect)
        among = all_of((conditions.flows(query.flows), conditions.flow_runs(query.flow_runs)))
        text = statements.load(self._session.dialect.name)["forms_of_runs"]
        return tuple(
            Question(() if form is None else (bytes(form).hex(),), count, UUID(bytes=run), key)
            for form, count, run, key in self._ask(text, {"where": among}, conditions.values)
        )

    def _ask(self, text: str, fragments: Mapping[str, str], values: Mapping[str, Any]) -> Any:
        return self._session.ask(statements.fill(text, fragments), values)
