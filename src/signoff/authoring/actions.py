"""Stored inputs of runs, by key: the documented functions and their `a` twins."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pydantic

from signoff.authoring import inputs
from signoff.authoring.dispatch import async_dispatch, off_loop
from signoff.model.views import FlowRunInput


def _create(
    key: str, value: Any, flow_run_id: UUID | None = None, sender: str | None = None
) -> None:
    """Store a value under a key of a run, as JSON.

    Raises:
        ObjectAlreadyExists: the run has the key.
        ObjectNotFound: there is no such run.
    """
    inputs.create(key, json.dumps(value), inputs.the_run(flow_run_id), sender)


def _create_from_model(
    key: str,
    model_instance: pydantic.BaseModel,
    flow_run_id: UUID | None = None,
    sender: str | None = None,
) -> None:
    """Store a Pydantic model under a key of a run.

    Raises:
        ObjectAlreadyExists: the run has the key.
        ObjectNotFound: there is no such run.
    """
    inputs.create(key, model_instance.model_dump_json(), inputs.the_run(flow_run_id), sender)


def _filter(
    key_prefix: str,
    limit: int = 1,
    exclude_keys: set[str] | None = None,
    flow_run_id: UUID | None = None,
) -> list[FlowRunInput]:
    """Inputs of a run whose key starts with a prefix, oldest first."""
    return inputs.filtered(key_prefix, limit, exclude_keys, inputs.the_run(flow_run_id))


def _read(key: str, flow_run_id: UUID | None = None) -> Any:
    """A stored value. Raises `ObjectNotFound`."""
    return inputs.read(key, inputs.the_run(flow_run_id)).decoded_value


def _delete(key: str, flow_run_id: UUID | None = None) -> None:
    """Delete a stored input. Raises `ObjectNotFound`."""
    inputs.delete(key, inputs.the_run(flow_run_id))


acreate_flow_run_input = off_loop(_create)
acreate_flow_run_input_from_model = off_loop(_create_from_model)
afilter_flow_run_input = off_loop(_filter)
aread_flow_run_input = off_loop(_read)
adelete_flow_run_input = off_loop(_delete)

create_flow_run_input = async_dispatch(acreate_flow_run_input)(_create)
create_flow_run_input_from_model = async_dispatch(acreate_flow_run_input_from_model)(
    _create_from_model
)
filter_flow_run_input = async_dispatch(afilter_flow_run_input)(_filter)
read_flow_run_input = async_dispatch(aread_flow_run_input)(_read)
delete_flow_run_input = async_dispatch(adelete_flow_run_input)(_delete)
