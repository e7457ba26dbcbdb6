"""Nothing but the rules compares phases to find out what may happen.

Every comparison of a phase elsewhere is listed here with the reason why it decides nothing.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.rules

SOURCE = Path(__file__).resolve().parents[2] / "src" / "signoff"
RULES = frozenset(
    {"core/transitions.py", "core/settling.py", "core/waiting.py", "core/standing.py"}
)
ALLOWED = {
    "model/runs.py": "says which phases are final; the rules themselves are built on it",
    "engine/flows.py": "tells an ended run from one that goes on, after the service has decided",
    "engine/leaving.py": "tells an ended run from one that was left, after the service has decided",
    "cli/steering.py": "words what the service has decided",
    "server/pages/runs/offers.py": "leaves out what is the case already, after asking the rules",
    "server/pages/runs/results.py": "reads what a run returned, once it has ended well",
    "server/pages/runs/sentence.py": "words where a run is in its life",
    "server/pages/runs/spans.py": "draws in which phases a run has been",
    "service/states.py": "words a refusal: ABORT for an ended run, REJECT for another",
    "store/repository/runs.py": "keeps start and end time and total run time",
    "store/filtering.py": "finds the phases that have a documented state name",
    "wire/documented.py": "shows a deleted run, which has no documented state type",
}


def _names_a_phase(node: ast.expr) -> bool:
    """Whether an expression is a phase, a set of phases, or something called `phase`."""
    match node:
        case ast.Attribute(value=ast.Name(id="Phase" | "_P")):
            return True
        case ast.Attribute(attr="phase") | ast.Name(id="phase" | "FINAL"):
            return True
        case ast.Tuple(elts=parts) | ast.Set(elts=parts) | ast.List(elts=parts):
            return any(map(_names_a_phase, parts))
    return False


def comparisons(tree: ast.AST) -> list[int]:
    """Lines on which a phase is compared, matched, or asked whether it is final."""
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=others):
                if any(map(_names_a_phase, [left, *others])):
                    found.append(node.lineno)
            case ast.Match(subject=subject) if _names_a_phase(subject):
                found.append(node.lineno)
            case ast.Attribute(attr="is_final", value=value) if _names_a_phase(value):
                found.append(node.lineno)
    return found


def _compared() -> dict[str, list[int]]:
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        lines = comparisons(ast.parse(path.read_text(encoding="utf-8")))
        if lines and name not in RULES:
            found[name] = lines
    return found


def test_only_the_rules_judge() -> None:
    unexplained = {name: lines for name, lines in _compared().items() if name not in ALLOWED}
    assert not unexplained, (
        "ask core.transitions.decide what may happen; when the comparison decides nothing, say "
        "why in ALLOWED"
    )


def test_no_exception_outlives_its_reason() -> None:
    assert set(ALLOWED) <= set(_compared())


@pytest.mark.parametrize(
    "text",
    [
        "if run.phase is Phase.PAUSED: pass",
        "if run.phase == Phase.PAUSED: pass",
        "if Phase.RUNNING != run.phase: pass",
        "if run.phase in (Phase.PAUSED, Phase.RUNNING): pass",
        "if phase in FINAL: pass",
        "if handle.phase.is_final: pass",
        "match run.phase:\n    case Phase.PAUSED: pass",
    ],
)
def test_a_comparison_is_noticed(text: str) -> None:
    assert comparisons(ast.parse(text))


@pytest.mark.parametrize(
    "text", ["event = Event(kind, phase=Phase.PAUSED)", "if run.entry == 3: pass"]
)
def test_what_is_no_comparison_is_not(text: str) -> None:
    assert not comparisons(ast.parse(text))
