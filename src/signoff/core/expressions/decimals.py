"""Numbers written by patterns such as `#,##0.00`.

Owns the part of Java's DecimalFormat that is understood: digits, grouping, a prefix and suffix, per
cent and per mille, quoted text, and a pattern of its own for negative numbers. Scientific notation
is refused. Halves are rounded to the even digit, as Java does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.values import Number

_PATTERN = re.compile(
    r"(?P<prefix>(?:'[^']*'|[^#0.,;'])*)(?P<whole>[#,0]*)(?:\.(?P<part>[0#]*))?"
    r"(?P<suffix>(?:'[^']*'|[^#0.,;'])*)"
)
_WHOLE = re.compile(r"#*0*")
_PART = re.compile(r"0*#*")
_SCIENTIFIC = re.compile(r"[0#]E0")
_LONGEST = 100
_PRECISE = Context(prec=1_400, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class _Pattern:
    prefix: str
    suffix: str
    least_whole: int
    group: int
    least_part: int
    most_part: int
    scale: int


def written(number: Number, pattern: str) -> str:
    """The number as the pattern says.

    Raises:
        Misuse: the pattern is not understood, or the number is not finite.
    """
    if len(pattern) > _LONGEST:
        raise Misuse(f"needs a pattern of at most {_LONGEST} characters")
    positive, has_negative, negative = pattern.partition(";")
    read = _read(positive, pattern)
    # What a float is, not how it is written: 1.015 lies below the half, as Java sees it.
    value = Decimal(number)
    if not value.is_finite():
        raise Misuse(f"cannot write {number}")
    scaled = _PRECISE.multiply(value.copy_abs(), read.scale)
    rounded = _PRECISE.quantize(scaled, Decimal(1).scaleb(-read.most_part))
    text = _digits(rounded, read)
    if value < 0 and rounded != 0:
        if has_negative:
            other = _read(negative, pattern)
            return f"{other.prefix}{text}{other.suffix}"
        return f"-{read.prefix}{text}{read.suffix}"
    return f"{read.prefix}{text}{read.suffix}"


def _read(text: str, pattern: str) -> _Pattern:
    if _SCIENTIFIC.search(text):
        raise Misuse(f"does not know scientific notation, as in {pattern!r}")
    match = _PATTERN.fullmatch(text)
    whole = (match["whole"] if match else "").replace(",", "")
    part = (match["part"] or "") if match else ""
    if (
        match is None
        or not _WHOLE.fullmatch(whole)
        or not _PART.fullmatch(part)
        or not whole + part
    ):
        raise Misuse(f"needs a pattern such as '#,##0.00', not {pattern!r}")
    fixes = match["prefix"] + match["suffix"]
    return _Pattern(
        prefix=_unquoted(match["prefix"]),
        suffix=_unquoted(match["suffix"]),
        least_whole=whole.count("0"),
        group=len(match["whole"].rpartition(",")[2]) if "," in match["whole"] else 0,
        least_part=part.count("0"),
        most_part=len(part),
        scale=100 if "%" in fixes else 1000 if "‰" in fixes else 1,
    )


def _unquoted(text: str) -> str:
    return text.replace("''", "\0").replace("'", "").replace("\0", "'")


def _digits(value: Decimal, pattern: _Pattern) -> str:
    whole, _, part = f"{value:f}".partition(".")
    whole = whole.lstrip("0").rjust(pattern.least_whole, "0")
    part = part.rstrip("0").ljust(pattern.least_part, "0")
    if not whole and not part:
        whole = "0"
    if pattern.group:
        first = len(whole) % pattern.group or pattern.group
        groups = [whole[:first]] + [
            whole[start : start + pattern.group]
            for start in range(first, len(whole), pattern.group)
        ]
        whole = ",".join(groups)
    return f"{whole}.{part}" if part else whole
