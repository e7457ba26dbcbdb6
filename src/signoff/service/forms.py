"""Forms as the service keeps them, and answers as it completes, judges, seals and shows them.

Owns the one place where answers enter and leave the store. Must not know how a form is rendered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from signoff.core.forms import with_defaults
from signoff.core.ports import Tx, Vault
from signoff.model.errors import InvalidAnswer, InvalidRequest
from signoff.model.forms import FieldError, Form, Json
from signoff.model.values import dataclass
from signoff.service import secrets

Check = Callable[[Form, Json], Sequence[FieldError]]
"""Judges an answer: one error per field, none when it is acceptable."""

_MOST = 512
"""Forms kept ready in memory. They are stored by content, so what is kept is never out of date."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A stored form, ready for use.

    Args:
        form: the form, its initial values in clear.
        hides: it may hold secrets.
    """

    form: Form
    hides: bool


class FormShelf:
    """Stores forms and turns answers into what is stored, and back.

    Args:
        vault: encrypts secrets.
        check: judges answers.
    """

    def __init__(self, vault: Vault, check: Check) -> None:
        self.vault = self._vault = vault
        self._check = check
        self._sheets: dict[bytes, Sheet] = {}

    def put(self, tx: Tx, form: Form) -> tuple[bytes, Sheet]:
        """Store a form; returns its digest, and the form ready for use."""
        hides = secrets.may_hide(form.schema)
        stored = form
        if hides and form.initial:
            stored = replace(form, initial=secrets.sealed(form, form.initial, self._vault))
        digest = tx.put_form(stored)
        sheet = Sheet(form, hides)
        self._keep(digest, sheet)
        return digest, sheet

    def get(self, tx: Tx, digest: bytes) -> Sheet:
        """The stored form with this digest."""
        sheet = self._sheets.get(digest)
        if sheet is None:
            form = tx.form(digest)
            hides = secrets.may_hide(form.schema)
            if hides and form.initial:
                form = replace(form, initial=secrets.opened(form, form.initial, self._vault))
            sheet = Sheet(form, hides)
            self._keep(digest, sheet)
        return sheet

    def completed(self, sheet: Sheet, given: Json) -> Json:
        """The answer with initial values and defaults filled in; None stands for an empty one."""
        answer = {} if given is None else given
        if not isinstance(answer, Mapping):
            return answer
        if sheet.hides:
            answer = secrets.unmasked(sheet.form, answer)
        return with_defaults(sheet.form, answer)

    def judge(self, sheet: Sheet, answer: Json) -> None:
        """Raise `InvalidAnswer`, with an error per field, unless the form accepts the answer."""
        try:
            errors = tuple(self._check(sheet.form, answer))
        except ValueError as broken:
            raise InvalidRequest(f"Nothing can answer this wait: {broken}.") from None
        if errors:
            said = "; ".join(str(error) for error in errors)
            raise InvalidAnswer(f"The answer does not fit the form: {said}", errors=errors)

    def errors(self, form: Form, answer: Json) -> tuple[FieldError, ...]:
        """What is wrong with values that are to fit a form which is not stored as one.

        Raises:
            ValueError: the form's schema itself is broken.
        """
        return tuple(self._check(form, answer))

    def seal(self, sheet: Sheet, answer: Json) -> Json:
        """The answer as it is stored."""
        if not sheet.hides or not isinstance(answer, Mapping):
            return answer
        return secrets.sealed(sheet.form, answer, self._vault)

    def open(self, sheet: Sheet, stored: Json) -> Json:
        """The stored answer in clear: for the process that waits, never for people."""
        if not sheet.hides or not isinstance(stored, Mapping):
            return stored
        return secrets.opened(sheet.form, stored, self._vault)

    def mask(self, sheet: Sheet, stored: Json) -> Json:
        """The answer as people see it."""
        if not sheet.hides or not isinstance(stored, Mapping):
            return stored
        return secrets.masked(sheet.form, stored)

    def shown(self, sheet: Sheet) -> Form:
        """The form as people see it: secrets among its initial values are masked."""
        if not sheet.hides or not sheet.form.initial:
            return sheet.form
        return replace(sheet.form, initial=secrets.masked(sheet.form, sheet.form.initial))

    def lock_away(self, value: Json) -> str:
        """Any JSON, unreadable at rest."""
        return self._vault.encrypt(json.dumps(value))

    def take_out(self, text: str) -> Json:
        """What `lock_away` was given."""
        value: Json = json.loads(self._vault.decrypt(text))
        return value

    def _keep(self, digest: bytes, sheet: Sheet) -> None:
        if len(self._sheets) >= _MOST:
            self._sheets.clear()
        self._sheets[digest] = sheet
