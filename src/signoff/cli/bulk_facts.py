"""What `signoff bulk` says: for programs and for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signoff.cli.display import note, one_line, print_facts, print_table
from signoff.cli.facts import Facts
from signoff.cli.moments import iso, local

if TYPE_CHECKING:
    from signoff.model.bulk import BulkPreview, BulkView, Receipt


def view_facts(view: BulkView) -> Facts:
    """A bulk action, and how far it is."""
    return {
        "id": str(view.id),
        "action": view.action.value,
        "status": view.status.value,
        "digest": view.digest,
        "total": view.total,
        "done": view.done,
        "refused": view.refused,
        "left": view.left,
        "created_at": iso(view.created_at),
        "created_by": str(view.created_by),
        "ended_at": iso(view.ended_at),
    }


def preview_facts(shown: BulkPreview) -> Facts:
    """A preview."""
    return {
        **view_facts(shown.bulk),
        "judged": shown.judged,
        "refusals": [{"reason": one.reason, "count": one.count} for one in shown.refusals],
        "sample": [
            {
                "run_id": str(each.run_id),
                "name": each.name,
                "flow_name": each.flow_name,
                "state_name": each.state_name,
                "refusal": each.refusal,
            }
            for each in shown.sample
        ],
    }


def receipt_facts(receipt: Receipt) -> Facts:
    """What was done with one run."""
    return {
        "position": receipt.position,
        "run_id": str(receipt.run_id),
        "outcome": receipt.outcome.value,
        "reason": receipt.reason,
    }


def print_preview(shown: BulkPreview) -> None:
    """The number of runs, the first of them, and what would be refused."""
    bulk = shown.bulk
    if not bulk.total:
        note("No flow runs match.")
        return
    print(f"{bulk.action.value.capitalize()}: {bulk.total:,} in all.")
    rows = [
        (
            one_line(each.flow_name or "-"),
            one_line(each.name or each.run_id),
            one_line(each.state_name or "-"),
            one_line(each.refusal or ""),
        )
        for each in shown.sample
    ]
    print_table(("Flow", "Name", "State", "Would be refused"), rows)
    if bulk.total > len(rows):
        print(f"... and {bulk.total - len(rows):,} more.")
    if shown.refusals:
        among = "" if shown.judged == bulk.total else f" among the first {shown.judged:,}"
        print(f"Would be refused{among}:")
        for one in shown.refusals[:10]:
            print(f"  {one.count:,}: {one_line(one.reason)}")
    print(f"Digest: {bulk.digest}")


def print_result(view: BulkView) -> None:
    """How far it is, and where the reasons are."""
    print_facts(
        {
            "Bulk action": f"{view.action.value} ({view.status.value})",
            "ID": str(view.id),
            "Done": f"{view.done:,} of {view.total:,}",
            "Refused": f"{view.refused:,}",
            "By": f"{one_line(view.created_by)}, {local(view.created_at)}",
        }
    )
    if view.refused:
        note(f"Why: signoff bulk receipts {view.id} --refused")
