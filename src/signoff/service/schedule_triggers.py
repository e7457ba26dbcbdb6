"""Schedule triggers of saved flows: whether a moment gets a run, and with which inputs.

Owns `trigger.date`, `trigger.next` and `trigger.previous`, the conditions of such a trigger, and
making up for moments that somebody names (a backfill). When moments are is decided by the schedule.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.rendering import render_tree, render_value
from signoff.core.moments import parse_duration
from signoff.core.saved_flow_ports import FlowRow, TriggerRow
from signoff.core.schedules import times
from signoff.core.shared.nesting import nested
from signoff.model.backfilling import BackfillFlow
from signoff.model.deployments import DeploymentResponse
from signoff.model.errors import ExpressionError, InvalidRequest, ObjectNotFound
from signoff.model.forms import Json
from signoff.model.replies import RunHandle
from signoff.model.saved_flows import SAVED
from signoff.model.schedules import Rule
from signoff.service import deployments
from signoff.service.saved_flows import present
from signoff.service.table import Handlers
from signoff.service.unit import Unit

MOST = 1_000
"""Runs that one backfill makes."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BACK = (3_600_000_000, 86_400_000_000, 32 * 86_400_000_000, 366 * 86_400_000_000)
"""How far back the moment before one is looked for, nearest first."""
_FALSY = ("", "false", "0", "-0")

_logger = logging.getLogger("signoff.service")


@dataclass(frozen=True, slots=True)
class Given:
    """What a moment gives its run.

    Args:
        parameters: of the run.
        trigger: what expressions see of the trigger.
    """

    parameters: Mapping[str, Json]
    trigger: Mapping[str, Json]


class Scheduled:
    """A schedule trigger of a saved flow.

    Args:
        unit: the transaction.
        row: the flow.
        trigger: the trigger.
        rule: its moments.
    """

    def __init__(self, unit: Unit, row: FlowRow, trigger: TriggerRow, rule: Rule) -> None:
        self._unit = unit
        self._row = row
        self._trigger = trigger
        self._rule = rule

    def given(self, moment: int, inputs: Mapping[str, Json], late: bool = True) -> Given | None:
        """What a moment gives its run; None when it gets none.

        Args:
            moment: the moment.
            inputs: over those of the trigger.
            late: a moment that is too long ago gets none.

        Raises:
            ExpressionError: a condition or an input cannot be worked out.
        """
        facts = self._trigger.facts
        if late and self._is_too_late(moment):
            return None
        said = self._said(moment)
        variables: dict[str, Any] = {
            "flow": {
                "id": self._row.flow,
                "namespace": self._row.namespace,
                "revision": self._row.revision,
            },
            "vars": self._row.facts["variables"],
            "trigger": said,
            "inputs": {},
        }
        lookups = self._lookups(moment)
        for condition in facts.when:
            if _is_falsy(render_value(condition, variables, lookups)):
                return None
        values = {**facts.inputs, **inputs}
        return Given(nested(render_tree(values, variables, lookups, typed=True)), said)

    def _is_too_late(self, moment: int) -> bool:
        told = self._trigger.facts.properties.get("lateMaximumDelay")
        most = parse_duration(str(told)) if told else None
        return most is not None and self._unit.now - moment > most // timedelta(microseconds=1)

    def _said(self, moment: int) -> dict[str, Json]:
        """The moment, the one after it and the one before."""
        following = next(times(self._rule, moment), None)
        before = None
        for back in _BACK:
            earlier = takewhile(lambda each: each < moment, times(self._rule, moment - back))
            before = next(reversed(tuple(earlier)), None)
            if before is not None:
                break
        return {
            "date": self._iso(moment),
            "next": None if following is None else self._iso(following),
            "previous": None if before is None else self._iso(before),
        }

    def _iso(self, moment: int) -> str:
        zone = ZoneInfo(self._rule.timezone or "UTC")
        return (_EPOCH + timedelta(microseconds=moment)).astimezone(zone).isoformat()

    def _lookups(self, moment: int) -> Lookups:
        """The same for every server that looks at the moment: neither chance nor secrets."""
        return Lookups(
            now=lambda: _EPOCH + timedelta(microseconds=moment),
            new_id=lambda: self._unit.means.new_id().hex,
            random=_no_chance,
            secret=_no_secret,
            key_value=self._key_value,
            read_file=_no_secret,
            error_logs=list,
        )

    def _key_value(self, key: str, namespace: str | None) -> object:
        pair = self._unit.tx.key_values.get(namespace or self._row.namespace, key, self._unit.now)
        if pair is None:
            raise KeyError(key)
        return pair.value


def scheduled(
    unit: Unit, deployment: DeploymentResponse, slug: str | None, rule: Rule
) -> Scheduled | None:
    """The trigger that a schedule stands for; None where it is no saved flow's."""
    name = deployment.labels.get(SAVED)
    if not isinstance(name, str) or slug is None:
        return None
    namespace, _, flow = name.partition("/")
    row = unit.tx.saved_flows.get(namespace, flow)
    found = None if row is None else _trigger(unit, row, slug)
    return None if row is None or found is None else Scheduled(unit, row, found, rule)


def given_or_nothing(trigger: Scheduled, moment: int, inputs: Mapping[str, Json]) -> Given | None:
    """What a moment gives its run; nothing, and a line in the log, when that cannot be said."""
    try:
        return trigger.given(moment, inputs)
    except (ExpressionError, ValueError) as error:
        _logger.warning("A schedule makes no run: %s", error)
        return None


def backfill_flow(unit: Unit, request: BackfillFlow) -> tuple[RunHandle, ...]:
    row = present(unit, request.namespace, request.flow)
    deployment = deployments.found(unit, row.deployment_id)
    deployments.check_enabled(deployment)
    schedule = next((each for each in deployment.schedules if each.slug == request.trigger), None)
    trigger = _trigger(unit, row, request.trigger)
    if schedule is None or trigger is None:
        raise ObjectNotFound(
            f"Flow {row.namespace}/{row.flow} has no schedule {request.trigger!r}."
        )
    if request.end < request.start or request.end > unit.now:
        raise InvalidRequest(
            "Fields `start` and `end`: a backfill makes up for moments of the past; `start` must "
            "not come after `end`, and `end` not after the present.",
            {"errors": [{"field": "end", "message": "must be past, and not before start"}]},
        )
    fires = Scheduled(unit, row, trigger, schedule.schedule)
    made: list[RunHandle] = []
    for moment in _moments(schedule.schedule, request.start, request.end):
        given = fires.given(moment, request.inputs, late=False)
        if given is None:
            continue
        if len(made) == MOST:
            raise InvalidRequest(f"A backfill makes at most {MOST} runs; name a shorter time.")
        made.append(_made(unit, deployment, request, moment, given))
    return tuple(made)


def _moments(rule: Rule, start: int, end: int) -> Iterator[int]:
    return takewhile(lambda moment: moment <= end, times(rule, start - 1))


def _made(
    unit: Unit, deployment: DeploymentResponse, request: BackfillFlow, moment: int, given: Given
) -> RunHandle:
    wanted = deployments.Wanted(
        run_id=unit.means.new_id(),
        parameters=given.parameters,
        tags=("backfill", f"trigger:{request.trigger}"),
        # Asked for twice, the moments are made up for once.
        idempotency_key=f"backfill {deployment.id} {request.trigger} {moment}",
    )
    handle = deployments.make_run(unit, deployment, wanted, unit.now)
    if handle.run_id == wanted.run_id:
        unit.tx.saved_flows.started_by(handle.run_id, given.trigger)
    return replace(handle, created=handle.run_id == wanted.run_id)


def _trigger(unit: Unit, row: FlowRow, id: str) -> TriggerRow | None:
    found = unit.tx.saved_flows.triggers(row.namespace, row.flow)
    return next((each for each in found if each.facts.id == id), None)


def _is_falsy(value: object) -> bool:
    """The rule of the language for what does not hold."""
    return value.strip().lower() in _FALSY if isinstance(value, str) else not value


def _no_chance() -> float:
    raise LookupError("chance is not available to schedules; use it in the flow")


def _no_secret(name: str) -> str:
    raise LookupError(f"{name!r} is not available to schedules; use it in the flow")


HANDLERS: Handlers = {BackfillFlow: backfill_flow}
