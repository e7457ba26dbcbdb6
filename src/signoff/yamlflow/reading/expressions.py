"""Expressions of a document, judged before anything runs.

Owns whether they can be read, and whether what they refer to is there. What refers to a task or an
input that does not exist is a warning: an expression may well ask whether something is there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from signoff.core.expressions.references import deprecated, paths
from signoff.core.expressions.templates import parse_template
from signoff.model.errors import ExpressionError
from signoff.yamlflow.document import Document
from signoff.yamlflow.syntax.findings import Findings, Path, is_confidential, unknown
from signoff.yamlflow.syntax.nodes import Scalar

_OPENINGS = ("{{", "{%", "{#")


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that is rendered, and where it stands."""

    node: Scalar
    path: Path


def may_hold_expressions(text: str) -> bool:
    """Whether a text is looked at for expressions at all."""
    return any(opening in text for opening in _OPENINGS)


def check_expressions(
    expressions: Iterable[Expression], document: Document, findings: Findings
) -> None:
    """Report expressions that cannot be read, and names in them that do not exist.

    Args:
        expressions: the texts that are rendered.
        document: what they are part of.
        findings: receives what is wrong.
    """
    tasks = {task.id for task in document.walk()}
    inputs = set(_input_ids(document))
    for each in expressions:
        node, path = each.node, each.path
        try:
            template = parse_template(node.text)
        except ExpressionError as error:
            said = f"The expression cannot be read: {_shown(error, node, path)}"
            findings.error(said, node.mark, path)
            continue
        for old, new in deprecated(template).items():
            findings.warning(f"{old} is the old name of {new}.", node.mark, path)
        for used in sorted(paths(template)):
            if told := _missing(used, tasks, inputs, document.variables):
                findings.warning(told, node.mark, path)


def _missing(
    used: tuple[str, ...],
    tasks: Collection[str],
    inputs: Collection[str],
    variables: Mapping[str, object],
) -> str | None:
    """Why a path leads nowhere; None when it may lead somewhere."""
    root, *rest = used
    if not rest:
        return None
    if root == "outputs" and rest[0] not in tasks:
        return unknown("task", rest[0], sorted(tasks))
    if root == "vars" and rest[0] not in variables:
        return unknown("variable", rest[0], sorted(variables))
    if root == "inputs":
        dotted = ".".join(rest)
        beginnings = (dotted, *(dotted[:at] for at, sign in enumerate(dotted) if sign == "."))
        leads = any(each in inputs for each in beginnings)
        leads = leads or any(each.startswith(f"{dotted}.") for each in inputs)
        return None if leads else unknown("input", dotted, sorted(inputs))
    return None


def _input_ids(document: Document) -> Iterator[str]:
    yield from (each.id for each in document.inputs)
    for task in document.walk():
        yield from (each.id for each in task.inputs)


def _shown(error: ExpressionError, node: Scalar, path: Path) -> str:
    """What is wrong, with the line inside the text where it has several."""
    if is_confidential(path):
        return "see the text itself; it may hold a secret."
    where = f" (in its line {error.line}, column {error.column})" if "\n" in node.text else ""
    return f"{error.message.rstrip('.')}{where}."
