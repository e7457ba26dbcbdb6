"""What expressions may look up outside of their variables.

Owns the contract only: whoever renders passes in what it has. What is left out says that it is not
available here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


def _no_file_size(uri: str) -> int:
    raise LookupError(f"the size of {uri!r} cannot be looked up here")


def _namespace_file(path: str) -> str:
    return f"nsfile:///{path.lstrip('/')}"


@dataclass(frozen=True, slots=True)
class Lookups:
    """Everything that is not in the variables, each as a function that is called when needed.

    What a look-up cannot find it says with `KeyError`; `OSError`, `ValueError` and `LookupError`
    become errors of the expression too.

    Args:
        now: the present moment, aware, in UTC.
        new_id: a short id that nothing else has.
        random: a number from 0 up to but not including 1.
        secret: the value of a secret.
        key_value: the value under a key of a namespace; None is the flow's own.
        read_file: the text of a file, by its URI or its path in the namespace.
        error_logs: lines about errors of this run, oldest first.
        file_size: the bytes of a file; `KeyError` when there is none.
        file_uri: the URI of a file of the namespace.
    """

    now: Callable[[], datetime]
    new_id: Callable[[], str]
    random: Callable[[], float]
    secret: Callable[[str], str]
    key_value: Callable[[str, str | None], object]
    read_file: Callable[[str], str]
    error_logs: Callable[[], list[Mapping[str, object]]]
    file_size: Callable[[str], int] = _no_file_size
    file_uri: Callable[[str], str] = _namespace_file
