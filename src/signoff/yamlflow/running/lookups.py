"""What expressions may ask beyond their variables, in a process that runs flows.

Owns how the clock, chance, secrets and the stores are reached from an expression.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from signoff.core.expressions.ports import Lookups
from signoff.core.ports import Gateway
from signoff.engine.clock import new_id
from signoff.yamlflow.document import Document
from signoff.yamlflow.running.stores import StoredFiles, StoredPairs
from signoff.yamlflow.secret_values import secret_reader


def lookups_of(
    document: Document,
    gateway: Gateway,
    noticed: Callable[[str], None],
    error_logs: Callable[[], list[Mapping[str, object]]] = list,
) -> Lookups:
    """The look-ups of expressions in a document.

    Args:
        document: its namespace is the one keys and files are looked for in.
        gateway: the way to the stores.
        noticed: is told each secret that is read.
        error_logs: what failed so far.
    """
    files = StoredFiles(gateway, document.namespace, document.id)
    pairs = StoredPairs(gateway)
    return Lookups(
        now=lambda: datetime.now(UTC),
        new_id=lambda: new_id().hex,
        random=random.random,
        secret=secret_reader(os.environ, noticed),
        key_value=lambda key, namespace: pairs.get(namespace or document.namespace, key),
        read_file=lambda uri: files.read(uri).decode(),
        error_logs=error_logs,
    )
