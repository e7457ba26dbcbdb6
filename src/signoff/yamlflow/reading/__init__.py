"""Reading documents.

Owns the way from a text to a `Document` or to everything that is wrong with it, with the place of
each finding.
"""

from signoff.yamlflow.reading.loading import Loaded, load_document, require_document

__all__ = ["Loaded", "load_document", "require_document"]
