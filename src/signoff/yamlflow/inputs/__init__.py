"""Inputs of flows and of answers.

Owns the way from a list of inputs to a form, and from given values to checked ones. There is no
second engine for forms: values are judged by `core/forms`.
"""

from signoff.yamlflow.inputs.forming import form_of, nested, secret_schema_of
from signoff.yamlflow.inputs.rendering import Render, rendered
from signoff.yamlflow.inputs.resolving import default_problems, resolve
from signoff.yamlflow.inputs.secrecy import secrets_in, value_at

__all__ = [
    "Render",
    "default_problems",
    "form_of",
    "nested",
    "rendered",
    "resolve",
    "secret_schema_of",
    "secrets_in",
    "value_at",
]
