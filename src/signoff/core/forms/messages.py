"""What a person reads when a value does not fit.

Owns the wording. Every message follows the field's name: "must be at most 10, got 12". Must not
know how a fault was found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from signoff.model.forms import Json

REQUIRED = "is required"

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}

_FORMATS = {
    "date": "a date such as 2026-03-01",
    "time": "a time such as 09:30",
    "date-time": "a date and time such as 2026-03-01T09:30",
    "duration": "a duration such as 90m, 2 days, 1:30:00 or PT1H30M",
    "email": "an e-mail address such as name@example.com",
    "idn-email": "an e-mail address such as name@example.com",
    "uri": "a URL such as https://example.com/page",
    "iri": "a URL such as https://example.com/page",
    "uuid": "a UUID such as 6f1c2c0e-3c54-4e8b-9d0a-5f0f6f9f3a11",
    "ipv4": "an IPv4 address such as 192.0.2.1",
    "ipv6": "an IPv6 address such as 2001:db8::1",
    "ipvanyaddress": "an IP address such as 192.0.2.1",
    "hostname": "a host name such as example.com",
    "regex": "a regular expression",
    "base64": "base64 text",
    "base64url": "base64 text",
}

_LONGEST_VALUE = 60
_MOST_CHOICES = 20
_SHORT_NUMBER = 1e15


def expected_type(kinds: str | Sequence[str]) -> str:
    """ "must be a whole number or text" """
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    return "must be " + " or ".join(_TYPES.get(name, name) for name in names)


def expected_format(name: str) -> str:
    """ "must be a date such as 2026-03-01" """
    return "must be " + _FORMATS.get(name, f"a valid {name}")


def expected_choice(labels: Sequence[str]) -> str:
    """ "must be one of: low, high" """
    if len(labels) == 1:
        return f"must be {labels[0]}"
    shown = ", ".join(labels[:_MOST_CHOICES])
    more = len(labels) - _MOST_CHOICES
    return f"must be one of: {shown}" + (f" and {more} more" if more > 0 else "")


def expected_ending(endings: Sequence[Json]) -> str:
    """ "must be a file that ends in .csv or .txt" """
    *most, last = map(str, endings)
    return "must be a file that ends in " + (f"{', '.join(most)} or {last}" if most else last)


def expected_decimal(places: int | None) -> str:
    """What a decimal number looks like; `places` is how many digits may follow the point."""
    if places is None:
        return "must be a decimal number such as 12.50"
    return f"must be a decimal number with at most {places} decimal {plural('place', places)}"


def got(message: str, value: Json) -> str:
    """The message with what was given, cut short where it is long."""
    return f"{message}, got {shown(value)}"


def shown(value: Json) -> str:
    """A value as it appears inside a message."""
    if isinstance(value, str):
        short = value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"
        return (
            "'" + "".join(each if each.isprintable() else repr(each)[1:-1] for each in short) + "'"
        )
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None or isinstance(value, (bool, int, float)):
        text = json.dumps(value)
        return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
    return f"a {type(value).__name__}"


def plain(value: Json) -> str:
    """A value as a limit or a choice: text without quotes, the rest as JSON."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _SHORT_NUMBER:
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def plural(noun: str, count: int) -> str:
    """The noun as it follows a count."""
    if count == 1:
        return noun
    return noun.removesuffix("y") + "ies" if noun.endswith("y") else noun + "s"


def unknown(name: str, known: Sequence[str]) -> str:
    """That there is no such field, with the nearest name there is."""
    message = f"is not a field of this form: no field is named {shown(name)}"
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"{message}; did you mean '{near[0]}'?"
    if not known:
        return f"{message}; it has no fields"
    return f"{message}; its fields are: {', '.join(known[:_MOST_CHOICES])}"


def any_of(messages: Sequence[str]) -> str:
    """Several "must be ..." as one: "must be a date such as 2026-03-01, or one of: a, b"."""
    unique = list(dict.fromkeys(messages))
    rest = [message.removeprefix("must be ") for message in unique[1:]]
    return ", or ".join([unique[0], *rest])
