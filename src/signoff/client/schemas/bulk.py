"""Import path of what the client says about actions on many runs."""

from signoff.model.bulk import (
    BulkAction,
    BulkPreview,
    BulkStatus,
    BulkView,
    Outcome,
    Receipt,
    Refusals,
    Sample,
)

__all__ = [
    "BulkAction",
    "BulkPreview",
    "BulkStatus",
    "BulkView",
    "Outcome",
    "Receipt",
    "Refusals",
    "Sample",
]
