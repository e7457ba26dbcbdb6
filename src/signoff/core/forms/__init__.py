"""Forms: from a JSON Schema to a tree of fields, from text to an answer.

The pure heart of every face of a form (page, terminal, `--input`). Judging an answer is in
`signoff.core.forms.checking`, which loads a heavy library and so is not imported here.
"""

from signoff.core.forms.answers import can_be_empty, missing, with_defaults
from signoff.core.forms.inputs import parse_inputs
from signoff.core.forms.masking import MASK, mask_secrets, secret_paths
from signoff.core.forms.texts import InvalidText, file_text, holds_secret, parse_text, to_text
from signoff.core.forms.tree import fields, with_start

__all__ = [
    "MASK",
    "InvalidText",
    "can_be_empty",
    "fields",
    "file_text",
    "holds_secret",
    "mask_secrets",
    "missing",
    "parse_inputs",
    "parse_text",
    "secret_paths",
    "to_text",
    "with_defaults",
    "with_start",
]
