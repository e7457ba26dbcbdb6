"""The field that is answered by buttons: Approve and Reject instead of a question and "Send".

Owns which field of a form that is, and what its buttons say. Pressing one sends the form with that
field's value, as any other control would.
"""

from __future__ import annotations

from dataclasses import dataclass

from signoff.core.forms.tree import label_of
from signoff.model.forms import Field, FieldKind
from signoff.server.pages.forms.drafts import ROOT, own

_APPROVALS = frozenset(
    {
        "approve",
        "approved",
        "approval",
        "is_approved",
        "accept",
        "accepted",
        "confirm",
        "confirmed",
    }
)
_DECISIONS = frozenset({"decision", "verdict", "choice", "outcome", "action"})
_MOST_BUTTONS = 4


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose.

    Args:
        value: what is sent.
        label: what is read.
        chosen: it is chosen already.
    """

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The field that buttons answer.

    Args:
        property: its name in the answer.
        name: its name in the form.
        label: what is asked.
        buttons: from the most to the least expected one.
        approves: the first button approves, the second rejects.
        help: explanation of what is asked.
        asks: there are words for what is asked besides the name of the field.
    """

    property: str
    name: str
    label: str
    buttons: tuple[Option, ...]
    approves: bool = False
    help: str | None = None
    asks: bool = False


def decision_of(root: Field) -> Decision | None:
    """The field of a form that is answered by buttons; None where a form has none."""
    asked = [child for child in root.fields if not child.read_only]
    for child in asked:
        if child.nullable or root.item is not None or "x-depends-on" in child.schema:
            continue
        alone = len(asked) == 1
        if child.kind is FieldKind.BOOLEAN and (alone or child.name.lower() in _APPROVALS):
            approves = child.name.lower() in _APPROVALS
            words = ("Approve", "Reject") if approves else ("Yes", "No")
            pair = (Option("yes", words[0]), Option("no", words[1]))
            return _decision(child, pair, approves)
        closed = child.kind is FieldKind.CHOICE and not child.open_choices
        few = 1 < len(child.choices) <= _MOST_BUTTONS
        if closed and few and (alone or child.name.lower() in _DECISIONS):
            buttons = tuple(
                Option(str(index), choice.label) for index, choice in enumerate(child.choices)
            )
            return _decision(child, buttons, False)
    return None


def _decision(child: Field, buttons: tuple[Option, ...], approves: bool) -> Decision:
    return Decision(
        child.name,
        f"{ROOT}/{own(child.name)}",
        child.label,
        buttons,
        approves,
        child.help,
        child.label != label_of(child.name),
    )
