"""The client over a network that misbehaves, and servers that answer in every legal way."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from signoff.gateway.http_client import HttpClient
from signoff.gateway.http_connection import Address
from signoff.model.actors import Via
from signoff.model.commands import CancelRun, CreateInput
from signoff.model.errors import (
    ObjectAlreadyExists,
    ServiceUnavailable,
    SignoffHTTPStatusError,
    StoreLocked,
)
from signoff.model.queries import CountInbox
from signoff.model.replies import Done, RunHandle
from signoff.model.runs import Phase
from signoff.wire.codec import codec_for
from signoff.wire.problems import write_problem
from tests.server.peers import CLOSE, Heard, Peer, free_port, ok, peer

pytestmark = pytest.mark.server

RUN = UUID(int=7)
CANCEL = CancelRun(RUN)
CANCELLED = RunHandle(RUN, RUN, "r", Phase.CANCELLED, "Cancelled", None, 2, 1, 1)
HANDLE = codec_for(CANCEL).write_reply(CANCELLED)


class Answers:
    """A script that gives one answer after the other, the last one for ever."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = list(answers)

    def __call__(self, heard: Heard) -> bytes:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.fixture
def clients() -> Iterator[list[HttpClient]]:
    """Clients to be closed."""
    made: list[HttpClient] = []
    yield made
    for one in made:
        one.close()


def client_of(url: str, clients: list[HttpClient], **options: object) -> HttpClient:
    one = HttpClient(url, **options)  # type: ignore[arg-type]
    clients.append(one)
    return one


CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"1\r\n4\r\n1;name=value\r\n2\r\n0\r\nTrailer: x\r\n\r\n"
)
UNTIL_CLOSED = b"HTTP/1.1 200 OK\r\n\r\n42" + Peer.CLOSE_AFTER
OLD = b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n42" + Peer.CLOSE_AFTER
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok(b"42")


@pytest.mark.parametrize("answer", [ok(b"42"), CHUNKED, UNTIL_CLOSED, OLD, INTERIM])
def test_every_way_to_frame_an_answer_is_read(answer: bytes, clients: list[HttpClient]) -> None:
    with peer(Answers(answer)) as other:
        client = client_of(other.url, clients)
        assert [client.ask(CountInbox()) for _ in range(3)] == [42, 42, 42]


def test_one_connection_serves_many_requests(clients: list[HttpClient]) -> None:
    with peer(Answers(ok(b"1"))) as other:
        client = client_of(other.url, clients)
        for _ in range(20):
            client.ask(CountInbox())
        assert other.connections == 1


def test_threads_do_not_share_a_connection_at_once(clients: list[HttpClient]) -> None:
    def echo(heard: Heard) -> bytes:
        run_id = json.loads(heard.body)["value"]
        problem = write_problem(ObjectAlreadyExists(run_id))
        return ok(problem.body, "409 Conflict")

    with peer(echo) as other:
        client = client_of(other.url, clients)
        wrong: list[str] = []

        def work(name: str) -> None:
            for number in range(50):
                said = f"{name} {number}"
                try:
                    client.ask(CreateInput(RUN, "k", said))
                except ObjectAlreadyExists as error:
                    if str(error) != said:
                        wrong.append(f"{said} got {error}")

        threads = [threading.Thread(target=work, args=(f"t{i}",)) for i in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert other.connections <= 6


def test_what_travels_with_a_request(clients: list[HttpClient]) -> None:
    with peer(Answers(ok(HANDLE))) as other:
        client = client_of(other.url, clients, auth="ann:s3cret:ü", process_id="p-1")
        assert client.ask(CANCEL, Via.CLI) == CANCELLED
        client.ask(CANCEL)
        first, second = other.heard
        assert first.line == f"POST /api/runs/{RUN}/cancel HTTP/1.1"
        assert first.headers["host"] == f"127.0.0.1:{other.port}"
        assert first.headers["authorization"] == "Basic YW5uOnMzY3JldDrDvA=="
        assert first.headers["signoff-via"] == "cli"
        assert first.headers["signoff-process"] == "p-1"
        assert first.headers["idempotency-key"] != second.headers["idempotency-key"]
        assert "signoff-via" not in second.headers


def test_a_query_carries_no_key(clients: list[HttpClient]) -> None:
    with peer(Answers(ok(b"1"))) as other:
        client_of(other.url, clients).ask(CountInbox())
        assert "idempotency-key" not in other.heard[0].headers


def test_a_connection_closed_while_idle_is_replaced_without_a_repeat(
    clients: list[HttpClient],
) -> None:
    with peer(Answers(ok(HANDLE))) as other:
        client = client_of(other.url, clients, retries=0)
        client.ask(CANCEL)
        other.hang_up()
        assert client.ask(CANCEL) == CANCELLED
        assert other.connections == 2


TRUNCATED = ok(HANDLE)[:-10] + Peer.CLOSE_AFTER
BUSY = ok(write_problem(StoreLocked("busy")).body, "503 Service Unavailable")


@pytest.mark.parametrize(
    "trouble", [CLOSE, TRUNCATED, BUSY, ok(b"", "502 Bad Gateway"), ok(b"", "504 Gateway Timeout")]
)
def test_a_request_is_repeated_with_the_same_key(trouble: bytes, clients: list[HttpClient]) -> None:
    with peer(Answers(trouble, ok(HANDLE))) as other:
        assert client_of(other.url, clients).ask(CANCEL) == CANCELLED
        keys = [heard.headers["idempotency-key"] for heard in other.heard]
        assert len(keys) == 2
        assert keys[0] == keys[1]
        assert other.heard[0].body == other.heard[1].body


def test_patience_ends_and_the_error_says_what_to_do(clients: list[HttpClient]) -> None:
    with peer(Answers(CLOSE)) as other:
        client = client_of(other.url, clients, retries=1)
        with pytest.raises(ServiceUnavailable) as caught:
            client.ask(CANCEL)
        assert len(other.heard) == 2
        assert other.url in str(caught.value)
        assert "signoff server start" in str(caught.value)


def test_a_busy_database_stays_a_busy_database(clients: list[HttpClient]) -> None:
    with peer(Answers(BUSY)) as other, pytest.raises(StoreLocked, match="busy"):
        client_of(other.url, clients, retries=1).ask(CANCEL)


def test_nobody_listens(clients: list[HttpClient]) -> None:
    url = f"http://127.0.0.1:{free_port()}/api"
    with pytest.raises(ServiceUnavailable, match="Connection refused"):
        client_of(url, clients, retries=50).ask(CountInbox())


def test_silence_is_given_up(clients: list[HttpClient]) -> None:
    release = threading.Event()

    def silent(heard: Heard) -> bytes:
        release.wait()
        return CLOSE

    with peer(silent) as other:
        client = client_of(other.url, clients, timeout=0.05, retries=0)
        with pytest.raises(ServiceUnavailable, match="no answer in time"):
            client.ask(CountInbox())
        release.set()


def test_a_refusal_is_not_repeated(clients: list[HttpClient]) -> None:
    refused = ok(write_problem(ObjectAlreadyExists("taken")).body, "409 Conflict")
    with peer(Answers(refused)) as other:
        with pytest.raises(ObjectAlreadyExists, match="taken"):
            client_of(other.url, clients).ask(CreateInput(RUN, "k", "v"))
        assert len(other.heard) == 1


@pytest.mark.parametrize("answer", [ok(b"<html>hello</html>"), ok(b"{}"), ok(b'"x"')])
def test_an_answer_of_something_else_is_no_crash(answer: bytes, clients: list[HttpClient]) -> None:
    with peer(Answers(answer)) as other, pytest.raises(SignoffHTTPStatusError, match="be read"):
        client_of(other.url, clients).ask(CountInbox())


def test_a_server_that_does_not_speak_http(clients: list[HttpClient]) -> None:
    with (
        peer(Answers(b"SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n\r\n")) as other,
        pytest.raises(ServiceUnavailable, match="not HTTP"),
    ):
        client_of(other.url, clients, retries=0).ask(CountInbox())


def test_an_empty_answer_is_done(clients: list[HttpClient]) -> None:
    created = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
    gone = b"HTTP/1.1 204 No Content\r\n\r\n"
    with peer(Answers(created, gone, created)) as other:
        client = client_of(other.url, clients)
        assert [client.ask(CreateInput(RUN, "k", "v")) for _ in range(3)] == [Done()] * 3
        assert other.connections == 1


def test_closing_ends_the_repeats(clients: list[HttpClient]) -> None:
    with peer(Answers(CLOSE)) as other:
        client = client_of(other.url, clients, retries=50)
        client.close()
        with pytest.raises(ServiceUnavailable):
            client.ask(CANCEL)
        assert len(other.heard) == 1


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:4200/api", Address("127.0.0.1", 4200, False, "")),
        ("http://[::1]:4200/api/", Address("::1", 4200, False, "")),
        ("https://flows.example/signoff/api", Address("flows.example", 443, True, "/signoff")),
        ("http://flows.example", Address("flows.example", 80, False, "")),
    ],
)
def test_urls_are_understood(url: str, address: Address) -> None:
    assert Address.of(url) == address


def test_the_host_header_names_the_port_only_where_it_must() -> None:
    assert Address.of("https://flows.example/api").authority == "flows.example"
    assert Address.of("http://[::1]:4200/api").authority == "[::1]:4200"


@pytest.mark.parametrize("url", ["ftp://x/api", "127.0.0.1:4200", "http:///api", ""])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no URL"):
        HttpClient(url)


def certificate(folder: Path) -> Path:
    """A certificate for localhost with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


def test_tls_checks_who_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clients: list[HttpClient]
) -> None:
    path = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with peer(Answers(ok(b"1")), context) as other:
        with pytest.raises(ServiceUnavailable, match="certificate verify failed"):
            client_of(other.url, clients, retries=0).ask(CountInbox())
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        assert client_of(other.url, clients).ask(CountInbox()) == 1
