"""Slots of limits, one request at a time, with a clock that tests set and processes that die."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from signoff.model.commands import RegisterProcess
from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound, SlotsTaken
from signoff.model.journal import Liveness, Process
from signoff.model.shared.limits import (
    CreateLimit,
    DeleteLimit,
    DeleteTagLimit,
    LimitKind,
    ReadLimit,
    ReadTagLimit,
    ResetTagLimit,
    SetTagLimit,
    UpdateLimit,
)
from signoff.model.shared.slots import (
    TAGS,
    AcquireSlots,
    DecrementSlots,
    IncrementSlots,
    IncrementWithLease,
    ReadLimitedTags,
    ReleaseSlots,
    RenewLease,
    RenewLeases,
    SlotMode,
    SlotsReply,
)
from tests.service.world import FLOW, SECOND, World

pytestmark = pytest.mark.service


def ask(world: World, lease: UUID | None = None, **facts: Any) -> SlotsReply:
    given: dict[str, Any] = {"names": ("db",), "process_id": "p1"} | facts
    return world.ask(AcquireSlots(lease or world.new_id(), **given))


def taken(world: World, name: str = "db") -> int:
    return world.ask(ReadLimit(name)).active_slots


def test_slots_are_taken_given_back_and_never_more_than_there_are(world: World) -> None:
    world.process("p1")
    world.ask(CreateLimit("db", 2))
    first, second = world.new_id(), world.new_id()
    assert ask(world, first).granted
    assert ask(world, first).granted, "the same request again takes nothing more"
    assert ask(world, second).granted
    refused = ask(world)
    assert (refused.granted, refused.full, refused.retry_at) == (False, "db", None)
    assert taken(world) == 2
    world.ask(ReleaseSlots(first))
    world.ask(ReleaseSlots(first))
    assert taken(world) == 1
    assert ask(world).granted


def test_all_of_several_limits_or_none(world: World) -> None:
    world.process("p1")
    world.ask(CreateLimit("db", 1))
    world.ask(CreateLimit("api", 1))
    assert ask(world, names=("api",)).granted
    assert ask(world, names=("db", "api")).full == "api"
    assert taken(world) == 0


def test_who_came_first_goes_first_and_is_told(world: World) -> None:
    for name in ("p1", "p2", "p3"):
        world.process(name)
    world.ask(CreateLimit("db", 2))
    holder, big, small = world.new_id(), world.new_id(), world.new_id()
    assert ask(world, holder, slots=1).granted
    assert not ask(world, big, slots=2, process_id="p2", address="poll:p2").granted
    late = ask(world, small, slots=1, process_id="p3", address="poll:p3")
    assert not late.granted, "it must not overtake the one that wants two"
    world.pokes.clear()
    world.ask(ReleaseSlots(holder))
    assert [(poke.address, poke.run_id) for poke in world.pokes] == [("poll:p2", big)]
    assert not ask(world, small, slots=1, process_id="p3", address="poll:p3").granted
    assert ask(world, big, slots=2, process_id="p2", address="poll:p2").granted
    world.pokes.clear()
    world.ask(ReleaseSlots(big))
    assert [poke.run_id for poke in world.pokes] == [small]
    assert ask(world, small, slots=1, process_id="p3", address="poll:p3").granted


def test_the_next_one_is_told_when_there_is_enough_for_both(world: World) -> None:
    for name in ("p1", "p2", "p3"):
        world.process(name)
    world.ask(CreateLimit("db", 2))
    both, second, third = world.new_id(), world.new_id(), world.new_id()
    ask(world, both, slots=2)
    for lease, name in ((second, "p2"), (third, "p3")):
        ask(world, lease, process_id=name, address=f"poll:{name}")
    world.ask(ReleaseSlots(both))
    world.pokes.clear()
    assert ask(world, second, process_id="p2", address="poll:p2").granted
    assert [poke.run_id for poke in world.pokes] == [third]


def test_who_gives_up_leaves_its_place(world: World) -> None:
    for name in ("p1", "p2", "p3"):
        world.process(name)
    world.ask(CreateLimit("db", 2))
    ask(world, slots=1)
    big, small = world.new_id(), world.new_id()
    ask(world, big, slots=2, process_id="p2", address="poll:p2")
    assert not ask(world, small, process_id="p3", address="poll:p3").granted
    world.pokes.clear()
    world.ask(ReleaseSlots(big))
    assert [poke.run_id for poke in world.pokes] == [small]
    assert ask(world, small, process_id="p3", address="poll:p3").granted


def test_a_dead_process_holds_nothing_and_waits_for_nothing(world: World) -> None:
    for name in ("p1", "p2", "p3"):
        world.process(name)
    world.ask(CreateLimit("db", 1))
    ask(world, duration=10**15)
    ask(world, process_id="p2", address="poll:p2")
    world.later(10**6)
    assert not ask(world, process_id="p3").granted, "a living process keeps what it holds"
    world.dead.add("p1")
    assert not ask(world, process_id="p3").granted, "somebody else came first"
    world.dead.add("p2")
    assert ask(world, process_id="p3").granted
    assert taken(world) == 1


def test_where_death_cannot_be_seen_the_lease_tells(world: World) -> None:
    process = Process("far", "elsewhere", 1, "ann", Liveness.LEASE, "poll:far")
    world.ask(RegisterProcess(process), FLOW)
    world.ask(CreateLimit("db", 1))
    lease = world.new_id()
    ask(world, lease, process_id="far", duration=60 * SECOND)
    assert ask(world, process_id="far").retry_at == world.now + 60 * SECOND
    world.later(50)
    assert world.ask(RenewLeases((lease, world.new_id()), 60 * SECOND))[0] != lease
    world.later(59)
    assert not ask(world, process_id="far").granted
    world.later(2)
    assert taken(world) == 0
    assert world.ask(RenewLeases((lease,), SECOND)) == (), "nobody has taken it meanwhile"
    world.later(2)
    assert ask(world, process_id="far").granted
    assert world.ask(RenewLeases((lease,), 60 * SECOND)) == (lease,)


def test_rates_come_free_at_their_pace(world: World) -> None:
    world.ask(CreateLimit("db", 2, slot_decay_per_second=0.5))

    def rate() -> SlotsReply:
        return ask(world, mode=SlotMode.RATE_LIMIT)

    assert rate().granted
    assert not rate().held
    refused = rate()
    assert refused.retry_at == world.now + 2 * SECOND
    world.later(2)
    assert rate().granted
    assert not rate().granted
    world.later(100)
    assert taken(world) == 0
    assert rate().granted
    assert rate().granted
    assert not rate().granted


def test_what_can_never_be_had_is_refused(world: World) -> None:
    world.ask(CreateLimit("db", 2))
    with pytest.raises(InvalidRequest, match=r"3 slots .* can never be had: it has 2"):
        ask(world, slots=3)
    with pytest.raises(InvalidRequest, match=r"At least one slot .* got 0"):
        ask(world, slots=0)
    with pytest.raises(InvalidRequest, match="Only concurrency limits with slot decay"):
        ask(world, mode=SlotMode.RATE_LIMIT)
    with pytest.raises(InvalidRequest, match=r"\['no'\] must be created"):
        ask(world, names=("no", "db"), strict=True)
    assert ask(world, names=("no",)) == SlotsReply(True, False, ("no",), None, None, world.now)


def test_a_limit_that_is_not_active_limits_nothing(world: World) -> None:
    world.process("p1")
    world.ask(CreateLimit("db", 1, active=False))
    for _ in range(3):
        assert ask(world) == SlotsReply(True, False, (), None, None, world.now)


def test_a_changed_limit_lets_those_in_who_wait(world: World) -> None:
    world.process("p1")
    world.ask(CreateLimit("db", 1))
    ask(world)
    waiting = world.new_id()
    ask(world, waiting, address="poll:p1")
    for change in (UpdateLimit("db", limit=2), UpdateLimit("db", active_slots=0)):
        world.pokes.clear()
        world.ask(change)
        assert [poke.run_id for poke in world.pokes] == [waiting]
    world.pokes.clear()
    world.ask(DeleteLimit("db"))
    assert [poke.run_id for poke in world.pokes] == [waiting]
    assert ask(world, waiting, address="poll:p1").missing == ("db",)


def test_limits_are_managed_by_name_or_id(world: World) -> None:
    made = world.ask(CreateLimit("db", 3, True, 2, 0.5))
    assert (made.limit, made.active, made.active_slots, made.slot_decay_per_second) == (
        3,
        True,
        2,
        0.5,
    )
    with pytest.raises(ObjectAlreadyExists, match="'db'"):
        world.ask(CreateLimit("db", 1))
    world.ask(CreateLimit("other", 1))
    with pytest.raises(ObjectAlreadyExists, match="'other'"):
        world.ask(UpdateLimit("db", name="other"))
    world.ask(UpdateLimit(str(made.id), name="new", slot_decay_per_second=0.0, active=False))
    found = world.ask(ReadLimit("new"))
    assert (found.id, found.limit, found.active) == (made.id, 3, False)
    for bad in (CreateLimit("a/b", 1), CreateLimit(" ", 1), CreateLimit("x", -1)):
        with pytest.raises(InvalidRequest, match="got"):
            world.ask(bad)
    world.ask(DeleteLimit("new"))
    for request in (ReadLimit("new"), DeleteLimit(str(made.id)), UpdateLimit("new", limit=1)):
        with pytest.raises(ObjectNotFound, match="no concurrency limit"):
            world.ask(request)


def test_the_documented_requests_do_not_wait(world: World) -> None:
    world.ask(CreateLimit("db", 1))
    taken_now = world.ask(IncrementWithLease(("db",), 1, lease_duration=60))
    assert [each.name for each in taken_now.limits] == ["db"]
    for request in (IncrementWithLease(("db",), 1), IncrementSlots(("db",), 1)):
        with pytest.raises(SlotsTaken) as refused:
            world.ask(request)
        assert refused.value.details == {"retry_at": world.now + 60 * SECOND}
    world.ask(RenewLease(taken_now.lease_id, 120))
    world.ask(ReleaseSlots(taken_now.lease_id))
    with pytest.raises(ObjectNotFound, match="no lease"):
        world.ask(RenewLease(taken_now.lease_id))
    world.ask(IncrementSlots(("db",), 1))
    assert taken(world) == 1
    world.ask(DecrementSlots(("db",), 5))
    assert taken(world) == 0


def test_limits_of_tags(world: World) -> None:
    run = world.start("p1")
    task = world.new_id()
    world.pokes.clear()
    made = world.ask(SetTagLimit("big", 1))
    assert (made.concurrency_limit, made.active_slots) == (1, [])
    assert [(poke.address, poke.run_id) for poke in world.pokes] == [("poll:p1", TAGS)]
    assert world.ask(ReadLimitedTags()) == ("big",)
    lease = world.new_id()
    tagged: dict[str, Any] = {"names": ("big", "free"), "kind": LimitKind.TAG}
    assert ask(world, lease, holder=task, **tagged).granted
    assert world.ask(ReadTagLimit(tag="big")).active_slots == [task]
    assert not ask(world, **tagged).granted
    assert ask(world, names=("big",)).missing == ("big",), "a tag is no global limit"
    assert world.ask(SetTagLimit("big", 2)).id == made.id
    world.ask(ResetTagLimit("big", (run.run_id,)))
    assert world.ask(ReadTagLimit(limit_id=made.id)).active_slots == [run.run_id]
    world.ask(SetTagLimit("big", 0))
    with pytest.raises(InvalidRequest, match="on tag 'big' is 0 and will deadlock"):
        ask(world, **tagged)
    world.ask(DeleteTagLimit(tag="big"))
    for request in (ReadTagLimit(tag="big"), DeleteTagLimit(tag="big"), ResetTagLimit("big")):
        with pytest.raises(ObjectNotFound, match="tag 'big'"):
            world.ask(request)
    assert world.ask(ReadLimitedTags()) == ()
