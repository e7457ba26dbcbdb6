"""Documents for tests, and what they come to."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from signoff.yamlflow.document import Document
from signoff.yamlflow.problems import Severity
from signoff.yamlflow.reading import load_document

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "flows"
"""The two flows of the reference page, to the letter."""

LOG = "io.kestra.plugin.core.log.Log"
FLOW = "io.kestra.plugin.core.flow"
TRIGGER = "io.kestra.plugin.core.trigger"


def flow(rest: str = "", *, tasks: str | None = None) -> str:
    """A flow with these further keys; with one task that logs when none are given."""
    head = "id: demo\nnamespace: company.team\n"
    body = dedent(tasks) if tasks else f"- id: hello\n  type: {LOG}\n  message: Hello\n"
    return head + dedent(rest).strip("\n") + "\ntasks:\n" + indent(body, "  ")


def errors(text: str) -> list[str]:
    """What is wrong, each with its place."""
    return _told(text, Severity.ERROR)


def warnings(text: str) -> list[str]:
    """What the author should know, each with its place."""
    return _told(text, Severity.WARNING)


def document(text: str) -> Document:
    """The document; the test fails with its problems when it has errors."""
    loaded = load_document(text)
    assert loaded.document is not None, "\n".join(map(str, loaded.problems))
    return loaded.document


def _told(text: str, severity: Severity) -> list[str]:
    return [str(each) for each in load_document(text).problems if each.severity is severity]
