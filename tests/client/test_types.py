"""Both faces keep the exact types of the plans they are derived from; the type checker judges."""

from __future__ import annotations

from typing import assert_type
from uuid import UUID

from signoff.client.orchestration import SignoffClient, SyncSignoffClient, get_client
from signoff.client.schemas.objects import FlowRun, Log
from signoff.client.schemas.responses import OrchestrationResult


def judged_when_waited_for(run_id: UUID) -> None:
    client = assert_type(get_client(sync_client=True), SyncSignoffClient)
    assert_type(client.read_flow_run(run_id), FlowRun)
    assert_type(client.read_flow_runs(limit=3), list[FlowRun])
    assert_type(client.resume_flow_run(run_id, {"value": 1}), OrchestrationResult)
    client.read_flow_run("text")  # type: ignore[arg-type]
    client.read_flow_runs(limit="3")  # type: ignore[arg-type]
    client.count_flow_runs(nonsense=1)  # type: ignore[call-arg]


async def judged_when_awaited(run_id: UUID) -> None:
    client = assert_type(get_client(), SignoffClient)
    assert_type(await client.read_flow_run(run_id), FlowRun)
    assert_type(await client.read_logs(), list[Log])
    assert_type(await client.count_flow_runs(), int)
    await client.delete_flow_run(run_id, 1)  # type: ignore[call-arg]


def test_the_snippets_are_there_for_the_type_checker() -> None:
    assert callable(judged_when_waited_for)
    assert callable(judged_when_awaited)
