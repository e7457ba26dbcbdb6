"""One action on many runs: shown first, then done, with a receipt for each.

Owns the way through these pages. The set is frozen when it is shown, and what is done names its
digest, so nothing else is done than what was shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from signoff.model.bulk import (
    BulkAction,
    BulkPreview,
    BulkStatus,
    BulkView,
    Outcome,
    PreviewBulk,
    ReadBulk,
    ReadReceipts,
    RunBulk,
    StopBulk,
)
from signoff.model.errors import InvalidRequest, ObjectNotFound, RequestRefused
from signoff.model.filters import FlowRunFilter, FlowRunFilterId
from signoff.model.queries import ReadRuns, ReadWaits
from signoff.model.waits import WaitKind, WaitStatus
from signoff.server.pages.lists.choosing import chosen, which
from signoff.server.pages.visits import Redirect, Route, View, Visit

_BATCHES = 10
"""Batches that are done before the page is shown again."""
_RECEIPTS = 200
_VERBS = {
    BulkAction.RESUME: ("Resume", "resumed"),
    BulkAction.PAUSE: ("Pause", "paused"),
    BulkAction.SUSPEND: ("Suspend", "suspended"),
    BulkAction.RETRY: ("Retry", "retried"),
    BulkAction.CANCEL: ("Cancel", "cancelled"),
    BulkAction.DELETE: ("Delete", "deleted"),
}


async def preview(visit: Visit) -> View | Redirect:
    """Freeze the runs that were selected, or all that match, and show what would be done."""
    everyone = visit.said("of") == "all"
    picks = tuple(dict.fromkeys(filter(None, map(_id, visit.all_said("pick")))))
    if everyone and visit.said("do") == "answer":
        return Redirect(f"/bulk/answer?{urlencode(chosen(visit.said).pairs)}")
    if not everyone and not picks:
        raise InvalidRequest("No run is selected: go back, select some, and choose again.")
    if visit.said("do") == "answer":
        return await _together(visit, picks)
    try:
        action = BulkAction(visit.said("do"))
    except ValueError:
        raise InvalidRequest(f"{visit.said('do')!r} is nothing that runs can be told.") from None
    if not everyone:
        return preview_view(await visit.ask(PreviewBulk(action, run_ids=picks)))
    meant = await which(visit, chosen(visit.said))
    return preview_view(await visit.ask(PreviewBulk(action, meant.flows, meant.flow_runs)))


async def _together(visit: Visit, picks: tuple[UUID, ...]) -> Redirect:
    """On to the page that answers several questions at once."""
    asked: list[tuple[str, str]] = []
    for run_id in picks:
        try:
            waits = await visit.ask(ReadWaits(run_id))
        except ObjectNotFound:
            continue
        asked += [
            ("pick", f"{run_id}/{wait.item.key}")
            for wait in waits
            if wait.status is WaitStatus.OPEN and wait.item.kind is not WaitKind.CHILD
        ]
    return Redirect(f"/together?{urlencode(asked)}")


def preview_view(
    found: BulkPreview, verb: str = "", cookies: Mapping[str, str | None] | None = None
) -> View:
    """What would be done, with the button that does it.

    Args:
        found: the frozen set.
        verb: what is done, where the action's own word says less.
        cookies: what the browser is to keep.
    """
    verb = verb or _VERBS[found.bulk.action][0]
    heading = f"{verb} {_runs(found.bulk.total)}?"
    values = {
        "heading": heading,
        "verb": verb,
        "bulk": found.bulk,
        "found": found,
        "refused": sum(each.count for each in found.refusals),
        "types_count": found.bulk.action is BulkAction.DELETE,
        "notice": "",
    }
    return View("bulk.html", heading, values, section="Runs", cookies=cookies or {})


async def carry_out(visit: Visit) -> View | Redirect:
    """Do the next batches of what was shown."""
    bulk_id = _known(visit)
    bulk = await visit.ask(ReadBulk(bulk_id))
    typed = visit.said("count").strip()
    unbegun = bulk.status is BulkStatus.PREVIEWED
    if unbegun and bulk.action is BulkAction.DELETE and typed != str(bulk.total):
        return await _view(visit, bulk, f"Type {bulk.total} to delete {_runs(bulk.total)}.", 422)
    try:
        for _ in range(_BATCHES):
            bulk = await visit.ask(RunBulk(bulk_id, visit.said("digest")))
            if bulk.is_over:
                break
    except RequestRefused as refused:
        return await _view(visit, bulk, str(refused), refused.status)
    return Redirect(f"/bulk/{bulk_id}")


async def stop(visit: Visit) -> View | Redirect:
    """Do no more of it."""
    bulk_id = _known(visit)
    await visit.ask(StopBulk(bulk_id))
    return Redirect(f"/bulk/{bulk_id}")


async def show(visit: Visit) -> View | Redirect:
    """How far it is, and what was done with each run."""
    return await _view(visit, await visit.ask(ReadBulk(_known(visit))))


async def _view(visit: Visit, bulk: BulkView, notice: str = "", status: int = 200) -> View:
    after = visit.asked("after")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    only = Outcome.REFUSED if visit.asked("only") == "refused" else None
    receipts = await visit.ask(ReadReceipts(bulk.id, start, _RECEIPTS, only))
    names = await _names(visit, [each.run_id for each in receipts])
    verb, past = _VERBS[bulk.action]
    heading = f"{bulk.done} of {_runs(bulk.total)} {past}"
    values = {
        "heading": heading,
        "verb": verb,
        "past": past,
        "bulk": bulk,
        "receipts": [(each, names.get(each.run_id)) for each in receipts],
        "only": visit.asked("only"),
        "further": receipts[-1].position if len(receipts) == _RECEIPTS else None,
        "types_count": bulk.action is BulkAction.DELETE,
        "notice": notice,
        "found": None,
    }
    return View("bulk.html", heading, values, status, "Runs")


async def _names(visit: Visit, run_ids: list[UUID]) -> dict[UUID, str]:
    """What the runs are called; those that are gone are left out."""
    named = FlowRunFilter(id=FlowRunFilterId(any_=run_ids))
    found = await visit.ask(ReadRuns(flow_runs=named, limit=_RECEIPTS))
    return {run.id: run.name for run in found}


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _known(visit: Visit) -> UUID:
    found = _id(visit.values["bulk_id"])
    if found is None:
        raise ObjectNotFound(f"{visit.values['bulk_id']!r} is not the id of a bulk action.")
    return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


ROUTES = (
    Route("POST", "/bulk", preview),
    Route("GET", "/bulk/{bulk_id}", show),
    Route("POST", "/bulk/{bulk_id}/run", carry_out),
    Route("POST", "/bulk/{bulk_id}/stop", stop),
)
