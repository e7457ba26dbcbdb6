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
from signoff.yamlflow.problems import Severity
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
    expressions: Iterable[Expression],
    document: Document,
    findings: Findings,
    foreign: Collection[Path] = (),
) -> None:
    """Report expressions that cannot be read, and names in them that do not exist.

    Args:
        expressions: the texts that are rendered.
        document: what they are part of.
        findings: receives what is wrong.
        foreign: properties whose expressions see the outputs of another flow instead.
    """
    names = _Names(
        tasks=dict.fromkeys(task.id for task in document.walk()),
        variables=document.variables,
        inputs=dict.fromkeys(_input_ids(document)),
    )
    for expression in expressions:
        node, path = expression.node, expression.path
        try:
            template = parse_template(node.text)
        except ExpressionError as error:
            said = f"The expression cannot be read: {_shown(error, node, path)}"
            findings.error(said, node.mark, path)
            continue
        for old, new in deprecated(template).items():
            findings.warning(f"{old} is the old name of {new}.", node.mark, path)
        for used in sorted(paths(template)):
            if used[0] == "outputs" and any(path[: len(each)] == each for each in foreign):
                continue
            if missing := names.missing(used):
                is_told = findings.tells(Severity.WARNING)
                told = _missed(used[0], *missing) if is_told else ".".join(used)
                findings.warning(told, node.mark, path)


def _missed(root: str, kind: str, name: str, known: Iterable[str]) -> str:
    """That there is no such name; what follows a hyphen was taken for something else."""
    known = list(known)
    whole = next((each for each in known if each.startswith(f"{name}-")), None)
    if whole is None:
        return unknown(kind, name, known)
    return (
        f"There is no {kind} {name!r}; a name with a hyphen stands in brackets: {root}[{whole!r}]."
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """What expressions can refer to: ids of tasks and inputs, names of variables."""

    tasks: Mapping[str, object]
    variables: Mapping[str, object]
    inputs: Mapping[str, object]

    def missing(self, used: tuple[str, ...]) -> tuple[str, str, Iterable[str]] | None:
        """What a path does not lead to: kind, name, and the names there are; None if it may."""
        root, *rest = used
        if not rest:
            return None
        if root == "outputs" and rest[0] not in self.tasks:
            return "task", rest[0], self.tasks
        if root == "vars" and rest[0] not in self.variables:
            return "variable", rest[0], self.variables
        if root == "inputs" and not self._is_input(rest):
            return "input", ".".join(rest), self.inputs
        return None

    def _is_input(self, rest: list[str]) -> bool:
        """Whether names lead to an input, to a part of its value, or to a group of inputs."""
        if any(".".join(rest[:count]) in self.inputs for count in range(1, len(rest) + 1)):
            return True
        group = ".".join(rest) + "."
        return any(each.startswith(group) for each in self.inputs)


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
