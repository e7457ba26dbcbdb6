"""Writes `docs/reference/rules.md` from the rules table.

Run it after changing `signoff/core/transitions.py`; a test fails when the page differs.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from signoff.core.transitions import RULES, Rule, decide
from signoff.model.actors import SERVICE
from signoff.model.events import Accepted, Event, Kind
from signoff.model.runs import FINAL, Phase, Run
from signoff.model.waits import DeadlineAction, Wait, WaitKind, WaitStatus

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "rules.md"

HEAD = """\
# The rules of a run's life

<!-- Made by tools/rules_doc.py from src/signoff/core/transitions.py: change it there. -->

A run is in one phase at a time. What happens to it is an event: something its process reports, or
something a person, a program or Signoff itself asks for. The rules say for each phase and event
what follows; a pair that is missing is refused, and the run stays as it is.

Whatever is accepted gives the run a version one higher and a line in its history. An event that has
happened before changes nothing, and its sender gets the same answer again. What a process reports
counts only under the newest entry number: when another process has entered the run since, the older
one is refused.

What is checked first may refuse the event or find that it has happened before; a dash under "to"
means that it never changes anything. These are the names of functions in the module above.

"""
PHASES = "## Phases\n\n| phase | documented state | name |\n|---|---|---|\n"
DIAGRAM = """
## Diagram

Forced changes are left out: they lead from every phase to every other but `paused`. A run is
`paused` exactly while a wait of it is open; then it goes on as `running` when its process lives, as
`queued` while that one has to wait for a place of its deployment, as `resuming` when another one
has to enter it.

"""
DUE = 2
OWNER = "the process"
OWNED = (Phase.RUNNING, Phase.PAUSED, Phase.QUEUED, Phase.RETRYING, Phase.CANCELLING)


def page() -> str:
    """The text of the page."""
    return f"{HEAD}{_phases()}{DIAGRAM}{_diagram()}{_events()}"


def _phases() -> str:
    rows = [
        f"| `{phase.value}` | {phase.state_type.value} | {phase.state_name} |\n"
        for phase in Phase
        if phase is not Phase.ABSENT
    ]
    return PHASES + "".join(rows)


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    kinds: dict[tuple[str, str], list[str]] = {}
    for phase, kind in RULES:
        source = "[*]" if phase is Phase.ABSENT else phase.value
        for to in _outcomes(phase, kind):
            if to is not phase and kind is not Kind.FORCE:
                kinds.setdefault((source, to.value), []).append(kind.value)
    lines += [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in kinds.items()]
    lines += [f"    {phase.value} --> [*]" for phase in Phase if phase in FINAL]
    return "\n".join([*lines, "```", ""])


def _events() -> str:
    parts = ["\n## Events\n"]
    said = _said_of_kinds()
    for kind in Kind:
        rows = [(phase, RULES[phase, kind]) for phase in Phase if (phase, kind) in RULES]
        parts.append(f"\n### {kind.value}\n\n{said[kind.name]}\n\n")
        parts.append("| from | to | checked first | what changes |\n|---|---|---|---|\n")
        parts += [_row(phase, kind, rule) for phase, rule in rows]
    return "".join(parts)


def _said_of_kinds() -> dict[str, str]:
    """The text under each kind of event in the model."""
    tree = ast.parse(inspect.getsource(Kind)).body[0]
    assert isinstance(tree, ast.ClassDef)
    said = {}
    for line, text in pairwise(tree.body):
        match line, text:
            case (
                ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str() as words)),
            ):
                said[name] = words
    return said


def _row(phase: Phase, kind: Kind, rule: Rule) -> str:
    outcomes = [to.value for to in _outcomes(phase, kind)]
    to = "any but `paused`" if kind is Kind.FORCE else ", ".join(f"`{name}`" for name in outcomes)
    guards = ", ".join(_words(guard.__name__) for guard in rule.guards) or "-"
    return f"| `{phase.value}` | {to or '-'} | {guards} | {_words(rule.change.__name__)} |\n"


def _outcomes(phase: Phase, kind: Kind) -> tuple[Phase, ...]:
    """The phases that can follow, found by asking the rules in typical situations."""
    now = DUE if kind is Kind.EXPIRE else DUE - 1
    found = {
        decision.run.phase
        for run in _typical(phase)
        for event in _typically(kind, run)
        if isinstance(decision := decide(run, event, now), Accepted)
    }
    return tuple(to for to in Phase if to in found)


def _typical(phase: Phase) -> Iterator[Run]:
    """Runs of the phase: with an open, answered or expired question, held or not."""
    plain = Run(
        id=UUID(int=1),
        phase=phase,
        name=phase.state_name,
        message=None,
        since=0,
        version=1,
        entry=1,
        attempt=1,
        begun=True,
        hold=False,
        scheduled=None,
        owner=OWNER if phase in OWNED else None,
        parent=None,
    )
    if phase is Phase.PAUSED:
        for action in DeadlineAction:
            due = _question(1, WaitStatus.OPEN, action)
            yield replace(plain, waits=(due,))
            yield replace(plain, waits=(due, _question(2, WaitStatus.OPEN)))
        answered = _question(1, WaitStatus.ANSWERED)
        yield replace(plain, waits=(answered, _question(2, WaitStatus.OPEN)))
        return
    yield plain
    if phase in (Phase.RUNNING, Phase.QUEUED):
        yield replace(plain, hold=True)
        for status in (WaitStatus.ANSWERED, WaitStatus.EXPIRED):
            yield replace(plain, waits=(_question(1, status),))


def _question(
    number: int, status: WaitStatus, action: DeadlineAction = DeadlineAction.FAIL
) -> Wait:
    return Wait(
        id=UUID(int=number),
        key=f"question-{number}",
        attempt=1,
        number=number,
        kind=WaitKind.INPUT,
        status=status,
        title="",
        form=None,
        deadline=DUE,
        on_deadline=action,
        default=None,
        scope="",
        task_run_id=None,
        child=None,
        address=None,
        opened_at=0,
    )


def _typically(kind: Kind, run: Run) -> Iterator[Event]:
    """The event, as it comes while the process of the run lives (with a free place or none) and
    after it died."""
    key = "question-1" if run.open_waits or kind is not Kind.ANSWER else None
    for alive, crowded in ((True, False), (True, True), (False, False)):
        yield Event(
            kind,
            SERVICE,
            phase=Phase.PENDING if kind is Kind.CREATE else Phase.COMPLETED,
            alive=alive,
            crowded=crowded,
            owner="another process",
            wait=_question(3, WaitStatus.OPEN) if kind is Kind.OPEN else None,
            key=key,
        )
    if kind is Kind.CREATE:
        yield Event(kind, SERVICE, phase=Phase.SCHEDULED, scheduled=DUE)


def _words(name: str) -> str:
    return name.strip("_").replace("_", " ")


def main() -> int:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
