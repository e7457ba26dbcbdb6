"""Documents by digest, embedded and over HTTP."""

from __future__ import annotations

import hashlib

import pytest

from signoff.exceptions import InvalidRequest, ObjectNotFound
from signoff.gateway.connect import get_gateway
from signoff.model.documents import KeepDocument, ReadDocument

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("service")]


def test_a_document_is_found_by_the_digest_of_its_text() -> None:
    text = 'id: hello\nlabels: {"ü": "😀"}\r\n\u2028 end'
    digest = get_gateway().send(KeepDocument(text))
    assert digest == hashlib.sha256(text.encode()).hexdigest()
    assert get_gateway().send(KeepDocument(text)) == digest
    assert get_gateway().send(ReadDocument(digest)) == text


def test_a_digest_that_nobody_kept_is_named() -> None:
    with pytest.raises(ObjectNotFound, match="no document with the digest 'abc'"):
        get_gateway().send(ReadDocument("abc"))


@pytest.mark.parametrize(
    ("text", "said"),
    [("a\0b", "NUL"), ("x" * (10 * 1024 * 1024 + 1), "at most 10485760")],
    ids=["nul", "large"],
)
def test_what_cannot_be_kept_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        get_gateway().send(KeepDocument(text))
