"""What a run of a document begins with.

Owns its inputs, checked and complete, and the facts of what started it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from signoff.core.expressions.rendering import render_tree
from signoff.engine.frames import RunFrame
from signoff.gateway.connect import get_gateway
from signoff.model.forms import Form
from signoff.model.journal import NewRun
from signoff.model.replaying import ORIGINAL
from signoff.model.starting import ReadTrigger
from signoff.yamlflow.document import Document
from signoff.yamlflow.inputs import form_of, nested, rendered, resolve, value_at
from signoff.yamlflow.running.labels import labels_of
from signoff.yamlflow.running.lookups import lookups_of


@dataclass(frozen=True, slots=True)
class Start:
    """What a run begins with.

    Args:
        inputs: values of its inputs, nested where ids have dots.
        revision: of the saved flow; None for a document that was not saved.
        trigger: what started it, as expressions see it.
        original: the run it repeats.
    """

    inputs: Mapping[str, Any]
    revision: int | None = None
    trigger: Mapping[str, Any] | None = None
    original: str | None = None


def complete_inputs(
    document: Document, given: Mapping[str, Any], texts: bool = False
) -> dict[str, Any]:
    """The inputs of a run that is about to be made.

    Args:
        document: what will run.
        given: values by id, nested or with dots.
        texts: values may be text, as a person types them.

    Raises:
        InvalidAnswer: some are not allowed; `errors` has one entry per input.
    """
    return dict(resolve(document.inputs, given, render=_renders(document), texts=texts))


def form_to_ask(document: Document, given: Mapping[str, Any]) -> Form:
    """The form of the inputs of a run that is about to be made, for a person at a terminal.

    Args:
        document: what will run.
        given: values that are known, as text or in their types; they are filled in.
    """
    flat = nested(given)
    known = [one for one in document.inputs if value_at(flat, one.id.split(".")) is not None]
    plain = [replace(one, depends_on=None, required=False) for one in known]
    typed = resolve(plain, given, render=_renders(document), texts=True)
    asked = rendered(document.inputs, _renders(document))
    return form_of(asked, description=document.description, initial=typed)


def start_of(
    document: Document, frame: RunFrame, given: Mapping[str, Any], made: NewRun | None
) -> Start:
    """What a run begins with.

    Args:
        document: what runs.
        frame: the run.
        given: the inputs on record; those of a run that a server made may lack defaults.
        made: what is on record of a run that somebody else has made.

    Raises:
        InvalidAnswer: inputs are not allowed; `errors` has one entry per input.
    """
    labels, revision, trigger = labels_of(frame.tags), None, None
    if made is not None and made.deployment_id is not None:
        version = made.flow_version or ""
        revision = int(version) if version.isdecimal() else None
        trigger = frame.gateway.send(ReadTrigger(frame.run_id))
    inputs = complete_inputs(document, given)
    return Start(inputs, revision, trigger, labels.get(ORIGINAL))


def _renders(document: Document) -> Any:
    """How defaults are rendered: they see the flow, not a run."""
    variables = {
        "flow": {"id": document.id, "namespace": document.namespace},
        "vars": document.variables,
        "labels": document.labels,
    }

    lookups = lookups_of(document, get_gateway(), lambda secret: None)

    def render(value: Any, known: Mapping[str, Any]) -> Any:
        return render_tree(value, {**variables, "inputs": known}, lookups, typed=True)

    return render
