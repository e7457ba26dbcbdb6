"""Who is let in, header by header."""

from __future__ import annotations

from base64 import b64encode

import pytest

from signoff.model.actors import Actor, Via
from signoff.model.errors import Unauthorized
from signoff.server.asgi import Headers
from signoff.server.identity import Forbidden, Gate

pytestmark = pytest.mark.server


def headers(**values: str) -> Headers:
    return Headers({k.replace("_", "-").encode(): v.encode() for k, v in values.items()})


def basic(login: str) -> str:
    return f"Basic {b64encode(login.encode()).decode()}"


@pytest.mark.parametrize(
    "host", ["localhost:4200", "127.0.0.1", "[::1]:4200", "10.0.0.7:80", "app.localhost", "my.name"]
)
def test_addresses_and_known_names_are_answered_to(host: str) -> None:
    by = Gate(hosts=frozenset({"my.name"})).admit(headers(host=host), "10.0.0.9")
    assert by == Actor("10.0.0.9", Via.HTTP, "10.0.0.9", False)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:4200", "[::1", "localhost.evil"])
def test_other_names_are_not_without_a_password(host: str) -> None:
    with pytest.raises(Forbidden, match="SIGNOFF_SERVER_API_AUTH_STRING"):
        Gate().admit(headers(host=host), "127.0.0.1")
    Gate("u:p").admit(headers(host=host, authorization=basic("u:p")), "127.0.0.1")
    Gate(hosts=None).admit(headers(host=host), "127.0.0.1")


@pytest.mark.parametrize("login", ["u:", "u", "", "u:p:", "U:p", "u:pp"])
def test_only_the_very_login_is_taken(login: str) -> None:
    with pytest.raises(Unauthorized):
        Gate("u:p").admit(headers(authorization=basic(login)), "127.0.0.1")


@pytest.mark.parametrize(
    ("told", "via"), [("cli", Via.CLI), ("page", Via.PAGE), ("service", Via.HTTP), ("x", Via.HTTP)]
)
def test_nobody_passes_for_the_service_itself(told: str, via: Via) -> None:
    assert Gate().admit(headers(signoff_via=told), "127.0.0.1").via is via


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1:81"])
def test_only_pages_of_this_server_may_send(origin: str) -> None:
    sent = headers(host="127.0.0.1:80", origin=origin, authorization=basic("u:p"))
    for gate in (Gate(), Gate("u:p"), Gate(hosts=None)):
        with pytest.raises(Forbidden):
            gate.admit(sent, "127.0.0.1")
    Gate().admit(headers(host="127.0.0.1:80", origin="http://127.0.0.1:80"), "127.0.0.1")
