"""What protects the people who use the pages: headers, cookies, and the token of every form.

Owns the policy. A form carries the token that its browser also keeps as a cookie; a foreign page
can neither read the one nor set the other, and the gate refuses what a foreign page sends anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from secrets import token_urlsafe
from urllib.parse import quote, unquote

from signoff.server.asgi import PRIVATE, Header, Headers
from signoff.server.pages import assets

TOKEN = "signoff_form"
NAME = "signoff_name"
THEME = "signoff_theme"

_OWN_IMAGES = "'self' data:"
_YEAR = 365 * 86_400
_LONGEST = 200


def page_headers(images: tuple[str, ...] = (), nonce: str = "") -> tuple[Header, ...]:
    """The headers of every page.

    Args:
        images: hosts whose images are shown, besides those that a page carries in itself.
        nonce: known to the scripts of a page that make style rules; empty for the others.
    """
    styles = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    shown = " ".join((_OWN_IMAGES, *images))
    policy = (
        "default-src 'none'; "
        f"script-src 'self' '{assets.inline_hash()}'; style-src {styles}; img-src {shown}; "
        "connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", policy.encode()),
        (b"referrer-policy", b"same-origin"),
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"vary", b"cookie, accept-encoding"),
        PRIVATE,
    )


def cookies_of(headers: Headers) -> dict[str, str]:
    """What the browser keeps for us."""
    try:
        jar: SimpleCookie = SimpleCookie(headers.get(b"cookie") or "")
    except CookieError:
        return {}
    return {name: unquote(morsel.value)[:_LONGEST] for name, morsel in jar.items()}


def set_cookies(values: Mapping[str, str | None], secure: bool) -> Iterator[Header]:
    """The headers that have a browser keep values, or forget them."""
    for name, value in values.items():
        age = 0 if value is None else _YEAR
        text = (
            f"{name}={quote(value or '', safe='')}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax"
        )
        yield b"set-cookie", (text + ("; Secure" if secure else "")).encode()


def new_token() -> str:
    """A token for the forms of a browser that has none yet."""
    return token_urlsafe(18)


def is_ours(cookies: Mapping[str, str], token: str) -> bool:
    """Whether a form was sent by the browser that it was made for."""
    known = cookies.get(TOKEN, "")
    return bool(known) and compare_digest(known.encode(), token.encode())
