"""The person of runs without a process: `resumes.py PROGRAM ...`, one JSON object for each run.

`one COUNT DELAY LINES` makes a run from the deployment, waits until it is suspended, thinks for a
random time of up to DELAY seconds and answers; the next run is made when the line is reached.
`scheduled COUNT AHEAD APART LINES` makes runs for moments to come. `all COUNT LINES` has COUNT runs
wait, answers them one after another as fast as it can, and waits for every line.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from signoff.client.orchestration import get_client
from signoff.exceptions import ObjectNotFound
from signoff.flow_runs import resume_flow_run
from signoff.states import Scheduled

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
POLL = 0.01


def nanoseconds(moment: datetime) -> int:
    """Since the Unix epoch."""
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def until(found: Callable[[], Any]) -> Any:
    """What is found in the end."""
    give_up = time.monotonic() + 240
    while time.monotonic() < give_up:
        value = found()
        if value is not None:
            return value
        time.sleep(POLL)
    raise SystemExit("waited for too long")


def reached(lines: Path) -> dict[str, list[int]]:
    """When the line was reached, for each run, as often as it was."""
    found: dict[str, list[int]] = {}
    if lines.exists():
        for row in lines.read_text().splitlines():
            run, at = json.loads(row)
            found.setdefault(run, []).append(at)
    return found


def first(lines: Path, run: UUID) -> int | None:
    """When the run reached its line, once it has."""
    times = reached(lines).get(str(run))
    return times[0] if times else None


def as_many(lines: Path, count: int) -> dict[str, list[int]] | None:
    """What was reached, once so many runs have."""
    found = reached(lines)
    return found if len(found) >= count else None


def deployment_id(client: Any, name: str) -> UUID | None:
    """The deployment, once it is there."""
    try:
        return UUID(str(client.read_deployment_by_name(f"{name}/bench").id))
    except ObjectNotFound:
        return None


def make(client: Any, name: str, lines: Path, **options: Any) -> UUID:
    """A run of the deployment."""
    run = client.create_flow_run_from_deployment(
        until(partial(deployment_id, client, name)), parameters={"lines": str(lines)}, **options
    )
    return UUID(str(run.id))


def is_suspended(client: Any, run: UUID) -> bool | None:
    """True when it waits."""
    state = client.read_flow_run(run).state
    return True if state is not None and state.name == "Suspended" else None


def accepted(client: Any, run: UUID) -> int:
    """When the answer was: the moment of the state that followed the suspended one."""
    states = sorted(client.read_flow_run_states(run), key=lambda state: state.timestamp)
    waited = max(number for number, state in enumerate(states) if state.name == "Suspended")
    return nanoseconds(states[waited + 1].timestamp)


def one_by_one(count: int, delay: float, lines: Path) -> None:
    """One run after another."""
    thinking = random.Random(count)
    with get_client(sync_client=True) as client:
        for _ in range(count):
            run = make(client, "depart", lines)
            until(partial(is_suspended, client, run))
            time.sleep(thinking.uniform(0, delay))
            called = time.time_ns()
            resume_flow_run(run, run_input={"approved": True})
            returned = time.time_ns()
            line = until(partial(first, lines, run))
            row = [accepted(client, run), called, returned, line]
            sys.stdout.write(json.dumps({"answer": row}) + "\n")


def scheduled(count: int, ahead: float, apart: float, lines: Path) -> None:
    """Runs for moments to come; before them one that loads the code."""
    with get_client(sync_client=True) as client:
        make(client, "pass-by", lines)
        until(partial(as_many, lines, 1))
        first = datetime.now(UTC) + timedelta(seconds=ahead)
        moments = [first + timedelta(seconds=apart * number) for number in range(count)]
        runs = {
            make(client, "pass-by", lines, state=Scheduled(scheduled_time=moment)): moment
            for moment in moments
        }
    found = until(partial(as_many, lines, count + 1))
    for run, moment in runs.items():
        late = found[str(run)][0] - nanoseconds(moment)
        sys.stdout.write(json.dumps({"late": late}) + "\n")


def all_at_once(count: int, lines: Path) -> None:
    """Many runs wait; all are answered, and reach their line once each."""
    with get_client(sync_client=True) as client:
        make(client, "pass-by", lines.with_suffix(".first"))
        until(partial(as_many, lines.with_suffix(".first"), 1))
        runs = [make(client, "depart", lines) for _ in range(count)]
        for run in runs:
            until(partial(is_suspended, client, run))
    start = time.time_ns()
    for run in runs:
        resume_flow_run(run, run_input={"approved": True})
    answered = time.time_ns()
    found = until(partial(as_many, lines, count))
    last = max(max(times) for times in found.values())
    # Whoever does something twice is given the time to do so.
    time.sleep(1)
    found = reached(lines)
    lost = sum(str(run) not in found for run in runs)
    doubled = sum(len(times) - 1 for times in found.values())
    row = [(answered - start) / 1e9, (last - start) / 1e9, lost, doubled]
    sys.stdout.write(json.dumps({"all": row}) + "\n")


def main() -> None:
    """Do what is asked for."""
    program, count, lines = sys.argv[1], int(sys.argv[2]), Path(sys.argv[-1])
    if program == "one":
        one_by_one(count, float(sys.argv[3]), lines)
    elif program == "scheduled":
        scheduled(count, float(sys.argv[3]), float(sys.argv[4]), lines)
    else:
        all_at_once(count, lines)


if __name__ == "__main__":
    main()
