"""Work pools: who starts runs, what waits for them, and pausing.

Owns the page under `/work-pools`. Pools and queues are paused and resumed here, and made on the
command line.
"""

from __future__ import annotations

from dataclasses import dataclass

from signoff.model.shared.work_pools import (
    ReadScheduledRuns,
    ReadWorkers,
    ReadWorkPools,
    ReadWorkQueues,
    UpdateWorkPool,
    UpdateWorkQueue,
    Worker,
    WorkPool,
    WorkQueue,
)
from signoff.model.standstill import WhyNothingStarts
from signoff.server.pages import words
from signoff.server.pages.standstill import why
from signoff.server.pages.visits import Handler, Redirect, Route, View, Visit

PAGE = 20
"""Pools of a page."""
MOST_DUE = 50
"""Due runs that are counted."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A pool on the page.

    Args:
        pool, queues, workers: the pool, with what belongs to it.
        due: runs that are due and that nobody has started; at most 50.
        why: why nothing starts; empty when something would.
    """

    pool: WorkPool
    queues: tuple[WorkQueue, ...]
    workers: tuple[Worker, ...]
    due: int
    why: str


async def listed(visit: Visit) -> View | Redirect:
    """The pools, by name."""
    start = visit.start()
    found = await visit.ask(ReadWorkPools(limit=PAGE + 1, offset=start))
    values = {
        "pools": [await _shown(visit, pool) for pool in found[:PAGE]],
        "most_due": MOST_DUE,
        "further": start + PAGE if len(found) > PAGE else None,
        "earlier": max(start - PAGE, 0) if start else None,
    }
    return View("pools.html", "Work pools", values, section="Work pools")


async def _shown(visit: Visit, pool: WorkPool) -> Shown:
    due = await visit.ask(
        ReadScheduledRuns(pool.name, scheduled_before=words.moment(visit.now), limit=MOST_DUE)
    )
    return Shown(
        pool,
        await visit.ask(ReadWorkQueues(pool.name)),
        await visit.ask(ReadWorkers(pool.name)),
        len(due),
        why(await visit.ask(WhyNothingStarts(pool.name))),
    )


def _switch(paused: bool) -> Handler:
    async def act(visit: Visit) -> View | Redirect:
        pool, queue = visit.values["pool"], visit.said("queue")
        if queue:
            await visit.ask(UpdateWorkQueue(pool, queue, is_paused=paused))
        else:
            await visit.ask(UpdateWorkPool(pool, is_paused=paused))
        return Redirect("/work-pools")

    return act


ROUTES = (
    Route("GET", "/work-pools", listed),
    Route("POST", "/work-pools/{pool}/pause", _switch(paused=True)),
    Route("POST", "/work-pools/{pool}/resume", _switch(paused=False)),
)
