"""Files that a form sends and whose value is an address: they are kept before the answer is read.

Owns finding them in a draft. Must not know where files are kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from signoff.model.forms import Field, FieldKind
from signoff.server.pages.forms.drafts import KEPT, LABEL, Draft, own
from signoff.server.pages.forms.shape import LISTS, item_at


def uploads_to_keep(field: Field, draft: Draft) -> Iterator[Draft]:
    """The parts of a draft that hold such a file."""
    if field.kind is FieldKind.FILE:
        if field.stored and draft.upload is not None:
            yield draft
    elif field.kind is FieldKind.OBJECT:
        for child in field.fields:
            yield from uploads_to_keep(child, draft.part(own(child.name)))
    elif field.kind in LISTS:
        for step, part in draft.parts.items():
            if step.isdigit() and len(step) < 6:
                yield from uploads_to_keep(item_at(field, int(step)), part)


def put_address(draft: Draft, address: str) -> None:
    """The file is kept: from here on the form carries its address."""
    if draft.upload is not None:
        draft.say(LABEL, draft.upload.name)
    draft.say(KEPT, address)
    draft.upload = None
