"""What a person would expect of one run: plain bookkeeping, written without looking at the rules.

Owns the expectations of the state machine. Each method says what the sender should be told (`ok`,
`same`, the status of a wait, or the code of an error) and keeps its own record of what follows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ENDED = ("completed", "failed", "cancelled", "crashed")
IDLE = ("pending", "resuming")
STALE, MISSING, REFUSED = "stale-entry", "not-found", "transition-refused"


@dataclass
class Question:
    """A wait, as a person remembers it."""

    key: str
    attempt: int
    deadline: int | None
    action: str
    status: str = "open"
    answer: bool | None = None
    taken: bool = False
    hold: bool = False
    imposed: bool = False


@dataclass
class Life:
    """One run and its processes."""

    phase: str = "absent"
    now: int = 0
    entry: int = 0
    attempt: int = 1
    begun: bool = False
    hold: bool = False
    owner: str | None = None
    crowded: bool = False
    dead: set[str] = field(default_factory=set)
    questions: list[Question] = field(default_factory=list)

    # Looking ------------------------------------------------------------------------------

    @property
    def open(self) -> list[Question]:
        return [each for each in self.questions if each.status == "open"]

    @property
    def alive(self) -> bool:
        return self.owner is not None and self.owner not in self.dead

    @property
    def leaving(self) -> bool:
        """It waits, and its process has not stopped yet."""
        return self.phase == "suspended" and self.owner is not None

    @property
    def working(self) -> bool:
        return self.phase in ("running", "paused", "queued")

    @property
    def imposed(self) -> list[Question]:
        """What suspends the run from outside."""
        return [each for each in self.open if each.imposed]

    @property
    def run_count(self) -> int:
        return self.attempt if self.begun else self.attempt - 1

    def newest(self, key: str) -> Question | None:
        named = [each for each in self.questions if each.key == key]
        return named[-1] if named else None

    def present(self, key: str) -> Question | None:
        found = self.newest(key)
        return found if found is not None and found.attempt == self.attempt else None

    # A process ----------------------------------------------------------------------------

    def start(self, process: str) -> str:
        self.phase, self.entry, self.begun, self.owner = "running", 1, True, process
        return "ok"

    def create(self) -> str:
        self.phase = "pending"
        return "ok"

    def enter(self, process: str) -> str:
        if self.phase == "absent":
            return MISSING
        if self.phase in (*ENDED, "cancelling"):
            return REFUSED
        if self.owner == process:
            return "same"
        if self.alive or self.imposed:
            return REFUSED
        if self.crowded and not self.open and self.phase not in ("running", "retrying"):
            return REFUSED
        self.entry, self.owner, self.begun = self.entry + 1, process, True
        self.phase = "paused" if self.open else "running"
        return "ok"

    def ask(
        self, entry: int, key: str, timeout: int | None, action: str, leaving: bool = False
    ) -> str:
        if (why := self._may_not_speak(entry)) is not None:
            return why
        known = self.present(key)
        if known is not None:
            if leaving and known.status == "open":
                self.phase = "suspended"
            return known.status
        deadline = None if timeout is None else self.now + timeout
        self.questions.append(Question(key, self.attempt, deadline, action))
        if leaving:
            self.phase = "suspended"
        self._settle()
        return "open"

    def stop_at_boundary(self, entry: int, key: str) -> str:
        if (why := self._may_not_speak(entry)) is not None:
            return why
        if any(each.hold for each in self.open):
            return "open"
        if not self.hold:
            return REFUSED
        self.questions.append(Question(key, self.attempt, None, "fail", hold=True))
        self.hold = False
        self._settle()
        return "open"

    def reopen(self, entry: int, key: str) -> str:
        if (why := self._may_not_speak(entry)) is not None:
            return why
        wait = self.present(key)
        assert wait is not None
        if wait.status != "answered" or wait.hold:
            return wait.status
        overdue = wait.deadline is not None and wait.deadline <= self.now
        wait.status = "expired" if overdue and wait.action == "default" else "open"
        wait.answer, wait.taken = None, False
        self._settle()
        return wait.status

    def withdraw(self, entry: int, key: str) -> str:
        if (why := self._may_not_speak(entry)) is not None:
            return why
        wait = self.present(key)
        if wait is None or wait.status != "open":
            return "same"
        wait.status = "withdrawn"
        self._settle()
        return "ok"

    def take(self, key: str) -> None:
        wait = self.present(key)
        if wait is not None and wait.status in ("answered", "expired"):
            wait.taken = True

    def finish(self, entry: int, phase: str) -> str:
        if self.phase == "absent":
            return MISSING
        if entry != self.entry:
            return STALE
        if self.phase == phase:
            return "same"
        if self.phase == "cancelling":
            self._end("cancelled")
            return "ok"
        early = phase in ("failed", "crashed") and self.phase in (*IDLE, "retrying")
        if not self.working and not self.leaving and not early:
            return STALE
        self._end(phase)
        return "ok"

    def retry(self, entry: int) -> str:
        if self.phase == "retrying" and entry == self.entry:
            return "same"
        if (why := self._may_not_speak(entry)) is not None:
            return why
        self._close_all()
        self.phase, self.attempt, self.begun = "retrying", self.attempt + 1, False
        return "ok"

    def begin(self, entry: int) -> str:
        if self.phase == "absent":
            return MISSING
        if entry != self.entry or self.phase not in ("retrying", "running"):
            return STALE
        told = "ok" if self.phase == "retrying" else "same"
        self.phase, self.begun = "running", True
        return told

    def _may_not_speak(self, entry: int) -> str | None:
        if self.phase == "absent":
            return MISSING
        return None if entry == self.entry and (self.working or self.leaving) else STALE

    def leave(self, entry: int) -> str:
        if self.phase == "absent":
            return MISSING
        if entry != self.entry or self.phase in (*ENDED, *IDLE):
            return STALE
        if self.phase == "suspended" and self.owner is None:
            return "same"
        if self.phase == "cancelling":
            self._end("cancelled")
            return "ok"
        self.phase, self.owner = "suspended", None
        self._settle()
        return "ok"

    # People -------------------------------------------------------------------------------

    def answer(self, key: str | None, given: bool) -> str:
        if self.phase == "absent":
            return MISSING
        if key is None:
            if self.phase in ("running", "queued") and self.hold and not self.open:
                self.hold = False
                return "ok"
            if len(self.open) > 1:
                return "ambiguous-wait"
            if not self.open:
                return "not-paused"
            wait = self.open[0]
        else:
            found = self.newest(key)
            if found is None:
                return MISSING if self.open else "not-paused"
            wait = found
        return self._answered(wait, given)

    def _answered(self, wait: Question, given: bool) -> str:
        if wait.status == "answered":
            return "same" if wait.hold or wait.answer is given else "answer-conflict"
        if wait.status == "expired":
            return "deadline-passed"
        if wait.status == "withdrawn":
            return "not-paused"
        wait.status, wait.answer = "answered", None if wait.hold else given
        wait.taken = wait.imposed
        self._settle()
        return "ok"

    def pause(self) -> str:
        if self.phase == "absent":
            return MISSING
        if not self.working:
            return REFUSED
        if self.hold or any(each.hold for each in self.open):
            return "same"
        self.hold = True
        return "ok"

    def suspend(self, key: str, named: bool) -> str:
        if self.phase == "absent":
            return MISSING
        if not self.working and self.phase != "suspended":
            return REFUSED
        if self.present(key) is not None if named else self.imposed:
            return "same"
        made = Question(key, self.attempt, None, "fail", hold=True, imposed=True, taken=True)
        self.questions.append(made)
        self.hold, self.owner = False, self.owner if self.alive else None
        self._settle()
        return "ok"

    def cancel(self) -> str:
        if self.phase == "absent":
            return MISSING
        if self.phase in ENDED:
            return REFUSED
        if self.phase == "cancelling" and self.alive:
            return "same"
        if self.alive:
            self._close_all()
            self.phase = "cancelling"
        else:
            self._end("cancelled")
        return "ok"

    def rerun(self) -> str:
        if self.phase == "absent":
            return MISSING
        if self.phase == "resuming":
            return "ok"
        if self.phase not in ("failed", "cancelled", "crashed"):
            return REFUSED
        if self.begun and self.phase != "crashed":
            self.attempt, self.begun = self.attempt + 1, False
        self.phase = "resuming"
        return "ok"

    def force(self, phase: str) -> str:
        if self.phase == "absent":
            return MISSING
        if phase == "paused":
            return REFUSED
        self._end(phase)
        return "ok"

    # Signoff ------------------------------------------------------------------------------

    def crowd(self) -> None:
        """Another run of its deployment takes the only place."""
        self.crowded = True

    def clear(self) -> None:
        """And gives it back."""
        self.crowded = False
        if self.phase == "queued" and self.alive:
            self.phase = "running"

    def later(self, microseconds: int) -> None:
        """Time passes, and Signoff looks after deadlines and dead processes."""
        self.now += microseconds
        self.apply_deadlines()
        if self.owner is not None and not self.alive:
            self._lost()

    def apply_deadlines(self) -> None:
        for wait in list(self.open):
            due = wait.deadline is not None and wait.deadline <= self.now
            if wait.status != "open" or not due:
                continue
            default, hears = wait.action == "default", self.alive and self.phase == "paused"
            wait.status, wait.answer = ("answered", False) if default else ("expired", None)
            if wait.action == "cancel":
                self.cancel()
            elif wait.action == "fail" and not hears:
                self._end("failed")
            else:
                self._settle()

    def _lost(self) -> None:
        if self.phase == "cancelling":
            self._end("cancelled")
        elif self.phase == "retrying":
            self.phase, self.owner = "resuming", None
        elif self.phase == "suspended":
            self.owner = None
        elif self.phase in ("running", "queued"):
            here = [each for each in self.questions if each.attempt == self.attempt]
            untaken = [e for e in here if e.status in ("answered", "expired") and not e.taken]
            if any(each.status == "expired" and each.action == "fail" for each in untaken):
                self._end("failed")
            elif self.imposed:
                self.phase, self.owner = "suspended", None
            elif untaken and self.entry <= len(self.questions) + 5:
                self.phase, self.owner = "resuming", None
            else:
                self._end("crashed")

    def _settle(self) -> None:
        if self.phase == "suspended" and self.open:
            return
        if self.imposed and self.owner is None:
            self.phase = "suspended"
        elif self.open and len(self.imposed) == len(self.open):
            self.phase = "suspended" if self.phase == "queued" else "running"
        elif self.open:
            self.phase = "suspended" if self.imposed else "paused"
        elif self.phase in ("paused", "suspended"):
            here = "queued" if self.crowded else "running"
            self.phase = here if self.alive else "resuming"
            self.owner = self.owner if self.alive else None

    def _close_all(self) -> None:
        for wait in self.open:
            wait.status = "withdrawn"

    def _end(self, phase: str) -> None:
        self._close_all()
        self.phase, self.owner, self.hold = phase, None, False
