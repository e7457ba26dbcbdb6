"""Claims runs that are due, starts a process for each, and watches it to its end.

Owns the loop of a claimer and what its children are doing. Must not know which faces it has (a
worker, a server's local worker, `serve`), nor how a process is started.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from dataclasses import replace
from functools import partial
from importlib import import_module
from time import monotonic

from signoff.core.ports import Gateway
from signoff.engine.clock import new_id
from signoff.gateway.claiming import claiming
from signoff.model.claims import ClaimedRun, Claims, Scope
from signoff.model.errors import NotReentrant, SignoffException
from signoff.model.replies import RunSignal
from signoff.model.settings import Settings
from signoff.runner import plain
from signoff.runner.jobs import Job, Start, changed, ending, environment
from signoff.runner.nursery import Child, Nursery
from signoff.runner.reporting import Reporter
from signoff.runner.showing import Showing
from signoff.runner.warm import Warm

GRACE = 30.0
"""Seconds that the process of a cancelled run has until it reaches a task boundary."""
COMING = 1.0
"""Seconds for which a child counts as about to begin, unless it is known that it has begun."""

_logger = logging.getLogger("signoff.runner")


class Runner:
    """Runs what is due in a scope. `run` blocks; `stop` may be called anywhere, more than once.

    Args:
        gateway: the way of this process to the service.
        scope: which runs it takes.
        settings: of this process; its children inherit the environment.
        limit: how many runs may work at the same time (one that waits takes no place); None for
            no limit.
        start: how a child is started; warm where possible when left out.
        grace: seconds after which the process of a cancelled run is ended, if it has not ended by
            itself.
        shows: what children print is shown where this process prints, unless their jobs say
            otherwise.
    """

    def __init__(
        self,
        gateway: Gateway,
        scope: Scope,
        settings: Settings,
        *,
        limit: int | None = None,
        start: Start | None = None,
        grace: float = GRACE,
        shows: bool = True,
    ) -> None:
        self._gateway = gateway
        self._scope = scope
        self._settings = settings
        self._warm = Warm()
        self._showing = Showing() if shows else None
        self._start: Start = start or self._warm
        self._way = claiming(gateway, scope)
        self._reporter = Reporter(gateway, settings.process_lease_seconds)
        # More processes that begin at once than this only get in each other's way.
        at_once = 2 * (os.cpu_count() or 1) + 2
        self._nursery = Nursery(limit, at_once, COMING, grace)
        self._environment = environment(settings)
        self._stopping = threading.Event()

    def run(self, once: bool = False) -> None:
        """Claim and start runs until stopped, then wait for the children that work.

        Args:
            once: stop as soon as nothing is due.
        """
        self._reporter.begin(self._nursery.process_ids)
        try:
            while not self._stopping.is_set():
                free = self._nursery.wait_for_room(self._stopping.is_set)
                if free:
                    self._claim(free, once)
            self._nursery.wait_until_empty()
        finally:
            self._warm.close()
            if self._showing is not None:
                self._showing.close()
            self._reporter.close()
            self._way.close()

    def stop(self, now: bool = False) -> None:
        """Claim nothing more. Children that work are left to finish, and those that only wait are
        ended: their runs go on elsewhere when they are answered.

        Args:
            now: end the children that work as well.
        """
        self._stopping.set()
        self._way.interrupt()
        self._nursery.clear(everything=now)

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    # ----------------------------------------------------------------------------------------

    def _claim(self, free: int, once: bool) -> None:
        claims: Claims | None = None
        try:
            claims = self._way.claim(self._scope, free)
        except SignoffException as error:
            _logger.warning("Cannot ask for runs: %s", error)
        else:
            for claimed in claims.runs:
                self._begin(claimed)
            if len(claims.runs) == free:
                return
        if once and claims is not None and not claims.runs and not claims.more:
            self._stopping.set()
        elif not self._stopping.is_set():
            self._way.wait(claims)

    def _begin(self, claimed: ClaimedRun) -> None:
        run_id, record = claimed.run_id, claimed.entry_record
        log = self._settings.home / "logs" / f"{run_id}.log"
        if record is None or record.refusal is not None:
            why = record.refusal if record is not None else "nobody said how it is loaded"
            self._reporter.ended(run_id, None, f"The flow cannot be loaded again: {why}.", False)
            return
        process_id = new_id().hex
        job = Job(
            run_id,
            record,
            process_id,
            self._gateway.process.id,
            log,
            changed(self._environment, claimed.job),
            self._settings.home,
            claimed.job,
        )
        child = Child(run_id, process_id, monotonic())
        self._nursery.add(child)
        child.deafen = self._gateway.listen(run_id, partial(self._heard, child))
        if record.source is None:
            self._start_child(child, job)
        else:
            # It may take a while, and other runs are due.
            threading.Thread(target=self._fetch, args=(child, job), daemon=True).start()

    def _fetch(self, child: Child, job: Job) -> None:
        """On a thread of its own: get the code of a run, then start its process."""
        # Loaded on first use: few flows are in a repository.
        storage = import_module("signoff.runner.storage")
        try:
            record = storage.located(job.record, self._gateway)
        except Exception as error:  # whatever it is, the run must not be forgotten
            self._forget(child)
            self._reporter.ended(child.run_id, None, str(error), True)
        else:
            self._start_child(child, replace(job, record=record, folder=record.directory))

    def _start_child(self, child: Child, job: Job) -> None:
        run_id, log = job.run_id, job.log
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            if self._showing is not None and job.is_shown:
                child.hide = self._showing.follow(log)
            child.started = self._start(job, partial(self._ended, child, job))
        except NotReentrant as error:
            self._forget(child)
            self._reporter.ended(run_id, None, str(error), False)
        except OSError as error:
            self._forget(child)
            self._reporter.ended(run_id, None, plain.cannot_start(job, error), True)
        else:
            _logger.info("Flow run %s has a process", run_id)

    def _heard(self, child: Child, signal: RunSignal | None) -> None:
        if signal is not None:
            self._nursery.heard(child, signal)

    def _ended(self, child: Child, job: Job, code: int | None) -> None:
        """On any thread: a child has ended."""
        self._forget(child)
        self._reporter.ended(child.run_id, child.process_id, ending(code, job.log), True)

    def _forget(self, child: Child) -> None:
        child.deafen()
        child.hide()
        self._nursery.remove(child)


def stop_on_signals(runner: Runner) -> None:
    """SIGTERM and SIGINT stop the runner; the second one does not wait for working children."""

    def stop(number: int, frame: object) -> None:
        # Not here: the main thread may hold what stopping needs.
        threading.Thread(target=runner.stop, args=(runner.stopping,), daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
