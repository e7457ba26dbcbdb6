"""Task runners of clusters: Dask and Ray, behind one small interface.

Owns the documented classes `DaskTaskRunner` and `RayTaskRunner`, and how each cluster carries out
a parcel. Both libraries are extras and are loaded with the first submitted task.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

from signoff.authoring.parcels import here, open_parcel
from signoff.authoring.task_runners import TaskRunner
from signoff.engine.clock import new_id
from signoff.engine.elsewhere import ClusterTaskPool
from signoff.gateway.settings import current_settings

if TYPE_CHECKING:
    from signoff.engine.frames import TaskPool

Done = Callable[[Callable[[], bytes]], None]


def _load(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        raise ModuleNotFoundError(
            f"Tasks on {extra.capitalize()} need it installed: pip install 'signoff[{extra}]'.",
            name=error.name,
        ) from None


# Dask --------------------------------------------------------------------------------------


class DaskTaskRunner(TaskRunner):
    """Runs submitted tasks on a Dask cluster.

    Args:
        cluster: a running cluster, used and left running.
        address: of a scheduler that runs already, such as `tcp://10.0.0.1:8786`.
        cluster_class: makes a cluster for each flow run; a class or its import path, by default
            `distributed.LocalCluster`.
        cluster_kwargs: for the cluster class. `processes=True` is added for a local cluster.
        adapt_kwargs: for the cluster's `adapt`, when it shall grow and shrink by itself.
        client_kwargs: for `distributed.Client`.
        performance_report_path: file to which Dask writes its report.

    Raises:
        ValueError: an address together with a cluster, or options for a cluster that is not made.
    """

    def __init__(
        self,
        cluster: Any = None,
        address: str | None = None,
        cluster_class: str | Callable[..., Any] | None = None,
        cluster_kwargs: Mapping[str, Any] | None = None,
        adapt_kwargs: Mapping[str, Any] | None = None,
        client_kwargs: Mapping[str, Any] | None = None,
        performance_report_path: str | None = None,
    ) -> None:
        given = cluster is not None or address is not None
        if cluster is not None and address is not None:
            raise ValueError("Give `cluster` or `address`, not both.")
        if given and (cluster_class or cluster_kwargs or adapt_kwargs):
            raise ValueError(
                "`cluster_class`, `cluster_kwargs` and `adapt_kwargs` describe a cluster that is "
                "made for the run; they cannot be used with `cluster` or `address`."
            )
        self.cluster = cluster
        self.address = address
        self.cluster_class = cluster_class
        self.cluster_kwargs = dict(cluster_kwargs or {})
        self.adapt_kwargs = dict(adapt_kwargs or {})
        self.client_kwargs = dict(client_kwargs or {})
        self.performance_report_path = performance_report_path

    def __hash__(self) -> int:
        return hash((type(self), self.address, id(self.cluster)))

    def duplicate(self) -> DaskTaskRunner:
        """Another runner with the same options."""
        return DaskTaskRunner(**vars(self))

    def pool(self, name: str) -> TaskPool:
        """Connect to the cluster, or make one, for one flow run."""
        return ClusterTaskPool(_Dask(self), name)


class _Dask:
    """A client of a Dask cluster: see `engine.elsewhere.Cluster`."""

    def __init__(self, runner: DaskTaskRunner) -> None:
        distributed = _load("distributed", "dask")
        self._own: Any = None
        target = runner.cluster if runner.cluster is not None else runner.address
        if target is None:
            target = self._own = self._make(distributed, runner)
            if runner.adapt_kwargs:
                self._own.adapt(**runner.adapt_kwargs)
        self._client = distributed.Client(target, **runner.client_kwargs)
        self._report: Any = None
        if runner.performance_report_path is not None:
            with self._client.as_current():
                report = distributed.performance_report(filename=runner.performance_report_path)
                self._report = report
                report.__enter__()
        self._work = partial(_on_dask, home=here(current_settings().api_url))
        self._futures: set[Any] = set()

    @staticmethod
    def _make(distributed: Any, runner: DaskTaskRunner) -> Any:
        kind = runner.cluster_class
        options = dict(runner.cluster_kwargs)
        if kind is None:
            kind = distributed.LocalCluster
            # Threads of the flow's own process are what the thread pool is for; and a dashboard
            # would open a port that nobody asked for.
            options = {"processes": True, "dashboard_address": None} | options
        elif isinstance(kind, str):
            module, _, name = kind.rpartition(".")
            if not module:
                raise ValueError(
                    f"cluster_class {kind!r} is no import path such as 'a.module.Class'."
                )
            kind = getattr(importlib.import_module(module), name)
        return kind(**options)

    def submit(self, parcel: bytes, name: str, done: Done) -> None:
        # Not pure: the same task with the same arguments is another task run. A worker that dies
        # may have put the result on record, or half of its effects into the world: the flow
        # decides with its own retries, not the cluster with repeats.
        key = f"{name}-{new_id().hex}"
        future = self._client.submit(self._work, parcel, key=key, pure=False, retries=0)
        self._futures.add(future)

        def over(ended: Any) -> None:
            self._futures.discard(ended)
            done(ended.result)

        future.add_done_callback(over)

    def close(self, drop: bool) -> None:
        if drop and self._futures:
            self._client.cancel(list(self._futures))
        if self._report is not None:
            with self._client.as_current():
                self._report.__exit__(None, None, None)
        self._client.close()
        if self._own is not None:
            self._own.close()


class _DaskSlot:
    """The place of a task in a Dask worker: left to others while the task waits."""

    def release(self) -> None:
        importlib.import_module("distributed").secede()

    def acquire(self) -> None:
        importlib.import_module("distributed").rejoin()


def _on_dask(parcel: bytes, home: str | None) -> bytes:
    return open_parcel(parcel, _DaskSlot(), home)


@contextmanager
def get_dask_client(timeout: float | None = None, **client_kwargs: Any) -> Iterator[Any]:
    """A client of the cluster that the present task runs on, for Dask collections.

    Args:
        timeout: seconds to wait for the connection.
        **client_kwargs: for `distributed.Client`, outside a worker.

    Raises:
        ModuleNotFoundError: Dask is not installed.
        ValueError: there is no cluster here.
    """
    distributed = _load("distributed", "dask")
    if client_kwargs:
        with distributed.Client(**client_kwargs) as client:
            yield client
        return
    with distributed.worker_client(timeout=30 if timeout is None else timeout) as client:
        yield client


# Ray ---------------------------------------------------------------------------------------


class RayTaskRunner(TaskRunner):
    """Runs submitted tasks on Ray.

    A task that waits for a person keeps its place: Ray has no way to lend it.

    Args:
        address: of a cluster that runs already, such as `auto` or `ray://10.0.0.1:10001`; None for
            one on this machine, made for the process.
        init_kwargs: for `ray.init`.
    """

    def __init__(
        self, address: str | None = None, init_kwargs: Mapping[str, Any] | None = None
    ) -> None:
        self.address = address
        self.init_kwargs = dict(init_kwargs or {})

    def __hash__(self) -> int:
        return hash((type(self), self.address))

    def duplicate(self) -> RayTaskRunner:
        """Another runner with the same options."""
        return RayTaskRunner(**vars(self))

    def pool(self, name: str) -> TaskPool:
        """Connect to the cluster, or make one, for one flow run."""
        return ClusterTaskPool(_Ray(self), name)


_remote_options: ContextVar[Mapping[str, Any]] = ContextVar("signoff_remote_options")


@contextmanager
def remote_options(**new_remote_options: Any) -> Iterator[None]:
    """Options of `ray.remote` for the tasks that are submitted inside the block.

    ::

        with remote_options(num_cpus=4):
            heavy.submit()
    """
    token = _remote_options.set({**_remote_options.get({}), **new_remote_options})
    try:
        yield
    finally:
        _remote_options.reset(token)


class _Ray:
    """A connection to Ray: see `engine.elsewhere.Cluster`."""

    def __init__(self, runner: RayTaskRunner) -> None:
        self._ray = ray = _load("ray", "ray")
        self._own = not ray.is_initialized()
        if self._own:
            options = {"include_dashboard": False, "log_to_driver": False, **runner.init_kwargs}
            ray.init(address=runner.address, **options)
        self._work = ray.remote(max_retries=0)(_on_ray)
        self._home = here(current_settings().api_url)
        self._refs: set[Any] = set()

    def submit(self, parcel: bytes, name: str, done: Done) -> None:
        options = {"name": name, **_remote_options.get({})}
        ref = self._work.options(**options).remote(parcel, self._home)
        self._refs.add(ref)

        def over(future: Any) -> None:
            self._refs.discard(ref)
            done(future.result)

        ref.future().add_done_callback(over)

    def close(self, drop: bool) -> None:
        if drop:
            for ref in list(self._refs):
                self._ray.cancel(ref, force=True)
        if self._own:
            self._ray.shutdown()


def _on_ray(parcel: bytes, home: str | None) -> bytes:
    return open_parcel(parcel, None, home)
