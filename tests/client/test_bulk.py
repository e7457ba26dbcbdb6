"""Many runs at once through the client: embedded and over HTTP, waited for and awaited."""

from __future__ import annotations

from threading import Thread
from typing import Any

import pytest

from signoff import flow, pause_flow_run
from signoff.client.schemas.bulk import BulkStatus, BulkView, Outcome
from signoff.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from signoff.client.schemas.objects import StateType
from signoff.exceptions import InvalidRequest, TransitionRefused
from tests.client.faces import Ask
from tests.support.waiting import wait_until

pytestmark = pytest.mark.wire

PAUSED = FlowRunFilter(
    state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PAUSED]))
)


def flows_named(name: str) -> FlowFilter:
    return FlowFilter(name=FlowFilterName(any_=[name]))


class Waiting:
    """Flow runs that wait in threads of this process."""

    def __init__(self, ask: Ask, name: str, count: int) -> None:
        self.name = name
        self.returned: list[Any] = []

        @flow(name=name)
        def asking() -> None:
            self.returned.append(pause_flow_run(wait_for_input=int, timeout=60))

        self.threads = [Thread(target=asking) for _ in range(count)]
        for thread in self.threads:
            thread.start()
        wait_until(lambda: ask("count_flow_runs", **self.wanted) == count)

    @property
    def wanted(self) -> dict[str, Any]:
        return {"flow_filter": flows_named(self.name), "flow_run_filter": PAUSED}

    def ended(self) -> list[Any]:
        for thread in self.threads:
            thread.join()
        return self.returned


def test_many_waiting_flows_go_on_with_one_answer(ask: Ask, request: Any) -> None:
    waiting = Waiting(ask, f"many-{request.node.name}", 5)
    shown = ask("preview_bulk", "resume", run_input={"value": 7}, **waiting.wanted)
    assert (shown.bulk.total, shown.refusals) == (5, ())
    told: list[BulkView] = []
    done = ask("run_bulk", shown, progress=told.append, batch_size=2)
    assert (done.status, done.done, done.refused) == (BulkStatus.FINISHED, 5, 0)
    assert [view.done for view in told] == [2, 4, 5]
    assert waiting.ended() == [7] * 5
    receipts = ask("read_bulk_receipts", shown.bulk.id)
    assert [receipt.outcome for receipt in receipts] == [Outcome.DONE] * 5
    assert ask("read_bulk", shown.bulk.id) == done


def test_progress_can_stop_it(ask: Ask, request: Any) -> None:
    waiting = Waiting(ask, f"stop-{request.node.name}", 3)
    shown = ask("preview_bulk", "resume", run_input={"value": 1}, **waiting.wanted)
    done = ask("run_bulk", shown, progress=lambda view: False, batch_size=1)
    assert (done.status, done.done, done.left) == (BulkStatus.STOPPED, 1, 2)
    with pytest.raises(TransitionRefused, match="stopped"):
        ask("run_bulk", shown)
    rest = ask("preview_bulk", "resume", run_input={"value": 2}, **waiting.wanted)
    assert ask("run_bulk", rest).done == 2
    assert sorted(waiting.ended()) == [1, 2, 2]


def test_named_runs(ask: Ask, request: Any) -> None:
    waiting = Waiting(ask, f"named-{request.node.name}", 2)
    runs = ask("read_flow_runs", **waiting.wanted)
    shown = ask(
        "preview_bulk", "resume", flow_run_ids=[run.id for run in runs], run_input={"value": 3}
    )
    assert [sample.name for sample in shown.sample] == [run.name for run in runs]
    assert ask("run_bulk", shown.bulk.id, shown.bulk.digest).done == 2
    assert waiting.ended() == [3, 3]


def test_what_is_wrong_says_so(ask: Ask) -> None:
    with pytest.raises(ValueError, match="one of resume, pause, suspend, cancel"):
        ask("preview_bulk", "explode", flow_run_filter=PAUSED)
    with pytest.raises(InvalidRequest, match="Say which runs"):
        ask("preview_bulk", "cancel")
    shown = ask("preview_bulk", "cancel", flow_run_ids=[])
    with pytest.raises(ValueError, match="digest"):
        ask("run_bulk", shown.bulk.id)
    with pytest.raises(InvalidRequest, match=shown.bulk.digest):
        ask("run_bulk", shown.bulk.id, "0" * 32)
