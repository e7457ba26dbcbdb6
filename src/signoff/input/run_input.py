"""Documented import path: forms and messages of flow runs."""

from signoff.authoring.inputs import GetInputHandler
from signoff.authoring.messages import asend_input, receive_input, send_input
from signoff.authoring.run_input import (
    AutomaticRunInput,
    BaseRunInput,
    Keyset,
    RunInput,
    RunInputMetadata,
    keyset_from_base_key,
    keyset_from_paused_state,
    run_input_subclass_from_type,
)

__all__ = [
    "AutomaticRunInput",
    "BaseRunInput",
    "GetInputHandler",
    "Keyset",
    "RunInput",
    "RunInputMetadata",
    "asend_input",
    "keyset_from_base_key",
    "keyset_from_paused_state",
    "receive_input",
    "run_input_subclass_from_type",
    "send_input",
]
