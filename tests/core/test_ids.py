"""Identifiers that are made the short way are those that `uuid` makes."""

from __future__ import annotations

import copy
import pickle
from uuid import UUID, uuid4

import pytest

from signoff.model.ids import uuid7, uuid7_time, uuid_of, uuid_of_bytes

pytestmark = pytest.mark.rules


@pytest.mark.parametrize("number", [0, 1, 2**128 - 1, 0x0123456789ABCDEF_FEDCBA9876543210])
def test_an_id_of_a_number_is_the_one_that_uuid_makes(number: int) -> None:
    known, made = UUID(int=number), uuid_of(number)
    assert type(made) is UUID
    assert (made, hash(made), str(made), made.bytes) == (
        known,
        hash(known),
        str(known),
        known.bytes,
    )
    assert made.is_safe is known.is_safe
    assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == known


def test_an_id_of_bytes_is_the_one_that_uuid_makes() -> None:
    known = uuid4()
    assert uuid_of_bytes(known.bytes) == known


def test_an_id_says_when_it_was_made() -> None:
    made = uuid7(1_700_000_000_123_456, 2**70)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert uuid7_time(made) == 1_700_000_000_123_456
