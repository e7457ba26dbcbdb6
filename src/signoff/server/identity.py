"""Who sends a request, and whether it is let in.

Owns authentication and the rules against requests that a foreign web page makes a person's browser
send. Must not know what is asked.
"""

from __future__ import annotations

import ipaddress
import socket
from base64 import b64decode
from functools import lru_cache
from hmac import compare_digest
from urllib.parse import urlsplit

from signoff.model.actors import Actor, Via
from signoff.model.errors import Unauthorized
from signoff.server.asgi import Headers

_FACES = {via.value: via for via in Via if via is not Via.SERVICE}


class Forbidden(Exception):
    """The request comes from where no request is taken from."""


class Gate:
    """Lets requests in and says who sent them.

    Args:
        auth: `user:password` that every request must carry; None for none.
        hosts: names under which the server may be addressed without a password, beside addresses,
            `localhost` and the machine's own; None for any name, where everybody may come anyway.
    """

    def __init__(self, auth: str | None = None, hosts: frozenset[str] | None = frozenset()) -> None:
        self._auth = auth.encode() if auth is not None else None
        own = {"", "localhost", socket.gethostname().lower()}
        self._hosts = None if hosts is None else hosts | own

    def admit(self, headers: Headers, client: str) -> Actor:
        """The sender of a request.

        Args:
            headers: the headers of the request.
            client: the remote address.

        Raises:
            Unauthorized: no or wrong credentials.
            Forbidden: a foreign web page made a browser send the request.
        """
        self._same_site(headers)
        via = _FACES.get(headers.get(b"signoff-via") or "", Via.HTTP)
        if self._auth is None:
            self._known_host(headers)
            return Actor(client, via, client, False)
        sent = headers.get(b"authorization")
        if sent is None:
            raise Unauthorized("This server asks for a user and a password.")
        given = _credentials(sent)
        if given is None or not compare_digest(given, self._auth):
            raise Unauthorized("The user or the password is wrong.")
        name = given.partition(b":")[0].decode("utf-8", "replace")
        return Actor(name, via, client, True)

    def _same_site(self, headers: Headers) -> None:
        """A browser names the page that sends a request; only our own may."""
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin).netloc.lower() != _host(headers):
            raise Forbidden(f"Requests from pages of {origin!r} are not taken.")

    def _known_host(self, headers: Headers) -> None:
        """Without a password, a foreign name that leads here is an attack (DNS rebinding)."""
        name = _name(_host(headers))
        if self._hosts is None:
            return
        if name in self._hosts or name.endswith(".localhost") or _is_address(name):
            return
        raise Forbidden(
            f"This server does not answer to the name {name!r} without a password. Set "
            "SIGNOFF_SERVER_API_AUTH_STRING on the server, or use its address."
        )


def _host(headers: Headers) -> str:
    return (headers.get(b"host") or "").lower()


@lru_cache(maxsize=256)
def _name(host: str) -> str:
    """The name in a `Host` header, without the port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return host


@lru_cache(maxsize=256)
def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _credentials(header: str) -> bytes | None:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return b64decode(value.strip(), validate=True)
    except ValueError:
        return None
