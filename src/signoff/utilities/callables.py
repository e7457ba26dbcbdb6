"""Documented import path: the parameters of functions."""

from signoff.authoring.docstrings import parameter_docstrings
from signoff.authoring.parameter_schemas import (
    ParameterSchema,
    call_with_parameters,
    get_call_parameters,
    get_parameter_defaults,
    parameter_schema,
    parameters_to_args_kwargs,
)

__all__ = [
    "ParameterSchema",
    "call_with_parameters",
    "get_call_parameters",
    "get_parameter_defaults",
    "parameter_docstrings",
    "parameter_schema",
    "parameters_to_args_kwargs",
]
