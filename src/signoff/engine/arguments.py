"""The arguments of one call of a flow or task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call, with everything it depends on in place.

    Args:
        args, kwargs: for the function.
        parameters: by name, defaults included.
    """

    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    parameters: Mapping[str, Any]


NO_ARGUMENTS = Arguments((), {}, {})
