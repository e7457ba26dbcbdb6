"""`signoff.runtime.deployment`: the deployment that the present flow run was made from.

Owns the documented attributes. A run that was made from none has none of them but its own id.
"""

from __future__ import annotations

from signoff.authoring.runtime import known
from signoff.authoring.runtime.values import Values


def _nothing() -> None:
    return None


def _no_parameters() -> dict[str, object]:
    return {}


DEPLOYMENT = Values(
    "deployment",
    {
        "id": _nothing,
        "flow_run_id": known.run_id,
        "name": _nothing,
        "parameters": _no_parameters,
        "version": _nothing,
    },
)
"""The attributes of `signoff.runtime.deployment`."""
