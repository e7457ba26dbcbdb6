"""The client: reading, filtering, changing."""

import asyncio
from uuid import uuid4

from signoff import flow, get_client, task
from signoff.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterName,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from signoff.client.schemas.objects import StateType
from signoff.client.schemas.sorting import FlowRunSort
from signoff.exceptions import ObjectNotFound
from signoff.runtime import flow_run
from signoff.states import Cancelled

MARK = uuid4().hex


@task
def step(number):
    return number


@flow(name=f"client-{MARK}")
def work(number):
    step(number)
    if number == 2:
        raise ValueError("two")
    return flow_run.id


for number in (1, 2, 3):
    work.with_options(flow_run_name=f"{MARK}-{number}")(number, return_state=True)

mine = FlowFilter(name=FlowFilterName(any_=[f"client-{MARK}"]))


async def gone(client, run_id):
    try:
        await client.read_flow_run(run_id)
    except ObjectNotFound:
        print("ObjectNotFound")


async def main():
    async with get_client() as client:
        runs = await client.read_flow_runs(flow_filter=mine, sort=FlowRunSort.NAME_ASC)
        print(
            [(run.name[33:], run.state_name, run.state_type.value, run.run_count) for run in runs]
        )
        failed = await client.read_flow_runs(
            flow_filter=mine,
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.FAILED]))
            ),
        )
        print(len(failed), failed[0].parameters)
        named = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(name=FlowRunFilterName(any_=[f"{MARK}-3"])), limit=1
        )
        print(named[0].name[33:], await client.count_flow_runs(flow_filter=mine))
        completed = FlowRunFilterState(name=FlowRunFilterStateName(any_=["Completed"]))
        page = await client.read_flow_runs(
            flow_filter=mine,
            flow_run_filter=FlowRunFilter(state=completed),
            sort=FlowRunSort.NAME_DESC,
            limit=1,
            offset=1,
        )
        print([run.name[33:] for run in page])
        one = runs[0]
        await client.update_flow_run(one.id, name=f"{MARK}-renamed", tags=["x", "y"])
        again = await client.read_flow_run(one.id)
        print(again.name[33:], sorted(again.tags))
        tagged = FlowRunFilter(tags=FlowRunFilterTags(all_=["x"]))
        print(await client.count_flow_runs(flow_filter=mine, flow_run_filter=tagged))
        made = await client.create_flow_run(work, parameters={"number": 9}, name=f"{MARK}-made")
        print(made.state_type.value, made.name[33:], made.parameters)
        result = await client.set_flow_run_state(
            made.id, Cancelled(message="not needed"), force=True
        )
        print(result.status.value, (await client.read_flow_run(made.id)).state_name)
        print([state.name for state in await client.read_flow_run_states(made.id)][-1])
        await client.delete_flow_run(made.id)
        await gone(client, made.id)
        flow_read = await client.read_flow_by_name(f"client-{MARK}")
        print(
            flow_read.name == f"client-{MARK}",
            (await client.read_flow(flow_read.id)).id == flow_read.id,
        )
        print(await client.api_healthcheck())
        await client.create_flow_run_input(one.id, key="a-key", value='"text"')
        print(await client.read_flow_run_input(one.id, "a-key"))
        print(
            [
                each.key
                for each in await client.filter_flow_run_input(
                    one.id, "a-", limit=5, exclude_keys=set()
                )
            ]
        )
        await client.delete_flow_run_input(one.id, "a-key")


asyncio.run(main())
