"""Several questions open at the same time, answered one by one, in any order.

    python examples/approve_many.py

Each invoice is checked by a task of its own, and each task waits for its own answer: here in the
terminal, or elsewhere with the commands that are printed. A task whose answer has come goes on at
once, whatever the others wait for.
"""

import shlex

from pydantic import ConfigDict, Field

from signoff import flow, pause_flow_run, task
from signoff.context import FlowRunContext
from signoff.input import RunInput

INVOICES = {"acme-17": 1_250, "globex-18": 89_900}


class Decision(RunInput):
    """What is asked for each invoice."""

    model_config = ConfigDict(extra="forbid", title="Pay this invoice?")

    approve: bool
    comment: str = Field("", max_length=200)


@task(task_run_name="approve {invoice}")
def approve(invoice: str, amount: int) -> str:
    """Wait for the decision on one invoice.

    The key names the question: whoever answers one invoice cannot mean another.
    """
    form = Decision.with_initial_data(description=f"Pay **{amount:,} EUR** for invoice {invoice}?")
    decision = pause_flow_run(wait_for_input=form, key=invoice)
    verdict = "paid" if decision.approve else "refused"
    print(f"{invoice}: {verdict}", flush=True)
    return verdict


@flow
def approve_many() -> dict[str, str]:
    """Ask about all invoices at once; returns the verdict on each."""
    context = FlowRunContext.get()
    assert context is not None
    print("Answer here, or from another terminal, in any order:")
    for invoice in INVOICES:
        words = ["signoff", "flow-run", "resume", str(context.flow_run.id), "--key", invoice]
        print("  " + shlex.join([*words, "--input", "approve=yes"]), flush=True)
    verdicts = approve.map(list(INVOICES), list(INVOICES.values())).result()
    return dict(zip(INVOICES, verdicts, strict=True))


if __name__ == "__main__":
    print(approve_many())
