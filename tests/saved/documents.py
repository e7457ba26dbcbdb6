"""Saving documents as clients do."""

from __future__ import annotations

from signoff.gateway.connect import get_gateway
from signoff.model.saved_flows import SavedFlow, SaveFlow
from signoff.yamlflow.saving import judge, require


def saved(source: str) -> SavedFlow:
    """Save a document through the gateway of this process."""
    return get_gateway().send(SaveFlow(source, require(judge(source))))
