"""YAML that is a value and nothing more.

Owns reading a text whose places do not matter, such as the answer to a question for YAML.
"""

from __future__ import annotations

from typing import Any

from signoff.yamlflow.syntax.composing import Broken, compose
from signoff.yamlflow.syntax.findings import Findings
from signoff.yamlflow.syntax.nodes import value_of


def read_plain(text: str) -> Any:
    """The value a YAML text stands for, within the limits of documents.

    Raises:
        ValueError: it is no YAML; the message says where.
    """
    findings = Findings()
    try:
        value = value_of(compose(text, "", findings))
    except Broken:
        value = None
    problems = findings.all()
    if problems:
        first = problems[0]
        raise ValueError(f"line {first.mark.line}, column {first.mark.column}: {first.message}")
    return value
