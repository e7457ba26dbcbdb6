"""What every type of worker does: find its pool, show that it lives, and run what is due in it.

How a run is started is the type's: `starts` gives it, and everything else is the same for all.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from importlib import import_module
from typing import ClassVar
from uuid import uuid4

from signoff.core.ports import Gateway
from signoff.gateway.connect import get_gateway
from signoff.gateway.settings import current_settings
from signoff.model.claims import Scope
from signoff.model.errors import ObjectAlreadyExists, ObjectNotFound, SignoffException
from signoff.model.shared.work_pools import (
    CreateWorkPool,
    ReadWorkPool,
    ReadWorkQueue,
    WorkerGone,
    WorkerHeartbeat,
    WorkPool,
)
from signoff.runner.jobs import Start
from signoff.runner.runner import Runner

_logger = logging.getLogger("signoff.worker")


class BaseWorker(ABC):
    """A worker of a work pool.

    Args:
        work_pool_name: the pool.
        work_queues: only runs in these queues of it; all of them when not given.
        name: name of the worker; made up when not given.
        prefetch_seconds: kept for programs that give it; runs start at their moment, so that
            nothing needs to be fetched ahead.
        create_pool_if_not_found: make a pool that is missing.
        limit: how many runs may work at the same time; None for no limit.
        heartbeat_interval_seconds: between two signs of life; it is offline after three missed.
    """

    type: ClassVar[str]

    def __init__(
        self,
        work_pool_name: str,
        work_queues: Sequence[str] | None = None,
        name: str | None = None,
        prefetch_seconds: float | None = None,
        create_pool_if_not_found: bool = True,
        limit: int | None = None,
        heartbeat_interval_seconds: float = 30.0,
    ) -> None:
        self.work_pool_name = work_pool_name
        self.work_queues = tuple(work_queues or ())
        self.name = name or f"{self.type.title()}Worker {uuid4().hex[:8]}@{socket.gethostname()}"
        self.limit = limit
        self._create = create_pool_if_not_found
        self._interval = heartbeat_interval_seconds
        self._closed = threading.Event()
        self._runner: Runner | None = None
        self._stopped = False

    @abstractmethod
    def starts(self) -> Start | None:
        """How the process of a run is started; None for the runner's own way."""

    def run(self, once: bool = False) -> None:
        """Run what is due in the pool until stopped. Blocks.

        Args:
            once: stop as soon as nothing is due, when what was started has ended.

        Raises:
            ObjectNotFound: there is no such pool, or no such queue in it.
            InvalidRequest: the pool is of another type.
        """
        gateway = get_gateway()
        self.work_pool(gateway)
        scope = Scope(pool=self.work_pool_name, queues=self.work_queues)
        runner = Runner(gateway, scope, current_settings(), limit=self.limit, start=self.starts())
        self._runner = runner
        if self._stopped:
            runner.stop()
        self._heartbeat(gateway)
        # Loaded here: it brings the language of YAML flows along.
        import_module("signoff.yamlflow.publishing").publish_installed(gateway)
        beating = threading.Thread(target=self._keep_beating, args=(gateway,), daemon=True)
        beating.start()
        try:
            runner.run(once)
        finally:
            self._closed.set()
            beating.join()
            self._say(gateway, WorkerGone(self.work_pool_name, self.name))

    async def start(self, run_once: bool = False) -> None:
        """Like `run`, for asynchronous programs."""
        await asyncio.to_thread(self.run, run_once)

    def stop(self, now: bool = False) -> None:
        """Start nothing more, and end when the runs that work have ended; `now`: end them too."""
        self._stopped = True
        if self._runner is not None:
            self._runner.stop(now)

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped

    def work_pool(self, gateway: Gateway) -> WorkPool:
        """The pool of this worker, made when it may be."""
        try:
            pool = gateway.send(ReadWorkPool(self.work_pool_name))
        except ObjectNotFound:
            if not self._create:
                raise
            try:
                pool = gateway.send(CreateWorkPool(self.work_pool_name, self.type))
            except ObjectAlreadyExists:
                pool = gateway.send(ReadWorkPool(self.work_pool_name))
        for queue in self.work_queues:
            gateway.send(ReadWorkQueue(pool.name, queue))
        return pool

    # ----------------------------------------------------------------------------------------

    def _heartbeat(self, gateway: Gateway) -> None:
        gateway.send(WorkerHeartbeat(self.work_pool_name, self.name, self._interval))

    def _keep_beating(self, gateway: Gateway) -> None:
        beat = WorkerHeartbeat(self.work_pool_name, self.name, self._interval)
        while not self._closed.wait(self._interval):
            self._say(gateway, beat)

    def _say(self, gateway: Gateway, request: WorkerHeartbeat | WorkerGone) -> None:
        try:
            gateway.send(request)
        except SignoffException as error:
            _logger.warning("Worker %s cannot show that it lives: %s", self.name, error)
