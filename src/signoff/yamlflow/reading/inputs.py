"""Lists of inputs, read.

Owns what an input must say; which values it takes is in `signoff.yamlflow.inputs`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.regexes.building import program_of
from signoff.core.moments import comparable
from signoff.yamlflow.catalog.inputs import (
    BY_NAME,
    INPUT,
    INPUT_RENAMED,
    INPUT_REQUIRED,
    RENAMED_TYPES,
    InputType,
)
from signoff.yamlflow.document import Input, InputDependency
from signoff.yamlflow.inputs import default_problems
from signoff.yamlflow.inputs.kinds import whole
from signoff.yamlflow.problems import Mark
from signoff.yamlflow.reading.circles import find_circle
from signoff.yamlflow.reading.judging import Judge
from signoff.yamlflow.reading.sections import Names, Section, open_section
from signoff.yamlflow.syntax.findings import Findings, Path
from signoff.yamlflow.syntax.nodes import ListNode, MapNode, Node, Scalar

MOST_INPUTS = 1_000
"""How many inputs one list may have."""
_PLACED = {"validator", "values", "expression", "itemType", "min", "max", "after", "before"}


def read_inputs(
    items: Iterable[tuple[Node, Path]], judge: Judge, taken: Collection[str] = ()
) -> tuple[Input, ...]:
    """The inputs of a list, in its order; what is wrong is reported and left out.

    Args:
        items: each with its place.
        judge: judges values.
        taken: names of fields that the form has besides.
    """
    found: list[Input] = []
    places: dict[str, Path] = {}
    outer: set[str] = set()
    defaults: dict[str, Node] = {}
    for number, (node, path) in enumerate(items):
        if number == MOST_INPUTS:
            told = f"A form has at most {MOST_INPUTS:,} inputs; ask for a file instead."
            judge.findings.error(told, node.mark, path)
            break
        one = _read_input(node, path, judge)
        if one is None:
            continue
        if one.id.partition(".")[0] in taken:
            told = f"The form has a {one.id.partition('.')[0]!r} already; choose another id."
            judge.findings.error(told, one.mark, (*path, "id"), one.id)
            continue
        if clash := _clash(one.id, places, outer):
            judge.findings.error(clash, one.mark, (*path, "id"), one.id)
            continue
        places[one.id] = path
        written = node.get("defaults") if isinstance(node, MapNode) else None
        if written is not None and not judge.findings.has_error_at(path):
            defaults[one.id] = written
        outer.update(_outer(one.id))
        found.append(one)
    _check_dependencies(found, places, judge.findings)
    _check_defaults(found, defaults, places, judge.findings)
    return tuple(found)


def _read_input(node: Node, path: Path, judge: Judge) -> Input | None:
    kind = _kind(node, path, judge.findings)
    own = kind.properties if kind else {}
    # Without its kind nobody can say which keys an input may have: one finding is enough then.
    further = () if kind or not isinstance(node, MapNode) else [key.text for key, _ in node.entries]
    section = open_section(node, Names((*INPUT, *own, *further), INPUT_RENAMED), path, judge)
    if section is None:
        return None
    section.require(("id", "type", *(INPUT_REQUIRED.get(kind.name, ()) if kind else ())))
    shapes = {**INPUT, "defaults": kind.value, "prefill": kind.value} if kind else INPUT
    common = {name: section.value(name, shapes[name]) for name in INPUT if name != "type"}
    if kind is None or not isinstance(common["id"], str):
        return None
    special = {name: section.value(name, schema) for name, schema in own.items()}
    _check_choices(section, kind)
    _check_pattern(section, special.get("validator"))
    _check_bounds(section, kind, special)
    depends = common["dependsOn"]
    return Input(
        id=common["id"],
        type=kind.name,
        mark=section.mark,
        required=common["required"] is not False,
        defaults=common["defaults"],
        has_defaults=common["defaults"] is not None,
        prefill=common["prefill"],
        has_prefill=common["prefill"] is not None,
        display_name=common["displayName"],
        description=common["description"],
        depends_on=_dependency(depends) if isinstance(depends, dict) else None,
        validator=special.get("validator"),
        minimum=special.get(kind.least) if kind.least else None,
        maximum=special.get(kind.most) if kind.most else None,
        values=_tuple(special.get("values")),
        expression=special.get("expression"),
        item_type=special.get("itemType"),
        options={
            name: value
            for name, value in special.items()
            if name not in _PLACED and value not in (None, False)
        },
    )


def _check_defaults(
    found: list[Input], defaults: dict[str, Node], places: dict[str, Path], findings: Findings
) -> None:
    """A default must be an answer itself, unless it is worked out later."""
    problems = default_problems([one for one in found if one.id in defaults])
    for name, problem in problems.items():
        findings.error(f"{problem}.", defaults[name].mark, (*places[name], "defaults"))


def _kind(node: Node, path: Path, findings: Findings) -> InputType | None:
    written = node.get("type") if isinstance(node, MapNode) else None
    if not isinstance(written, Scalar) or written.is_null:
        return None
    name = written.text
    newest = RENAMED_TYPES.get(name, name)
    if newest != name:
        findings.warning(f"{name} is the old name of {newest}.", written.mark, (*path, "type"))
    if newest not in BY_NAME:
        findings.unknown("type of input", name, BY_NAME, written.mark, (*path, "type"))
    return BY_NAME.get(newest)


def _dependency(depends: dict[str, Any]) -> InputDependency:
    return InputDependency(_tuple(depends.get("inputs")), depends.get("condition"))


def _check_choices(section: Section, kind: InputType) -> None:
    if "expression" not in kind.properties:
        return
    values = section.node("values")
    if values is None and "expression" not in section:
        told = "needs its choices: give `values`, or an `expression` that computes them."
        section.findings.error(told, section.mark, section.path)
    elif values is not None and "expression" in section:
        told = "`values` and `expression` exclude each other; keep one."
        section.findings.error(told, section.mark, section.path)
    elif isinstance(values, ListNode) and not values.items:
        section.findings.error("must not be empty.", values.mark, section.place("values"))


def _check_pattern(section: Section, pattern: object) -> None:
    node = section.node("validator")
    if node is None or not isinstance(pattern, str):
        return
    try:
        program_of(whole(pattern))
    except Misuse as problem:
        told = f"is no regular expression that can be used here: {problem}."
        section.findings.error(told, node.mark, section.place("validator"), pattern)


def _check_bounds(section: Section, kind: InputType, special: dict[str, Any]) -> None:
    least, most = special.get(kind.least or ""), special.get(kind.most or "")
    node = section.node(kind.most or "")
    if kind.least is None or least is None or most is None or node is None:
        return
    low, high = _ordered(kind, least), _ordered(kind, most)
    if low is not None and high is not None and low > high:
        told = f"is less than `{kind.least}` ({least}): no value would fit, got {most}."
        section.findings.error(told, node.mark, section.place(str(kind.most)))


def _ordered(kind: InputType, bound: Any) -> Any:
    """A bound as something that compares with others of its kind; None when it is none."""
    if isinstance(bound, str):
        return comparable(str(kind.value.get("format")), bound)
    return bound


def _clash(name: str, places: dict[str, Path], outer: set[str]) -> str | None:
    """Why an id cannot stand beside those before it.

    Args:
        name: the id.
        places: the ids before it.
        outer: the parts of those in front of their dots.
    """
    if name in places:
        return f"There is an input {name!r} already."
    if ".." in name or name.endswith("."):
        return f"{name!r} has a dot with no name behind it."
    if name in outer or any(each in places for each in _outer(name)):
        return f"{name!r} cannot stand beside an input that contains it, or that it contains."
    return None


def _outer(name: str) -> list[str]:
    """What a dotted id lies in: `a` and `a.b` of `a.b.c`."""
    steps = name.split(".")
    return [".".join(steps[:count]) for count in range(1, len(steps))]


def _check_dependencies(found: list[Input], places: dict[str, Path], findings: Findings) -> None:
    """An input may depend on others of its list, but not on itself, directly or around corners."""
    needs = {one.id: one.depends_on.inputs for one in found if one.depends_on}
    marks: dict[str, Mark] = {one.id: one.mark for one in found}
    for name, others in needs.items():
        for other in others:
            if other not in marks:
                here = (*places[name], "dependsOn", "inputs")
                findings.unknown("input", other, marks, marks[name], here)
    if circle := find_circle(needs):
        told = f"Inputs depend on one another in a circle: {' -> '.join(circle)}."
        findings.error(told, marks[circle[0]], (*places[circle[0]], "dependsOn", "inputs"))


def _tuple(value: object) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else ()
