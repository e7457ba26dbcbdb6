"""Delete old flow runs, after a person has looked at what would go.

    python examples/database_cleanup.py --days 30 --dry-run   # only show the preview
    python examples/database_cleanup.py --days 30             # ask, then delete in batches

The run pauses with a preview and a typed form. Answer it where it was started, or elsewhere:

    signoff flow-run resume RUN --input decision=delete --input reason="Quarterly clean-up"
"""

import argparse
import asyncio
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from signoff import apause_flow_run, flow, get_client, get_run_logger, task
from signoff.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from signoff.client.schemas.objects import StateType
from signoff.client.schemas.sorting import FlowRunSort
from signoff.exceptions import ObjectNotFound
from signoff.input import RunInput

FINAL = [StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED, StateType.CRASHED]
PAGE = 200


class CleanupDecision(RunInput):
    """What is asked before anything is deleted."""

    model_config = ConfigDict(extra="forbid", title="Delete old flow runs?")

    decision: Literal["delete", "keep"]
    at_most: int = Field(10_000, ge=1, description="Oldest first; the rest stays for next time.")
    reason: str = Field(min_length=3, max_length=200, description="Kept with this run.")


class OldRun(BaseModel):
    """A run that may go."""

    id: UUID
    flow_name: str
    ended: datetime


@task(retries=2, retry_delay_seconds=1)
async def find_old_runs(before: datetime) -> list[OldRun]:
    """The runs that ended before a moment, the oldest first.

    Its result is on record, so what is deleted is what the person has seen, even if the process
    that asked has been killed and another one goes on.
    """
    wanted = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=FINAL)),
        end_time=FlowRunFilterEndTime(before_=before),
    )
    found: list[OldRun] = []
    async with get_client() as client:
        while True:
            page = await client.read_flow_runs(
                flow_run_filter=wanted,
                sort=FlowRunSort.START_TIME_ASC,
                limit=PAGE,
                offset=len(found),
            )
            found += [
                OldRun(id=run.id, flow_name=run.flow_name or "-", ended=run.end_time or before)
                for run in page
            ]
            if len(page) < PAGE:
                return found


@task(task_run_name="delete {number} of {batches}")
async def delete_batch(run_ids: list[UUID], number: int, batches: int) -> int:
    """Delete some runs; returns how many. A run that somebody else deleted is no error."""
    deleted = 0
    async with get_client() as client:
        for run_id in run_ids:
            try:
                await client.delete_flow_run(run_id)
            except ObjectNotFound:
                continue
            deleted += 1
    return deleted


def preview(runs: list[OldRun], retention_days: float) -> str:
    """What would be deleted, as Markdown for the person who decides."""
    ends: dict[str, list[datetime]] = {}
    for run in runs:
        ends.setdefault(run.flow_name, []).append(run.ended)
    most = sorted(ends.items(), key=lambda item: len(item[1]), reverse=True)
    lines = [
        f"**{len(runs)} flow runs** ended more than {retention_days:g} days ago.",
        "Deleting takes their task runs, answers and logs along; there is no way back.",
        "",
        "| Flow | Runs | Oldest ended |",
        "|---|---:|---|",
        *(f"| {name} | {len(those)} | {min(those):%Y-%m-%d} |" for name, those in most[:10]),
    ]
    if len(most) > 10:
        lines += ["", f"and {len(most) - 10} other flows."]
    return "\n".join(lines)


@flow
async def database_cleanup(
    retention_days: float = 30, batch_size: int = 50, dry_run: bool = False
) -> int:
    """Delete the runs that ended longer ago than the retention period; returns how many.

    Args:
        retention_days: runs that ended within so many days stay.
        batch_size: runs that are deleted by one task.
        dry_run: only show the preview.
    """
    if retention_days < 0 or batch_size < 1:
        raise ValueError("retention_days must be at least 0, and batch_size at least 1")
    logger = get_run_logger()
    runs = await find_old_runs(datetime.now(UTC) - timedelta(days=retention_days))
    if not runs:
        logger.info("Nothing ended more than %g days ago.", retention_days)
        return 0
    overview = preview(runs, retention_days)
    if dry_run:
        logger.info("Dry run, nothing is deleted:\n%s", overview)
        return 0

    form = CleanupDecision.with_initial_data(description=overview, at_most=min(len(runs), 10_000))
    answer = await apause_flow_run(wait_for_input=form, key="cleanup", timeout=24 * 3600)
    if answer.decision == "keep":
        logger.info("Nothing is deleted: %s", answer.reason)
        return 0

    ids = [run.id for run in runs[: answer.at_most]]
    batches = [ids[start : start + batch_size] for start in range(0, len(ids), batch_size)]
    deleted = 0
    for number, batch in enumerate(batches, 1):
        deleted += await delete_batch(batch, number, len(batches))
        logger.info("Deleted %d of %d (%d %%)", deleted, len(ids), 100 * number // len(batches))
    return deleted


def main() -> None:
    """Run the clean-up with what the command line says."""
    parser = argparse.ArgumentParser(description="Delete old flow runs, after asking a person.")
    parser.add_argument("--days", type=float, default=30, help="retention period (default: 30)")
    parser.add_argument("--batch-size", type=int, default=50, help="runs per task (default: 50)")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be deleted")
    given = parser.parse_args()
    deleted = asyncio.run(database_cleanup(given.days, given.batch_size, given.dry_run))
    print(f"{deleted} flow runs deleted.")


if __name__ == "__main__":
    main()
