"""What every view needs: statements filled in for one occasion, and stored times as moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from signoff.store import statements
from signoff.store.session import Session

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def statement(session: Session, name: str, where: str, order: str = "") -> str:
    """A named statement with its conditions and order filled in."""
    text = statements.load(session.dialect.name)[name]
    return statements.fill(text, {"where": where, "order": order})


def moment(microseconds: int) -> datetime:
    """A stored time."""
    return _EPOCH + timedelta(microseconds=microseconds)
