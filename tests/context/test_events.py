"""`emit_event`: what an event carries, how it is kept, found and streamed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from signoff import flow, task
from signoff.events import Event, RelatedResource, Resource, emit_event
from signoff.gateway.connect import get_gateway
from signoff.model.emitted import (
    CountEmitted,
    EmitEvents,
    EventFilter,
    EventIDFilter,
    EventNameFilter,
    EventOccurredFilter,
    EventOrder,
    EventResourceFilter,
    ReadEmitted,
)
from signoff.runtime import flow_run, task_run
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("service")]


def kept(event: Event) -> Event:
    """The event as it is on record."""
    wanted = EventFilter(id=EventIDFilter(id=[event.id]))
    found: list[Event] = []

    def there() -> bool:
        found[:] = get_gateway().send(ReadEmitted(wanted))
        return bool(found)

    wait_until(there)
    assert len(found) == 1
    return found[0]


def test_an_event_is_kept_as_it_was_emitted() -> None:
    first = emit_event("order.made", {"signoff.resource.id": "order.1"})
    made = emit_event(
        event="invoice.paid",
        resource={"signoff.resource.id": "invoice.7", "signoff.resource.name": "Nr. 7"},
        occurred=datetime(2026, 1, 31, 9, tzinfo=UTC),
        related=[{"signoff.resource.id": "customer.3", "signoff.resource.role": "payer"}],
        payload={"amount": 12.5, "items": [1, None]},
        id=uuid4(),
        follows=first,
    )
    found = kept(made)
    assert found.received is not None
    assert found.model_copy(update={"received": None}) == made
    assert (found.resource.id, found.resource.name, found.resource["signoff.resource.id"]) == (
        "invoice.7",
        "Nr. 7",
        "invoice.7",
    )
    assert [(each.id, each.role) for each in found.related] == [("customer.3", "payer")]
    assert found.follows == first.id


def test_the_run_around_the_line_is_related() -> None:
    @task
    def telling() -> tuple[Event, str, str]:
        event = emit_event("told", {"signoff.resource.id": "x"})
        return event, str(flow_run.id), str(task_run.id)

    @flow
    def calling() -> tuple[Event, str, str]:
        return telling()

    event, run_id, task_id = calling()
    assert [(each.id, each.role) for each in kept(event).related[:2]] == [
        (f"signoff.flow-run.{run_id}", "flow-run"),
        (f"signoff.task-run.{task_id}", "task-run"),
    ]


def test_events_are_found_by_time_name_and_resource() -> None:
    mark = uuid4().hex
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(4):
        emit_event(
            f"{mark}.{'even' if number % 2 == 0 else 'odd'}",
            {"signoff.resource.id": f"{mark}%{number}"},
            occurred=begin + timedelta(days=number),
        )

    def resources(order: EventOrder = EventOrder.ASC, **parts: object) -> list[str]:
        mine = {"resource": EventResourceFilter(id_prefix=[f"{mark}%"]), **parts}
        wanted = EventFilter.model_validate({**mine, "order": order})
        found = get_gateway().send(ReadEmitted(wanted))
        assert get_gateway().send(CountEmitted(wanted)) == len(found)
        return [event.resource.id[-1] for event in found]

    assert resources() == ["0", "1", "2", "3"]
    assert resources(EventOrder.DESC) == ["3", "2", "1", "0"]
    assert resources(event=EventNameFilter(name=[f"{mark}.odd"])) == ["1", "3"]
    assert resources(event=EventNameFilter(prefix=[mark])) == ["0", "1", "2", "3"]
    assert resources(event=EventNameFilter(exclude_prefix=[f"{mark}.o"])) == ["0", "2"]
    assert resources(event=EventNameFilter(exclude_name=[f"{mark}.even"])) == ["1", "3"]
    assert resources(resource=EventResourceFilter(id=[f"{mark}%2", "none"])) == ["2"]
    times = EventOccurredFilter(since=begin + timedelta(days=1), until=begin + timedelta(days=2))
    assert resources(occurred=times) == ["1", "2"]


def test_a_repeated_event_is_kept_once() -> None:
    made = emit_event("once", {"signoff.resource.id": "x"})
    get_gateway().send(EmitEvents((made, made)))
    assert kept(made).event == "once"


def test_names_of_other_code_are_understood() -> None:
    made = emit_event("ported", {"prefect.resource.id": "x", "prefect.resource.name": "y"})
    assert (made.resource.id, made.resource.name) == ("x", "y")


def test_bad_events_are_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match=r"must include the 'signoff\.resource\.id' label"):
        emit_event("x", {"name": "y"})
    with pytest.raises(ValueError, match=r"must include the 'signoff\.resource\.role' label"):
        emit_event("x", {"signoff.resource.id": "y"}, related=[{"signoff.resource.id": "z"}])
    with pytest.raises(ValueError, match=r"payload of event 'x' is not JSON.*object"):
        emit_event("x", {"signoff.resource.id": "y"}, payload={"a": object()})
    with pytest.raises(ValueError, match="at least 1 character"):
        emit_event("", {"signoff.resource.id": "y"})


def test_resources_are_mappings_of_labels() -> None:
    resource = RelatedResource({"signoff.resource.id": "x", "signoff.resource.role": "r", "a": "b"})
    assert (resource.get("a"), resource.get("nope"), len(resource)) == ("b", None, 3)
    assert sorted(resource) == ["a", "signoff.resource.id", "signoff.resource.role"]
    assert json.loads(Resource({"signoff.resource.id": "x"}).model_dump_json()) == {
        "signoff.resource.id": "x"
    }
