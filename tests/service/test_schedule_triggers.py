"""Schedule triggers: what expressions see, conditions, late moments, backfills."""

from __future__ import annotations

from typing import Any

import pytest

from signoff.model.backfilling import BackfillFlow
from signoff.model.errors import InvalidRequest, ObjectNotFound, TransitionRefused
from signoff.model.queries import ReadRun, ReadRuns
from signoff.model.saved_flows import DisableFlow, SaveFlow
from signoff.model.scheduling import KeepSchedules
from signoff.model.starting import ReadTrigger
from signoff.model.views import FlowRun
from signoff.yamlflow.saving import judge, require
from tests.service.world import SECOND, World

pytestmark = pytest.mark.service

HOUR = 3600 * SECOND
# The world begins on Tuesday 2023-11-14 at 22:13:20 UTC.
FLOW = """
id: report
namespace: shop
variables:
  team: a
inputs:
  - id: day
    type: STRING
  - id: count
    type: INT
    required: false
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hi
triggers:
  - id: hourly
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 * * * *"
"""


def save(world: World, rest: str, flow: str = FLOW) -> None:
    world.ask(SaveFlow(flow + rest, require(judge(flow + rest))))


def runs(world: World) -> list[FlowRun]:
    found = world.ask(ReadRuns())
    return sorted(found, key=lambda run: str(run.expected_start_time))


INPUTS = """    timezone: Europe/Berlin
    inputs:
      day: "{{ trigger.date | date('yyyy-MM-dd HH:mm') }} {{ vars.team }}"
      count: "{{ 1 + 1 }}"
"""


def test_a_run_sees_its_moment(world: World) -> None:
    save(world, INPUTS)
    world.ask(KeepSchedules())
    first = runs(world)[0]
    assert first.parameters == {"day": "2023-11-15 00:00 a", "count": 2}
    assert world.ask(ReadTrigger(first.id)) == {
        "date": "2023-11-15T00:00:00+01:00",
        "next": "2023-11-15T01:00:00+01:00",
        "previous": "2023-11-14T23:00:00+01:00",
    }
    assert (first.flow_version, "auto-scheduled" in first.tags) == ("1", True)


def test_a_moment_that_does_not_meet_the_conditions_gets_no_run(world: World) -> None:
    when = """    inputs: {day: x}
    when: "{{ trigger.date | date('HH') == '00' }}"
"""
    save(world, when)
    world.ask(KeepSchedules())
    found = [world.ask(ReadTrigger(each.id)) for each in runs(world)]
    assert [each["date"] for each in found if each] == ["2023-11-15T00:00:00+00:00"]


@pytest.mark.parametrize("wrong", ["{{ nothing.here }}", "{{ secret('X') }}"])
def test_a_condition_that_cannot_be_worked_out_makes_no_run(world: World, wrong: str) -> None:
    save(world, f'    inputs: {{day: x}}\n    when: "{wrong}"\n')
    assert world.ask(KeepSchedules()).next_due is not None
    assert runs(world) == []


@pytest.mark.parametrize(
    ("recover", "count"), [("ALL", 3), ("LAST", 1), ("NONE", 0)], ids=["all", "last", "none"]
)
def test_missed_moments_are_made_up_for_as_the_trigger_says(
    world: World, recover: str, count: int
) -> None:
    save(world, f"    recoverMissedSchedules: {recover}\n    inputs: {{day: x}}\n")
    world.ask(KeepSchedules())
    made = max(int(str(each.expected_start_time)[11:13]) for each in runs(world)[-1:])
    assert made is not None
    last = len(runs(world))
    known = {each.id for each in runs(world)}
    ahead = max(each.expected_start_time for each in runs(world) if each.expected_start_time)
    world.now = int(ahead.timestamp()) * SECOND + 3 * HOUR + 60 * SECOND
    world.ask(KeepSchedules())
    new = [each for each in runs(world) if each.id not in known]
    missed = [
        each
        for each in new
        if each.expected_start_time and each.expected_start_time.timestamp() * SECOND <= world.now
    ]
    assert (len(missed), last > 0) == (count, True)


def test_a_moment_that_is_too_late_is_left_out(world: World) -> None:
    save(world, "    lateMaximumDelay: PT90M\n    inputs: {day: x}\n")
    world.ask(KeepSchedules())
    known = {each.id for each in runs(world)}
    ahead = max(each.expected_start_time for each in runs(world) if each.expected_start_time)
    world.now = int(ahead.timestamp()) * SECOND + 3 * HOUR + 60 * SECOND
    world.ask(KeepSchedules())
    late = [
        each
        for each in runs(world)
        if each.id not in known
        and each.expected_start_time
        and each.expected_start_time.timestamp() * SECOND <= world.now
    ]
    assert len(late) == 2


def backfill(world: World, hours: int, **more: Any) -> list[Any]:
    start = world.now - hours * HOUR
    return list(world.ask(BackfillFlow("shop", "report", "hourly", start, world.now, more)))


def test_a_backfill_makes_every_moment_once(world: World) -> None:
    save(world, INPUTS)
    made = backfill(world, 3, day="by hand")
    assert [each.created for each in made] == [True, True, True]
    shown = world.ask(ReadRun(made[0].run_id))
    assert shown.parameters == {"day": "by hand", "count": 2}
    assert {"backfill", "trigger:hourly"} <= set(shown.tags)
    said = world.ask(ReadTrigger(made[0].run_id))
    assert said is not None
    assert said["date"] == "2023-11-14T21:00:00+01:00"
    again = backfill(world, 4)
    assert [each.created for each in again] == [True, False, False, False]


def test_a_backfill_that_cannot_be_is_refused(world: World) -> None:
    save(world, INPUTS)
    now = world.now
    with pytest.raises(InvalidRequest, match="moments of the past"):
        world.ask(BackfillFlow("shop", "report", "hourly", now, now + HOUR))
    with pytest.raises(InvalidRequest, match="moments of the past"):
        world.ask(BackfillFlow("shop", "report", "hourly", now, now - HOUR))
    with pytest.raises(InvalidRequest, match="at most 1000 runs"):
        world.ask(BackfillFlow("shop", "report", "hourly", now - 1002 * HOUR, now))
    assert runs(world) == []
    with pytest.raises(ObjectNotFound, match="has no schedule 'daily'"):
        world.ask(BackfillFlow("shop", "report", "daily", now - HOUR, now))
    world.ask(DisableFlow("shop", "report"))
    with pytest.raises(TransitionRefused, match="is disabled"):
        backfill(world, 1)


def test_seconds_and_names_of_common_moments_are_read(world: World) -> None:
    rest = "    inputs: {day: x}\n"
    seconds = FLOW.replace('"0 * * * *"', '"30 0 0 * * *"\n    withSeconds: true')
    save(world, rest, seconds)
    world.ask(KeepSchedules())
    assert str(runs(world)[0].expected_start_time)[11:19] == "00:00:30"
    save(world, rest, FLOW.replace('"0 * * * *"', '"@daily"'))
    world.ask(KeepSchedules())
    assert str(runs(world)[0].expected_start_time)[11:19] == "00:00:00"
