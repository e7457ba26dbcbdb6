"""Filters of texts.

Null goes through each of them unchanged.
"""

from __future__ import annotations

import re
import unicodedata

from signoff.core.expressions import coercing
from signoff.core.expressions.limits import fits
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Call, Shelf

TEXTS = Shelf("filter", "Texts")

_FIRST_LETTERS = re.compile(r"(?:^|(?<=\s))\S")
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_ESCAPED = {"single": ("'", "\\'"), "double": ('"', '\\"'), "shell": ("'", "'\\''")}
_SHORTEST = 4


@TEXTS.add("upper", "All letters as capitals.", ("'quiet' | upper", "QUIET"))
def _upper(call: Call, value: object) -> object:
    return call.text(value).upper()


@TEXTS.add("lower", "All letters small.", ("'LOUD' | lower", "loud"))
def _lower(call: Call, value: object) -> object:
    return call.text(value).lower()


@TEXTS.add(
    "capitalize",
    "The first letter as a capital.",
    ("'article title' | capitalize", "Article title"),
)
def _capitalize(call: Call, value: object) -> object:
    text = call.text(value)
    return text[:1].upper() + text[1:]


@TEXTS.add(
    "title",
    "The first letter of each word as a capital.",
    ("'article title' | title", "Article Title"),
)
def _title(call: Call, value: object) -> object:
    return _FIRST_LETTERS.sub(lambda letter: letter[0].upper(), call.text(value))


@TEXTS.add("trim", "Without white space at both ends.", ("'  padded  ' | trim", "padded"))
def _trim(call: Call, value: object) -> object:
    return call.text(value).strip()


@TEXTS.add(
    "abbreviate",
    "At most so many characters; what is cut off is shown by an ellipsis, which counts.",
    ("'this is a long sentence.' | abbreviate(7)", "this..."),
    ("'short' | abbreviate(7)", "short"),
    takes="length",
)
def _abbreviate(call: Call, value: object, length: object) -> object:
    text, most = call.text(value), coercing.whole(length, "length")
    if most < _SHORTEST:
        raise Misuse(f"needs a length of at least {_SHORTEST}, not {most}")
    return text if len(text) <= most else text[: most - 3] + "..."


@TEXTS.add(
    "substringBefore",
    "What stands before the first separator; everything when there is none.",
    ("'a.b.c' | substringBefore('.')", "a"),
    takes="separator",
)
def _before(call: Call, value: object, separator: object) -> object:
    text, cut = call.text(value), call.text(separator)
    return text.partition(cut)[0] if cut else ""


@TEXTS.add(
    "substringAfter",
    "What stands after the first separator; nothing when there is none.",
    ("'a.b.c' | substringAfter('.')", "b.c"),
    takes="separator",
)
def _after(call: Call, value: object, separator: object) -> object:
    text, cut = call.text(value), call.text(separator)
    return text.partition(cut)[2] if cut else text


@TEXTS.add(
    "substringBeforeLast",
    "What stands before the last separator; everything when there is none.",
    ("'a.b.c' | substringBeforeLast('.')", "a.b"),
    takes="separator",
)
def _before_last(call: Call, value: object, separator: object) -> object:
    text, cut = call.text(value), call.text(separator)
    return text.rpartition(cut)[0] if cut and cut in text else text


@TEXTS.add(
    "substringAfterLast",
    "What stands after the last separator; nothing when there is none.",
    ("'a.b.c' | substringAfterLast('.')", "c"),
    takes="separator",
)
def _after_last(call: Call, value: object, separator: object) -> object:
    text, cut = call.text(value), call.text(separator)
    return text.rpartition(cut)[2] if cut and cut in text else ""


@TEXTS.add(
    "startsWith",
    "Whether the text begins so.",
    ("'hello world' | startsWith('hello')", "true"),
    takes="value",
)
def _starts_with(call: Call, value: object, prefix: object) -> object:
    return call.text(value).startswith(call.text(prefix))


@TEXTS.add(
    "endsWith",
    "Whether the text ends so.",
    ("'hello world' | endsWith('hello')", "false"),
    takes="value",
)
def _ends_with(call: Call, value: object, suffix: object) -> object:
    return call.text(value).endswith(call.text(suffix))


@TEXTS.add(
    "slugify",
    "Small letters and digits with hyphens, as in addresses.",
    ("'Héllo World!' | slugify", "hello-world"),
)
def _slugify(call: Call, value: object) -> object:
    letters = unicodedata.normalize("NFKD", call.text(value).replace("ß", "ss"))
    ascii_only = letters.encode("ascii", "ignore").decode()
    return _NOT_IN_SLUGS.sub("-", ascii_only.lower()).strip("-")


@TEXTS.add(
    "escapeChar",
    "With quotes escaped: `single`, `double` or `shell`.",
    ("\"Can't be\" | escapeChar('single')", "Can\\'t be"),
    ("'say \"hi\"' | escapeChar('double')", 'say \\"hi\\"'),
    ("\"Can't be\" | escapeChar('shell')", "Can'\\''t be"),
    takes="type",
)
def _escape_char(call: Call, value: object, type: object) -> object:
    kind = coercing.string(call, type, "type")
    if kind not in _ESCAPED:
        raise Misuse(f"knows the types {', '.join(_ESCAPED)}, not {kind[:40]!r}")
    sign, escaped = _ESCAPED[kind]
    text = call.text(value)
    fits(len(text) + text.count(sign) * len(escaped))
    return text.replace(sign, escaped)


@TEXTS.add(
    "indent",
    "Every line but the first indented by so many prefixes (a space unless told otherwise).",
    ("'a\\nb' | indent(2)", "a\n  b"),
    takes="amount, prefix?",
)
def _indent(call: Call, value: object, amount: object, prefix: object = " ") -> object:
    return _indented(call, value, amount, prefix)


@TEXTS.add(
    "nindent",
    "A new line, then every line indented.",
    ("'a\\nb' | nindent(2)", "\n  a\n  b"),
    takes="amount, prefix?",
)
def _nindent(call: Call, value: object, amount: object, prefix: object = " ") -> object:
    pad = _padding(call, amount, prefix)
    return f"\n{pad}{_indented(call, value, amount, prefix)}"


def _indented(call: Call, value: object, amount: object, prefix: object) -> str:
    pad, text = _padding(call, amount, prefix), call.text(value)
    fits(len(text) + text.count("\n") * len(pad))
    return text.replace("\n", f"\n{pad}")


def _padding(call: Call, amount: object, prefix: object) -> str:
    times, unit = coercing.whole(amount, "amount"), call.text(prefix)
    if times < 0:
        raise Misuse(f"needs an amount of at least 0, not {times}")
    fits(times * len(unit))
    return unit * times


@TEXTS.add("string", "The value as text.", ("123 | string ~ '!'", "123!"))
def _string(call: Call, value: object) -> object:
    return call.text(value)
