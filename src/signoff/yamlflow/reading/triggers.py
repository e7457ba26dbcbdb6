"""Triggers, read.

Owns how a trigger's map becomes a `Trigger`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from signoff.yamlflow.catalog.language import TRIGGER, TRIGGER_IGNORED
from signoff.yamlflow.catalog.registry import Catalog
from signoff.yamlflow.catalog.triggers import TriggerType
from signoff.yamlflow.document import Trigger
from signoff.yamlflow.problems import Severity
from signoff.yamlflow.reading.conditions import (
    Translated,
    translate_conditions,
    translate_preconditions,
)
from signoff.yamlflow.reading.crons import cron_problem
from signoff.yamlflow.reading.defaults import TypeDefault, merge_defaults
from signoff.yamlflow.reading.judging import Judge
from signoff.yamlflow.reading.sections import Names, Section, canonical
from signoff.yamlflow.reading.tasks import missing_type
from signoff.yamlflow.syntax.findings import Path
from signoff.yamlflow.syntax.nodes import MapNode, Node, Scalar, kind_of

_OLDER = {
    "schedule": ("conditions", "scheduleConditions"),
    "webhook": ("conditions",),
    "flow": ("conditions", "preconditions", "dependsOn"),
}


def read_triggers(
    items: Iterable[tuple[Node, Path]],
    judge: Judge,
    catalog: Catalog,
    defaults: tuple[TypeDefault, ...],
) -> tuple[Trigger, ...]:
    """The triggers of a list; what is wrong is reported and left out."""
    found: list[Trigger] = []
    taken: set[str] = set()
    for node, path in items:
        one = _read_trigger(node, path, judge, catalog, defaults)
        if one is not None and one.id in taken:
            told = f"There is a trigger {one.id!r} already."
            judge.findings.error(told, one.mark, (*path, "id"), one.id)
        elif one is not None:
            taken.add(one.id)
            found.append(one)
    return tuple(found)


def _read_trigger(
    node: Node, path: Path, judge: Judge, catalog: Catalog, defaults: tuple[TypeDefault, ...]
) -> Trigger | None:
    if not isinstance(node, MapNode):
        told = f"must be a trigger (a map with `id` and `type`), got {kind_of(node)}."
        judge.findings.error(told, node.mark, path)
        return None
    kind = _kind(node, path, judge, catalog)
    if kind is None:
        return None
    declaration = kind.declaration
    names = Names(
        known=(*TRIGGER, *declaration.properties, *_OLDER[kind.kind]),
        renamed=declaration.renamed,
        ignored={
            name: why
            for name, why in {**TRIGGER_IGNORED, **declaration.ignored}.items()
            if name not in (*declaration.properties, *_OLDER[kind.kind])
        },
    )
    entries = canonical(node, names, path, judge.findings)
    entries = merge_defaults(entries, defaults, declaration, names, judge.findings)
    section = Section(node.mark, path, judge, entries)
    section.require(("id", *declaration.required))
    common = {name: section.value(name, schema) for name, schema in TRIGGER.items()}
    properties = {
        name: section.value(name, schema) for name, schema in declaration.properties.items()
    }
    _check_cron(section, properties)
    when = [*_texts(common["when"])]
    for older in _older(section, kind.kind):
        when += older.when
        _take(properties, older, kind.kind)
    if not isinstance(common["id"], str):
        return None
    return Trigger(
        id=common["id"],
        type=declaration.name,
        kind=kind.kind,
        mark=node.mark,
        disabled=common["disabled"] is True,
        when=tuple(when),
        inputs=common["inputs"] if isinstance(common["inputs"], dict) else {},
        properties={name: value for name, value in properties.items() if value is not None},
    )


def _kind(node: MapNode, path: Path, judge: Judge, catalog: Catalog) -> TriggerType | None:
    written = node.get("type")
    if not isinstance(written, Scalar) or written.is_null:
        judge.findings.error("`type` is required.", node.mark, path)
        return None
    kind = catalog.trigger(written.text)
    if kind is None:
        is_told = judge.findings.tells(Severity.ERROR)
        near = catalog.nearest(written.text, trigger=True) if is_told else None
        told = missing_type("trigger", written.text, near)
        judge.findings.error(told, written.mark, (*path, "type"), written.text)
    elif written.text in kind.declaration.deprecated:
        told = f"{written.text} is the old name of {kind.declaration.name}."
        judge.findings.warning(told, written.mark, (*path, "type"), written.text)
    return kind


def _older(section: Section, kind: str) -> Iterable[Translated]:
    """What the keys of older versions say."""
    for name in _OLDER[kind]:
        node = section.node(name)
        if node is None or (isinstance(node, Scalar) and node.is_null):
            continue
        if name in ("preconditions", "dependsOn"):
            yield translate_preconditions(node, section.place(name), section.findings)
        else:
            yield translate_conditions(node, section.place(name), section.findings)


def _take(properties: dict[str, Any], older: Translated, kind: str) -> None:
    if kind != "flow":
        return
    if older.flows:
        properties["flows"] = [*(properties.get("flows") or ()), *older.flows]
    if older.labels:
        flows = properties.get("flows") or [{}]
        properties["flows"] = [{**each, "labels": older.labels} for each in flows]
    if older.states is not None:
        properties["states"] = older.states
    if older.window is not None:
        properties["window"] = older.window
    if older.reset is not None:
        properties["resetOnSuccess"] = older.reset


def _check_cron(section: Section, properties: dict[str, Any]) -> None:
    node, cron = section.node("cron"), properties.get("cron")
    if node is None or not isinstance(cron, str):
        return
    if problem := cron_problem(cron, with_seconds=properties.get("withSeconds") is True):
        section.findings.error(problem, node.mark, section.place("cron"), cron)


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
