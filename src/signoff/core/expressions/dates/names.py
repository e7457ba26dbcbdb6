"""English names of months and days, and what is known of locales: that there is only this one."""

from __future__ import annotations

from signoff.core.expressions.misuse import Misuse

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = 3


def short(name: str) -> str:
    """The first three letters."""
    return name[:_SHORT]


def check_locale(locale: object) -> None:
    """Refuse a locale whose names are not known.

    Raises:
        Misuse: it is not an English one.
    """
    if locale is None:
        return
    language = (
        str(locale).replace("-", "_").partition("_")[0].lower() if isinstance(locale, str) else ""
    )
    if language not in ("en", "root", "us", "uk", "english"):
        raise Misuse(f"knows the names of months and days in English only, not in {locale!r}")
