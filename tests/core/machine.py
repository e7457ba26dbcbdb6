"""A state machine over one run, for the rules alone and for the whole service.

Owns the moves. What should come of a move is said by `Life`; what does come of it by a `Subject`:
the pure rules, or the service on a database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.core.life import Life
from tests.core.walks import Choices

Move = TypeVar("Move", bound=Callable[..., None])

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a run stands; of each wait: key, attempt, status and what was answered."""

    phase: str
    version: int
    entry: int
    attempt: int
    run_count: int
    hold: bool
    owner: str | None
    waits: tuple[tuple[str, int, str, Any], ...]


class Subject(Protocol):
    """What is tested. Each method gives `ok`, `same`, a wait's status, or the code of a refusal.

    Only an answer tells `same` from `ok`.
    """

    def reset(self) -> int:
        """Forget the run; returns the present time."""

    def start(self, process: str) -> str: ...
    def create(self) -> str: ...
    def enter(self, process: str) -> str: ...
    def ask(self, entry: int, key: str, timeout: int | None, action: str, leaving: bool) -> str: ...
    def leave(self, entry: int) -> str: ...
    def suspend(self, key: str, named: bool) -> str: ...
    def stop_at_boundary(self, entry: int, key: str) -> str: ...
    def reopen(self, entry: int, key: str) -> str: ...
    def withdraw(self, entry: int, key: str) -> str: ...
    def take(self, entry: int, key: str) -> None: ...
    def finish(self, entry: int, phase: str) -> str: ...
    def retry(self, entry: int) -> str: ...
    def begin(self, entry: int) -> str: ...
    def answer(self, key: str | None, given: bool) -> str: ...
    def pause(self) -> str: ...
    def cancel(self) -> str: ...
    def rerun(self) -> str: ...
    def force(self, phase: str) -> str: ...
    def delete(self) -> str: ...
    def die(self, process: str) -> None: ...
    def crowd(self) -> None: ...
    def clear(self) -> None: ...
    def pass_time(self, microseconds: int) -> None: ...
    def sweep(self) -> None: ...
    def facts(self) -> Facts | None: ...


def mostly(sensible: Callable[[Any], bool]) -> Callable[[Move], Move]:
    """For moves that change nothing in most situations: elsewhere they are tried rarely."""
    return precondition(lambda self: self.moves % 5 == 0 or sensible(self))


rarely = precondition(lambda self: self.moves % 5 == 0)
"""For what ends a life: most lives would be over before anything happens in them."""
OPTIONS: dict[str, tuple[Any, ...]] = {
    "started": (True, True, False),
    "again": (False, False, True),
    "key": ("a", "b", "c"),
    "named": (None, None, "a", "b", "c"),
    "nth": (0, 1, 2, 3),
    "back": (0, 0, 0, 0, 1),
    "timeout": (None, SECOND, 5 * SECOND),
    "action": ("fail", "continue", "default", "cancel"),
    "given": (True, False),
    "twice": (True, False),
    "leaving": (False, False, True),
    "fresh": (True, True, False),
    "ending": ("completed", "failed", "cancelled", "crashed"),
    "wanted": ("completed", "failed", "cancelled", "pending", "paused"),
    "microseconds": (0, SECOND // 2, SECOND, 5 * SECOND),
}
"""What a move may be given, by the name of its argument."""
WEIGHTS = {"asks": 6, "is_answered": 2, "is_answered_by_key": 4, "time_passes": 2, "enters": 3}
"""How often `drive` makes a move; once where nothing is said."""


def some(*names: str) -> Callable[[Move], Move]:
    """A move of the machine whose arguments are drawn from `OPTIONS`."""
    drawn: dict[str, Any] = {name: st.sampled_from(OPTIONS[name]) for name in names}
    return cast("Callable[[Move], Move]", rule(**drawn))


class RunMachine(RuleBasedStateMachine):
    """One run, from its creation through anything that people and processes may do."""

    make: Callable[[], Subject]
    """Set by the test: where the subject comes from."""

    def __init__(self) -> None:
        super().__init__()
        self.subject: Subject = type(self).make()
        self.life = Life(now=self.subject.reset())
        self.version = 0
        self.processes = 1
        self.holds = 0
        self.suspensions = 0
        self.moves = 0
        self.seen: Facts | None = None

    def agree(self, expected: str, told: str, changes: bool = True) -> None:
        """Compare what should be said with what was said; a refusal changes nothing."""
        assert told == ("ok" if expected == "same" and told != "same" else expected)
        facts = self.seen = self.subject.facts()
        if facts is None:
            return
        if expected == "ok":
            assert facts.version > self.version
        elif expected == "same" or "-" in expected:
            assert facts.version == self.version
        assert facts.version >= self.version
        self.version = facts.version

    @property
    def me(self) -> str:
        return f"p{self.processes}"

    @property
    def speaks(self) -> bool:
        """Some process has entered the run and can still say something."""
        return self.life.entry > 0 and self.me not in self.life.dead

    @property
    def has_asked(self) -> bool:
        return any(each.attempt == self.life.attempt for each in self.life.questions)

    @initialize(started=st.booleans())
    def begins(self, started: bool) -> None:
        if started:
            self.agree(self.life.start(self.me), self.subject.start(self.me))
        else:
            self.agree(self.life.create(), self.subject.create())

    # Processes ----------------------------------------------------------------------------

    @mostly(lambda self: not self.life.alive)
    @some("again")
    def enters(self, again: bool) -> None:
        if again and not self.speaks:
            return
        process = self.me if again else f"p{self.processes + 1}"
        expected = self.life.enter(process)
        if expected == "ok" and not again:
            self.processes += 1
        self.agree(expected, self.subject.enter(process))

    @precondition(lambda self: self.speaks)
    @mostly(lambda self: self.life.working)
    @some("key", "back", "timeout", "action", "leaving")
    def asks(self, key: str, back: int, timeout: int | None, action: str, leaving: bool) -> None:
        entry = self.life.entry - back
        expected = self.life.ask(entry, key, timeout, action, leaving)
        self.agree(expected, self.subject.ask(entry, key, timeout, action, leaving))

    @precondition(lambda self: self.speaks)
    @mostly(lambda self: self.life.leaving or self.life.imposed)
    @some("back")
    def leaves(self, back: int) -> None:
        entry = self.life.entry - back
        self.agree(self.life.leave(entry), self.subject.leave(entry))

    @precondition(lambda self: self.speaks)
    @mostly(lambda self: self.life.hold)
    @some("back")
    def reaches_a_boundary(self, back: int) -> None:
        self.holds += 1
        key, entry = f"hold-{self.holds}", self.life.entry - back
        expected = self.life.stop_at_boundary(entry, key)
        self.agree(expected, self.subject.stop_at_boundary(entry, key))

    def an_asked(self, nth: int) -> str:
        """The key of a question of this attempt."""
        asked = [e.key for e in self.life.questions if e.attempt == self.life.attempt]
        return asked[nth % len(asked)]

    @precondition(lambda self: self.speaks and self.has_asked)
    @some("nth", "back")
    def refuses_the_answer(self, nth: int, back: int) -> None:
        key, entry = self.an_asked(nth), self.life.entry - back
        self.agree(self.life.reopen(entry, key), self.subject.reopen(entry, key))
        # The deadline may have passed while the question was closed.
        self._notice()

    @precondition(lambda self: self.speaks and self.has_asked)
    @some("nth", "back")
    def withdraws(self, nth: int, back: int) -> None:
        key, entry = self.an_asked(nth), self.life.entry - back
        self.agree(self.life.withdraw(entry, key), self.subject.withdraw(entry, key))

    @precondition(lambda self: self.speaks and self.has_asked and self.life.working)
    @some("nth")
    def receives(self, nth: int) -> None:
        key = self.an_asked(nth)
        self.life.take(key)
        self.subject.take(self.life.entry, key)

    @precondition(lambda self: self.speaks)
    @rarely
    @some("back", "ending")
    def finishes(self, back: int, ending: str) -> None:
        entry = self.life.entry - back
        self.agree(self.life.finish(entry, ending), self.subject.finish(entry, ending))

    @precondition(lambda self: self.speaks)
    @some("back")
    def fails_and_retries(self, back: int) -> None:
        entry = self.life.entry - back
        self.agree(self.life.retry(entry), self.subject.retry(entry))

    @precondition(lambda self: self.speaks)
    @mostly(lambda self: self.life.phase == "retrying")
    @some("back")
    def begins_again(self, back: int) -> None:
        entry = self.life.entry - back
        self.agree(self.life.begin(entry), self.subject.begin(entry))

    @precondition(lambda self: self.life.alive)
    @rule()
    def dies(self) -> None:
        assert self.life.owner is not None
        self.life.dead.add(self.life.owner)
        self.subject.die(self.life.owner)
        self.seen = self.subject.facts()

    # People -------------------------------------------------------------------------------

    @mostly(lambda self: self.life.open or (self.life.hold and self.life.phase == "running"))
    @some("named", "given")
    def is_answered(self, named: str | None, given: bool) -> None:
        self.agree(self.life.answer(named, given), self.subject.answer(named, given))

    @precondition(lambda self: len(self.life.open) > 0)
    @some("given", "twice")
    def is_answered_by_key(self, given: bool, twice: bool) -> None:
        key = self.life.open[0].key
        self.agree(self.life.answer(key, given), self.subject.answer(key, given))
        self.agree(self.life.answer(key, twice), self.subject.answer(key, twice))

    @precondition(lambda self: any(each.deadline for each in self.life.open))
    @some("given")
    def is_answered_too_late(self, given: bool) -> None:
        """The deadline has passed and nobody has noticed yet."""
        wait = next(each for each in self.life.open if each.deadline is not None)
        assert wait.deadline is not None
        left = max(wait.deadline - self.life.now, 0)
        self.subject.pass_time(left)
        self.life.now += left
        self.life.apply_deadlines()
        told = self.subject.answer(wait.key, given)
        assert told == self.life.answer(wait.key, given)
        self._notice()

    @mostly(lambda self: self.life.working)
    @rule()
    def is_paused_from_outside(self) -> None:
        self.agree(self.life.pause(), self.subject.pause())

    @mostly(lambda self: self.life.working)
    @some("twice", "fresh")
    def is_suspended_from_outside(self, twice: bool, fresh: bool) -> None:
        """Without a key when there is a suspension already, which is enough then."""
        named = not self.life.imposed or twice
        self.suspensions += fresh
        key = f"s-{self.suspensions}"
        self.agree(self.life.suspend(key, named), self.subject.suspend(key, named))

    @rarely
    @rule()
    def is_cancelled(self) -> None:
        self.agree(self.life.cancel(), self.subject.cancel())

    @mostly(lambda self: self.life.phase in ("failed", "cancelled", "crashed"))
    @rule()
    def is_run_again(self) -> None:
        self.agree(self.life.rerun(), self.subject.rerun())

    @precondition(lambda self: self.life.phase != "absent")
    @rarely
    @some("wanted")
    def is_forced(self, wanted: str) -> None:
        self.agree(self.life.force(wanted), self.subject.force(wanted))

    @precondition(lambda self: self.life.phase in ("completed", "cancelled"))
    @rarely
    @rule()
    def is_deleted(self) -> None:
        assert self.subject.delete() == "ok"
        self.seen = self.subject.facts()
        here = self.life
        self.life = Life(now=here.now, dead=here.dead, entry=here.entry, crowded=here.crowded)

    @precondition(lambda self: self.life.phase == "absent")
    @rule()
    def begins_anew(self) -> None:
        self.processes += 1
        self.version = 0
        here = self.life
        self.life = Life(now=here.now, dead=here.dead, crowded=here.crowded)
        self.agree(self.life.start(self.me), self.subject.start(self.me))

    # Signoff ------------------------------------------------------------------------------

    @rule()
    def loses_its_place_or_gets_it(self) -> None:
        """Another run of the deployment begins or ends."""
        if self.life.crowded:
            self.life.clear()
            self.subject.clear()
        else:
            self.life.crowd()
            self.subject.crowd()
        self._look()

    @some("microseconds")
    def time_passes(self, microseconds: int) -> None:
        self.subject.pass_time(microseconds)
        self.life.now += microseconds
        self._notice()

    def _notice(self) -> None:
        self.life.later(0)
        self.subject.sweep()
        self._look()

    def _look(self) -> None:
        facts = self.seen = self.subject.facts()
        self.version = facts.version if facts is not None else self.version

    @invariant()
    def stands_where_it_should(self) -> None:
        self.moves += 1
        facts, life = self.seen, self.life
        if life.phase == "absent":
            assert facts is None
            return
        assert facts is not None
        assert (facts.phase, facts.entry, facts.owner) == (life.phase, life.entry, life.owner)
        assert (facts.attempt, facts.run_count) == (life.attempt, life.run_count)
        assert facts.hold == life.hold
        expected = tuple((e.key, e.attempt, e.status, e.answer) for e in life.questions)
        assert facts.waits == expected
        waits = facts.phase in ("paused", "suspended") or bool(life.imposed)
        assert waits == any(wait[2] == "open" for wait in facts.waits)


def drive(machine: type[RunMachine], drawn: bytes) -> None:
    """Let the machine make the moves that a string of bytes chooses.

    Hypothesis' own way of running a machine shrinks better; this one makes more moves that matter.
    """
    choose, one = Choices(drawn), machine()
    one.begins(choose.of(*OPTIONS["started"]))
    one.stands_where_it_should()
    made: list[str] = []
    while choose:
        possible = [move for move in one.rules if all(may(one) for may in move.preconditions)]
        move = choose.of(*(m for m in possible for _ in range(WEIGHTS.get(m.function.__name__, 1))))
        given = {name: choose.of(*OPTIONS[name]) for name in move.arguments}
        made.append(f"{move.function.__name__}({given})")
        try:
            move.function(one, **given)
            one.stands_where_it_should()
        except AssertionError as wrong:
            wrong.add_note("\n".join([*made, str(one.life)]))
            raise
