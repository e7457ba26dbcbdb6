"""The two faces of the client, derived from the plans.

Each method is a plan carried out (`methods.py`): the synchronous client waits for the reply, the
asynchronous one awaits it.
"""

from __future__ import annotations

from importlib.metadata import version
from types import TracebackType
from typing import Any, Literal, Self, overload

from signoff.authoring.client import plans
from signoff.authoring.client.bulk_faces import AsyncBulk, SyncBulk
from signoff.authoring.client.deployment_faces import AsyncDeployments, SyncDeployments
from signoff.authoring.client.methods import Async as _Async
from signoff.authoring.client.methods import Sync as _Sync
from signoff.authoring.client.methods import carry_out
from signoff.authoring.client.methods import in_thread as _in_thread
from signoff.authoring.client.pool_faces import AsyncPools, SyncPools
from signoff.authoring.client.record_faces import AsyncRecords, SyncRecords
from signoff.authoring.client.shared_faces import AsyncShared, SyncShared
from signoff.core.ports import Gateway
from signoff.gateway.connect import get_gateway
from signoff.gateway.settings import current_settings
from signoff.model.errors import SignoffException


class _Client:
    """What both faces know."""

    def __init__(self, api: str | None = None) -> None:
        self._api = api

    @property
    def gateway(self) -> Gateway:
        """The way to the service, as the settings say at this moment."""
        return get_gateway()

    @property
    def api_url(self) -> str:
        """Address of the API; `embedded` when the service is in this process."""
        return self._api or current_settings().api_url or "embedded"

    def client_version(self) -> str:
        """The version of this client."""
        return version("signoff")


class SyncSignoffClient(_Client, SyncBulk, SyncDeployments, SyncPools, SyncRecords, SyncShared):
    """The documented client, for synchronous code; also a context manager."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def api_healthcheck(self) -> Exception | None:
        """None when the service answers, otherwise why it does not."""
        return _health(self)

    def hello(self) -> str:
        """Say hello to the service. Raises what keeps it from answering."""
        carry_out(plans.ping(), self.gateway)
        return "👋"

    read_flow_run = _Sync(plans.read_flow_run)
    read_flow_runs = _Sync(plans.read_flow_runs)
    count_flow_runs = _Sync(plans.count_flow_runs)
    create_flow_run = _Sync(plans.create_flow_run)
    update_flow_run = _Sync(plans.update_flow_run)
    delete_flow_run = _Sync(plans.delete_flow_run)
    set_flow_run_state = _Sync(plans.set_flow_run_state)
    resume_flow_run = _Sync(plans.resume_flow_run)
    read_flow_run_states = _Sync(plans.read_flow_run_states)
    read_flow = _Sync(plans.read_flow)
    read_flow_by_name = _Sync(plans.read_flow_by_name)
    read_flows = _Sync(plans.read_flows)
    read_task_run = _Sync(plans.read_task_run)
    read_task_runs = _Sync(plans.read_task_runs)
    read_task_run_states = _Sync(plans.read_task_run_states)
    read_logs = _Sync(plans.read_logs)
    create_logs = _Sync(plans.create_logs)
    create_flow_run_input = _Sync(plans.create_flow_run_input)
    filter_flow_run_input = _Sync(plans.filter_flow_run_input)
    read_flow_run_input = _Sync(plans.read_flow_run_input)
    delete_flow_run_input = _Sync(plans.delete_flow_run_input)


class SignoffClient(_Client, AsyncBulk, AsyncDeployments, AsyncPools, AsyncRecords, AsyncShared):
    """The documented client, for asynchronous code; also an asynchronous context manager."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    async def api_healthcheck(self) -> Exception | None:
        """None when the service answers, otherwise why it does not."""
        return await _in_thread(lambda: _health(self))

    async def hello(self) -> str:
        """Say hello to the service. Raises what keeps it from answering."""
        await _in_thread(lambda: carry_out(plans.ping(), self.gateway))
        return "👋"

    read_flow_run = _Async(plans.read_flow_run)
    read_flow_runs = _Async(plans.read_flow_runs)
    count_flow_runs = _Async(plans.count_flow_runs)
    create_flow_run = _Async(plans.create_flow_run)
    update_flow_run = _Async(plans.update_flow_run)
    delete_flow_run = _Async(plans.delete_flow_run)
    set_flow_run_state = _Async(plans.set_flow_run_state)
    resume_flow_run = _Async(plans.resume_flow_run)
    read_flow_run_states = _Async(plans.read_flow_run_states)
    read_flow = _Async(plans.read_flow)
    read_flow_by_name = _Async(plans.read_flow_by_name)
    read_flows = _Async(plans.read_flows)
    read_task_run = _Async(plans.read_task_run)
    read_task_runs = _Async(plans.read_task_runs)
    read_task_run_states = _Async(plans.read_task_run_states)
    read_logs = _Async(plans.read_logs)
    create_logs = _Async(plans.create_logs)
    create_flow_run_input = _Async(plans.create_flow_run_input)
    filter_flow_run_input = _Async(plans.filter_flow_run_input)
    read_flow_run_input = _Async(plans.read_flow_run_input)
    delete_flow_run_input = _Async(plans.delete_flow_run_input)


def _health(client: _Client) -> Exception | None:
    try:
        carry_out(plans.ping(), client.gateway)
    except SignoffException as error:
        return error
    return None


@overload
def get_client(
    httpx_settings: Any = None, sync_client: Literal[False] = False
) -> SignoffClient: ...


@overload
def get_client(httpx_settings: Any = None, *, sync_client: Literal[True]) -> SyncSignoffClient: ...


def get_client(
    httpx_settings: Any = None, sync_client: bool = False
) -> SignoffClient | SyncSignoffClient:
    """A client of the service the settings name: in this process, or a server.

    Args:
        httpx_settings: accepted as documented; Signoff's client does not use httpx.
        sync_client: the client for synchronous code.
    """
    return SyncSignoffClient() if sync_client else SignoffClient()
