"""Saved YAML flows in real processes: a server, its own worker, and children that run tasks."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from signoff.core.ports import Gateway
from signoff.model.commands import AnswerWait
from signoff.model.lookups import ReadResult
from signoff.model.queries import ReadRun, ReadRuns, ReadWaits
from signoff.model.saved_flows import SavedFlow, SaveFlow
from signoff.model.starting import ReadTrigger, StartFlow
from signoff.model.views import FlowRun
from signoff.model.waits import WaitStatus
from tests.server.conftest import Connect
from tests.server.serving import Servers
from tests.support.waiting import wait_until

pytestmark = pytest.mark.server

PAUSES = """id: pauses
namespace: shop
inputs:
  - id: who
    type: STRING
tasks:
  - id: before
    type: io.kestra.plugin.scripts.shell.Commands
    commands:
      - 'echo "::{\\"outputs\\":{\\"parent\\":$PPID}}::"'
  - id: ask
    type: io.kestra.plugin.core.flow.Pause
    onResume:
      - id: word
        type: STRING
  - id: after
    type: io.kestra.plugin.core.debug.Return
    format: "{{ inputs.who }} says {{ outputs.ask.onResume.word }}"
outputs:
  - id: said
    type: STRING
    value: "{{ outputs.after.value }}"
  - id: parent
    type: INT
    value: "{{ outputs.before.vars.parent }}"
"""
FOLLOWS = """id: follows
namespace: shop
tasks:
  - id: say
    type: io.kestra.plugin.core.debug.Return
    format: "{{ trigger.outputs.said }}"
triggers:
  - id: after
    type: io.kestra.plugin.core.trigger.Flow
    states: [SUCCESS]
    dependsOn:
      flows:
        - namespace: shop
          flowId: pauses
outputs:
  - id: heard
    type: STRING
    value: "{{ outputs.say.value }}"
"""


def save(gateway: Gateway, source: str) -> SavedFlow:
    return gateway.send(SaveFlow(source))


def state(gateway: Gateway, run_id: UUID) -> str:
    return str(gateway.send(ReadRun(run_id)).state_name)


def outputs(gateway: Gateway, run_id: UUID) -> Any:
    result = gateway.send(ReadResult(run_id))
    return json.loads(result.body or b"null")


def runs_of(gateway: Gateway, flow: str) -> list[FlowRun]:
    return [each for each in gateway.send(ReadRuns()) if each.flow_name == flow]


def ends_of(gateway: Gateway, flow: str) -> list[str]:
    return [str(each.state_name) for each in runs_of(gateway, flow)]


def answer(gateway: Gateway, run_id: UUID, word: str) -> None:
    (wait,) = [each for each in gateway.send(ReadWaits(run_id)) if each.status is WaitStatus.OPEN]
    gateway.send(AnswerWait(run_id, {"word": word}, wait.item.key))


def test_a_saved_flow_pauses_and_goes_on_in_the_workers_processes(
    servers: Servers, connect: Connect
) -> None:
    served = servers.start(worker=True)
    gateway = connect(served.url)
    saved = save(gateway, PAUSES)
    assert saved.work_pool is None
    save(gateway, FOLLOWS)
    run_id = gateway.send(StartFlow("shop", "pauses", inputs={"who": "ann"})).run_id
    wait_until(lambda: state(gateway, run_id) == "Paused")
    # What is saved meanwhile changes nothing for a run that has begun.
    save(gateway, PAUSES.replace("says", "shouts"))
    answer(gateway, run_id, "yes")
    wait_until(lambda: state(gateway, run_id) == "Completed")
    found = outputs(gateway, run_id)
    assert found["said"] == "ann says yes"
    # The task ran in a process that is neither the server nor this one.
    assert found["parent"] not in (served.process.pid, 0)
    wait_until(lambda: ends_of(gateway, "shop.follows") == ["Completed"])
    (follower,) = runs_of(gateway, "shop.follows")
    assert outputs(gateway, follower.id)["heard"] == "ann says yes"
    trigger = gateway.send(ReadTrigger(follower.id))
    assert trigger is not None
    assert trigger["executionId"] == str(run_id)


def test_a_paused_run_survives_its_server(servers: Servers, connect: Connect) -> None:
    # Its process is known to be dead when its lease has ended.
    short = {"SIGNOFF_PROCESS_LEASE_SECONDS": "2"}
    first = servers.start(worker=True, **short)
    gateway = connect(first.url)
    save(gateway, PAUSES)
    run_id = gateway.send(StartFlow("shop", "pauses", inputs={"who": "bob"})).run_id
    wait_until(lambda: state(gateway, run_id) == "Paused")
    first.process.kill()
    second = servers.start(worker=True, **short)
    gateway = connect(second.url)
    answer(gateway, run_id, "still here")
    wait_until(lambda: state(gateway, run_id) == "Completed")
    assert outputs(gateway, run_id)["said"] == "bob says still here"
