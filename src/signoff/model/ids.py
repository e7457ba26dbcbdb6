"""Identifiers: UUIDs of version 7, so that they sort by the time they were made.

Owns their layout (RFC 9562, section 5.7). Must not read a clock or a source of entropy.
"""

from __future__ import annotations

from uuid import UUID, SafeUUID

MICROSECOND = 1_000_000
NO_RUN = UUID(int=0)
"""Stands for the flow run of a task that was called outside of flows."""


def uuid7(now_us: int, entropy: int) -> UUID:
    """Build a version 7 UUID.

    Args:
        now_us: microseconds since the Unix epoch; milliseconds go into the first 48 bits, the
            rest of the millisecond into `rand_a` (RFC 9562, section 6.2, method 3).
        entropy: at least 62 random bits.
    """
    ms, rest = divmod(now_us, 1000)
    sub_ms = (rest * 4096) // 1000
    value = (ms & 0xFFFF_FFFF_FFFF) << 80 | 0x7000 << 64 | sub_ms << 64
    value |= 0b10 << 62 | (entropy & 0x3FFF_FFFF_FFFF_FFFF)
    return uuid_of(value)


def uuid_of(value: int) -> UUID:
    """The UUID with a number of 128 bits, as `UUID(int=value)` makes it in ten times the time."""
    made = _new(UUID)
    _set_int(made, value)
    _set_safe(made, _UNKNOWN)
    return made


def uuid_of_bytes(value: bytes) -> UUID:
    """The UUID in 16 bytes."""
    return uuid_of(int.from_bytes(value, "big"))


_new = object.__new__
_set_int = vars(UUID)["int"].__set__
_set_safe = vars(UUID)["is_safe"].__set__
_UNKNOWN = SafeUUID.unknown


def uuid7_time(value: UUID) -> int:
    """The microseconds since the epoch at which a version 7 UUID was made."""
    number = value.int
    return (number >> 80) * 1000 + (((number >> 64) & 0xFFF) * 1000 + 4095) // 4096
