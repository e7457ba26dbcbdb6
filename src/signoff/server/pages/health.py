"""How the server is, line by line, as it is found when somebody looks.

Owns what is looked at and the wording. Must not know how it is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from signoff.model.errors import StoreError
from signoff.model.filters import FlowRunFilterState, FlowRunFilterStateName
from signoff.model.health import ReadSchema
from signoff.model.run_lists import MOST_COUNTED, TallyRuns
from signoff.model.shared.work_pools import ReadWorkers, ReadWorkPools, WorkerStatus
from signoff.server.facts import Facts
from signoff.server.pages import words
from signoff.server.pages.visits import Visit

LATE = FlowRunFilterState(name=FlowRunFilterStateName(any_=["Late"]))
MOST_POOLS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at.

    Args:
        name: what.
        text: how it is, in a sentence.
        good: whether it is as it should be.
    """

    name: str
    text: str
    good: bool = True


async def findings(visit: Visit) -> list[Finding]:
    """Everything there is to say."""
    facts = visit.facts()
    found = [Finding("Server", f"It answers, since {words.exact(facts.since)}.")]
    try:
        found += await _stored(visit, facts)
    except StoreError as error:
        found.append(Finding("Database", f"{facts.database} does not answer: {error}", False))
    return [*found, *_own(facts)]


async def _stored(visit: Visit, facts: Facts) -> list[Finding]:
    schema = await visit.ask(ReadSchema())
    is_newest = schema.number == schema.newest
    beside = "the newest this version knows" if is_newest else f"where {schema.newest} is known"
    (late,) = await visit.ask(TallyRuns((LATE,)))
    return [
        Finding("Database", f"{facts.database} answers."),
        Finding("Schema", f"Number {schema.number}, {beside}.", is_newest),
        _late(late),
        *await _workers(visit),
    ]


async def _workers(visit: Visit) -> list[Finding]:
    found = []
    for pool in await visit.ask(ReadWorkPools(limit=MOST_POOLS)):
        for worker in await visit.ask(ReadWorkers(pool.name)):
            at = worker.last_heartbeat_time
            heard = f"heard of {words.ago(words.micros(at), visit.now)}" if at else "never heard of"
            online = worker.status is WorkerStatus.ONLINE
            text = f"Of the pool {pool.name}: {worker.status.lower()}, {heard}."
            found.append(Finding(f"Worker {worker.name}", text, online))
    return found


def _late(count: int) -> Finding:
    if not count:
        return Finding("Due runs", "None is late.")
    number = f"More than {MOST_COUNTED:,}" if count > MOST_COUNTED else f"{count:,}"
    are, them = ("is", "it") if count == 1 else ("are", "them")
    return Finding("Due runs", f"{number} {are} late: nobody has started {them}.", False)


def _own(facts: Facts) -> Iterator[Finding]:
    if facts.deaf is None:
        yield Finding("Listener", "It hears at once of what other processes do.")
    else:
        yield Finding(
            "Listener", f"It looks every second, because hearing failed: {facts.deaf}", False
        )
    streams = "1 page follows" if facts.streams == 1 else f"{facts.streams} pages follow"
    yield Finding("Live pages", f"{streams} what happens.")
    if facts.worker:
        yield Finding("Its worker", "It brings one along, for runs that no work pool takes.")
    else:
        yield Finding("Its worker", "It brings none along; others start what is due.")
