"""Text into a document.

Owns the way through the other modules of this package, and the keys of the flow itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from signoff.yamlflow.catalog.flowables import SUBFLOW
from signoff.yamlflow.catalog.language import (
    FLOW,
    FLOW_BRANCHES,
    FLOW_IGNORED,
    FLOW_LISTS,
    FLOW_REFUSED,
    FLOW_RENAMED,
)
from signoff.yamlflow.catalog.registry import BUILT_IN, Catalog
from signoff.yamlflow.document import Concurrency, Document, Output
from signoff.yamlflow.problems import InvalidDocument, Problem
from signoff.yamlflow.reading.defaults import read_defaults
from signoff.yamlflow.reading.expressions import check_expressions
from signoff.yamlflow.reading.graph import check_tasks
from signoff.yamlflow.reading.inputs import read_inputs
from signoff.yamlflow.reading.judging import Judge
from signoff.yamlflow.reading.retries import read_retry
from signoff.yamlflow.reading.sections import Names, Section, open_section
from signoff.yamlflow.reading.tasks import TaskReader
from signoff.yamlflow.reading.triggers import read_triggers
from signoff.yamlflow.syntax.composing import Broken, compose
from signoff.yamlflow.syntax.findings import Findings
from signoff.yamlflow.syntax.nodes import Node

_SYSTEM = "system."
_OWN_SYSTEM_LABELS = ("system.readOnly",)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a text.

    Args:
        document: what it means; None when it has errors.
        problems: every finding, in the order of the file.
    """

    document: Document | None
    problems: tuple[Problem, ...]


def load_document(text: str, *, file: str = "", catalog: Catalog = BUILT_IN) -> Loaded:
    """Read and judge a document.

    Args:
        text: the whole text.
        file: its name, for the places of problems.
        catalog: the types of tasks there are.

    Returns:
        The document, or what keeps it from being one; never an exception, whatever the text.
    """
    findings = Findings()
    document = None
    try:
        root = compose(text, file, findings)
        document = _document(root, text, findings, catalog)
    except Broken:
        pass
    return Loaded(None if findings.has_errors else document, findings.all())


def require_document(text: str, *, file: str = "", catalog: Catalog = BUILT_IN) -> Document:
    """The document of a text.

    Args:
        text: the whole text.
        file: its name, for the places of problems.
        catalog: the types of tasks there are.

    Raises:
        InvalidDocument: it has errors; all of them are told.
    """
    loaded = load_document(text, file=file, catalog=catalog)
    if loaded.document is None:
        raise InvalidDocument(loaded.problems)
    return loaded.document


def _document(root: Node, text: str, findings: Findings, catalog: Catalog) -> Document | None:
    judge = Judge(findings)
    names = Names(
        known=(*FLOW, *FLOW_BRANCHES, *FLOW_LISTS),
        renamed=FLOW_RENAMED,
        ignored=FLOW_IGNORED,
        refused=FLOW_REFUSED,
    )
    section = open_section(root, names, (), judge)
    if section is None:
        return None
    section.require(("id", "namespace", "tasks"))
    read_apart = ("retry", "pluginDefaults", "concurrency", "labels")
    values = {
        name: section.value(name, schema) for name, schema in FLOW.items() if name not in read_apart
    }
    defaults = read_defaults(section.items("pluginDefaults"), judge, catalog)
    reader = TaskReader(judge, catalog, defaults)
    branches = {name: reader.read_all(section.items(name)) for name in FLOW_BRANCHES}
    document = Document(
        id=str(values["id"]),
        namespace=str(values["namespace"]),
        source=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        tasks=branches["tasks"],
        errors=branches["errors"],
        finally_=branches["finally"],
        after_execution=branches["afterExecution"],
        inputs=read_inputs(section.items("inputs"), judge),
        outputs=_outputs(section, values["outputs"]),
        variables=values["variables"] if isinstance(values["variables"], dict) else {},
        labels=_labels(section),
        triggers=read_triggers(section.items("triggers"), judge, catalog, defaults),
        description=values["description"],
        disabled=values["disabled"] is True,
        retry=read_retry(section),
        concurrency=_concurrency(section),
    )
    flow = (document.namespace, document.id)
    check_tasks(document.walk(), flow, reader.paths, findings)
    called = (task.id for task in document.walk() if task.type is SUBFLOW)
    foreign = [(*reader.paths[id], "outputs") for id in called if id in reader.paths]
    check_expressions(judge.expressions, document, findings, foreign)
    return document


def _labels(section: Section) -> dict[str, str]:
    value = section.value("labels", FLOW["labels"])
    if isinstance(value, list):
        pairs = [each for each in value if isinstance(each, dict)]
        value = {each.get("key"): each.get("value") for each in pairs}
    labels = value if isinstance(value, dict) else {}
    node = section.node("labels")
    for name in labels:
        if node and str(name).startswith(_SYSTEM) and name not in _OWN_SYSTEM_LABELS:
            told = f"The label {name!r} is kept for the system; name yours differently."
            section.findings.error(told, node.mark, section.place("labels"), name)
    return {str(name): "" if text is None else str(text) for name, text in labels.items()}


def _outputs(section: Section, values: Any) -> tuple[Output, ...]:
    found: dict[str, Output] = {}
    items = section.items("outputs")
    for (node, path), value in zip(items, values if isinstance(values, list) else (), strict=False):
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            continue
        if value["id"] in found:
            told = f"There is an output {value['id']!r} already."
            section.findings.error(told, node.mark, (*path, "id"), value["id"])
        found[value["id"]] = Output(
            id=value["id"],
            type=str(value.get("type") or "STRING"),
            value=value.get("value"),
            mark=node.mark,
            display_name=value.get("displayName"),
            description=value.get("description"),
        )
    return tuple(found.values())


def _concurrency(section: Section) -> Concurrency | None:
    value = section.value("concurrency", FLOW["concurrency"])
    if not isinstance(value, dict) or not isinstance(value.get("limit"), int):
        return None
    return Concurrency(limit=value["limit"], behavior=value.get("behavior") or "QUEUE")
