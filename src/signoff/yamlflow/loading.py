"""Reading documents where flows run.

Owns that the task types of installed plugins count there, as nowhere on a server.
"""

from __future__ import annotations

from signoff.yamlflow.catalog import Catalog, installed_types
from signoff.yamlflow.document import Document
from signoff.yamlflow.reading import require_document


def read_installed(text: str, file: str = "") -> Document:
    """The document of a text, with the task types of this package and of installed plugins.

    Args:
        text: the whole text.
        file: its name, for the places of problems.

    Raises:
        InvalidDocument: it has errors; all of them are told.
        InvalidRequest: a plugin offers something else than a task type.
    """
    return require_document(text, file=file, catalog=Catalog(installed_types()))
