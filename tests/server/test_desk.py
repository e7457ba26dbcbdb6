"""Commands in groups: each gets its own reply, and waits for no more than its turn."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from uuid import UUID

import pytest

from signoff.model.actors import Actor, Via
from signoff.model.commands import CancelRun, Command, PollWait, Request
from signoff.model.errors import ObjectNotFound, StoreFull
from signoff.model.queries import CountInbox
from signoff.model.replies import RunSignal
from signoff.server.asgi import Response
from signoff.server.desk import GROUP, Desk
from signoff.server.repeats import Repeats
from signoff.service.orchestrator import WouldWait
from signoff.service.stepping import Partly

pytestmark = pytest.mark.server

R = TypeVar("R")
ANN, BOB = Actor("ann", Via.HTTP), Actor("bob", Via.HTTP)


@dataclass
class Recorder:
    """A service that says what it was asked, in which groups; its writer waits while shut."""

    groups: list[tuple[str, int]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    trouble: Exception | None = None
    steps: int = 0
    begun: threading.Event = field(default_factory=threading.Event)

    def apply_step(self, request: Request[R], actor: Actor) -> R | Partly:
        if not self.steps or not isinstance(request, CancelRun):
            return self.apply(request, actor)
        self.begun.set()
        self.gate.wait()
        self.groups.append((actor.name, 1))
        self.steps -= 1
        return Partly("partly", request)

    def apply(self, request: Request[R], actor: Actor) -> R:
        if not isinstance(request, CancelRun):
            return cast("R", type(request).__name__)
        reply = self.apply_many([request], actor)[0]
        if isinstance(reply, Exception):
            raise reply
        return cast("R", reply)

    def apply_at_once(self, request: Request[R], actor: Actor) -> R:
        if self.gate.is_set() and isinstance(request, PollWait):
            return cast("R", "at once")
        raise WouldWait

    def apply_many(self, commands: Sequence[Command[Any]], actor: Actor) -> list[Any]:
        self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        self.groups.append((actor.name, len(commands)))
        return [self._reply(command, actor) for command in commands]

    def _reply(self, command: Command[Any], actor: Actor) -> Any:
        number = cast("CancelRun", command).run_id.int
        return ObjectNotFound(str(number)) if number % 7 == 0 else (actor.name, number)

    def signals(self, run_ids: Sequence[UUID]) -> tuple[RunSignal, ...]:
        return ()

    def renew(self, process_id: str) -> bool:
        return True


def cancel(number: int) -> CancelRun:
    return CancelRun(UUID(int=number))


def test_what_waits_while_another_commit_runs_shares_the_next_one() -> None:
    service = Recorder()

    async def main() -> list[Any]:
        desk = Desk(service, grouped=True)
        jobs = [
            asyncio.ensure_future(desk.apply(cancel(n), BOB if n % 10 == 0 else ANN))
            for n in range(1, 150)
        ]
        await asyncio.sleep(0)
        # Reading does not wait for writing.
        assert await desk.apply(CountInbox(), ANN) == cast("int", "CountInbox")
        assert await desk.apply(PollWait(UUID(int=1), 1, "k"), ANN) == cast("Any", "PollWait")
        service.gate.set()
        replies = await asyncio.gather(*jobs, return_exceptions=True)
        await asyncio.to_thread(desk.close)
        return replies

    replies = asyncio.run(main())
    for number, reply in enumerate(replies, 1):
        if number % 7 == 0:
            assert isinstance(reply, ObjectNotFound)
            assert str(reply) == str(number)
        else:
            assert reply == ("bob" if number % 10 == 0 else "ann", number)
    assert len(service.groups) < 20
    assert max(size for _, size in service.groups) <= GROUP


def test_what_waits_for_nothing_is_done_at_once_where_the_database_is_a_file() -> None:
    service = Recorder()
    service.gate.set()

    async def ask(grouped: bool) -> Any:
        desk = Desk(service, grouped=grouped)
        reply = await desk.apply(PollWait(UUID(int=1), 1, "k"), ANN)
        await asyncio.to_thread(desk.close)
        return reply

    assert asyncio.run(ask(grouped=True)) == "at once"
    assert asyncio.run(ask(grouped=False)) == "PollWait"


def test_when_a_commit_fails_everybody_in_it_is_told() -> None:
    service = Recorder(trouble=StoreFull("no room"))

    async def main() -> list[Any]:
        desk = Desk(service, grouped=True)
        jobs = [asyncio.ensure_future(desk.apply(cancel(n), ANN)) for n in range(1, 5)]
        await asyncio.sleep(0)
        service.gate.set()
        replies = await asyncio.gather(*jobs, return_exceptions=True)
        await asyncio.to_thread(desk.close)
        return replies

    assert {str(reply) for reply in asyncio.run(main())} == {"no room"}


def test_closing_finishes_what_was_begun() -> None:
    service = Recorder()

    async def main() -> list[Any]:
        desk = Desk(service, grouped=True)
        jobs = [asyncio.ensure_future(desk.apply(cancel(n), ANN)) for n in (1, 2, 3)]
        await asyncio.sleep(0)
        closing = asyncio.ensure_future(asyncio.to_thread(desk.close))
        service.gate.set()
        await closing
        return await asyncio.gather(*jobs)

    assert asyncio.run(main()) == [("ann", 1), ("ann", 2), ("ann", 3)]


def test_long_work_lets_others_in_after_each_step() -> None:
    service = Recorder(steps=3)

    async def main() -> list[Any]:
        desk = Desk(service, grouped=True)
        long = asyncio.ensure_future(desk.apply(cancel(1), ANN))
        await asyncio.to_thread(service.begun.wait)
        others = [asyncio.ensure_future(desk.apply(cancel(n), BOB)) for n in (2, 3)]
        await asyncio.sleep(0)
        service.gate.set()
        replies = await asyncio.gather(long, *others)
        await asyncio.to_thread(desk.close)
        return replies

    assert asyncio.run(main()) == [("ann", 1), ("bob", 2), ("bob", 3)]
    assert ("bob", 2) in service.groups[:3]
    assert service.groups[-1] == ("ann", 1)


def test_at_the_end_long_work_says_how_far_it_has_come() -> None:
    service = Recorder(steps=10**9)

    async def main() -> Any:
        desk = Desk(service, grouped=True)
        long = asyncio.ensure_future(desk.apply(cancel(1), ANN))
        await asyncio.to_thread(service.begun.wait)
        closing = asyncio.ensure_future(asyncio.to_thread(desk.close))
        service.gate.set()
        await closing
        return await long

    assert asyncio.run(main()) == "partly"


def test_whoever_gives_up_does_not_disturb_the_others() -> None:
    service = Recorder()

    async def main() -> Any:
        desk = Desk(service, grouped=True)
        first, second = (asyncio.ensure_future(desk.apply(cancel(n), ANN)) for n in (1, 2))
        await asyncio.sleep(0)
        first.cancel()
        service.gate.set()
        reply = await second
        await asyncio.to_thread(desk.close)
        return reply

    assert asyncio.run(main()) == ("ann", 2)


@dataclass
class Maker:
    """Makes one response after the other."""

    responses: list[Response | Exception]
    made: int = 0

    async def __call__(self) -> Response:
        self.made += 1
        await asyncio.sleep(0)
        response = self.responses.pop(0)
        if isinstance(response, Exception):
            raise response
        return response


OK, GONE, BROKEN = Response(200, b"1"), Response(404, b"gone"), Response(503)


@pytest.mark.parametrize("first", [OK, GONE])
def test_a_repeat_gets_the_first_reply_also_while_it_is_made(first: Response) -> None:
    async def main() -> None:
        repeats, make = Repeats(), Maker([first, BROKEN])
        both = await asyncio.gather(repeats.once("k", make), repeats.once("k", make))
        assert list(both) == [first, first]
        assert await repeats.once("k", make) == first
        assert make.made == 1

    asyncio.run(main())


@pytest.mark.parametrize("first", [BROKEN, Response(200, b"x" * 20_000), ValueError("defect")])
def test_failures_and_large_replies_are_not_kept(first: Response | Exception) -> None:
    async def main() -> None:
        repeats, make = Repeats(), Maker([first, OK])
        if isinstance(first, Exception):
            with pytest.raises(ValueError, match="defect"):
                await repeats.once("k", make)
        else:
            assert await repeats.once("k", make) == first
        assert await repeats.once("k", make) == OK

    asyncio.run(main())


def test_only_so_many_replies_are_kept() -> None:
    async def main() -> None:
        repeats, make = Repeats(entries=2), Maker([OK] * 4)
        for key in ("a", "b", "c", "a"):
            await repeats.once(key, make)
        assert make.made == 4
        await repeats.once("c", make)
        assert make.made == 4

    asyncio.run(main())
