"""All that expressions can use, by name.

Owns the whole of it, and what is said about a name that is not part of it. This is the sandbox's
wall: whatever is not here cannot be called.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from signoff.core.expressions.filters.encodings import ENCODINGS
from signoff.core.expressions.filters.lists import LISTS
from signoff.core.expressions.filters.moments import MOMENTS
from signoff.core.expressions.filters.numbers import NUMBERS
from signoff.core.expressions.filters.parts import PARTS
from signoff.core.expressions.filters.queries import QUERIES
from signoff.core.expressions.filters.structured import STRUCTURED
from signoff.core.expressions.filters.texts import TEXTS
from signoff.core.expressions.functions.calendar import CALENDAR
from signoff.core.expressions.functions.data import DATA
from signoff.core.expressions.functions.methods import METHODS
from signoff.core.expressions.functions.predicates import PREDICATES
from signoff.core.expressions.functions.values import VALUES
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Offer, Shelf

SHELVES: tuple[Shelf, ...] = (
    *(TEXTS, PARTS, LISTS, NUMBERS, MOMENTS, STRUCTURED, QUERIES, ENCODINGS),
    *(DATA, VALUES, CALENDAR, PREDICATES, METHODS),
)

INSTEAD = {
    "function": {
        "http": "call it in a task of type io.kestra.plugin.core.http.Request before",
        "appLink": "there are no apps; the run's page is {{ kestra.url }}/runs/{{ execution.id }}",
        "encrypt": "keep secrets as secrets: secret('NAME')",
        "decrypt": "keep secrets as secrets: secret('NAME')",
        "credential": "use secret('NAME')",
        "randomPort": "let the task that listens take port 0",
        "isPublicHoliday": "keep a list of dates under a key: kv('holidays') contains …",
        "parent": "there is no inheritance of templates",
        "ksuid": "use uuid()",
        "iterationOutput": "use outputs.task[value]",
        "parentOutput": "use outputs.task",
        "loopOutputs": "name the outputs of the Loop: outputs.loop.values",
    },
    "filter": {},
    "test": {},
    "method": {},
}
"""What the language of others knows and this one does not, with what to do."""


def _by_name() -> dict[tuple[str, str], Offer]:
    return {
        (offer.kind, name): offer
        for shelf in SHELVES
        for offer in shelf.offers
        for name in (offer.name, *offer.aliases)
    }


_OFFERS = _by_name()


def find(kind: str, name: str) -> Offer:
    """What is offered under a name.

    Args:
        kind: `filter`, `function`, `test` or `method`.
        name: as it is written.

    Raises:
        Misuse: nothing is.
    """
    offer = _OFFERS.get((kind, name))
    if offer is None:
        instead = INSTEAD[kind].get(name)
        if instead:
            raise Misuse(f"the {kind} `{name}` is not supported: {instead}")
        raise Misuse(f"there is no {kind} `{name}`{nearest(name, names(kind))}")
    return offer


def names(kind: str) -> list[str]:
    """All names of a kind, older ones included."""
    return [name for known, name in _OFFERS if known == kind]


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message: which known names a name resembles."""
    lower = {each.lower(): each for each in known}
    close = get_close_matches(name[:60].lower(), lower, n=2, cutoff=0.6)
    if not close:
        return ""
    return f"; did you mean {' or '.join(f'`{lower[each]}`' for each in close)}?"
