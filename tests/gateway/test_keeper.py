"""Renewing leases: in time, together, and told apart from those that are lost."""

from __future__ import annotations

import threading
from uuid import UUID, uuid4

import pytest

from signoff.gateway.keeper import Keeper
from signoff.model.errors import ServiceUnavailable
from signoff.model.shared.slots import RenewLeases
from tests.support.waiting import wait_until

pytestmark = pytest.mark.service


class Service:
    """Takes renewals; some leases are lost, and sometimes it cannot be reached."""

    def __init__(self) -> None:
        self.asked: list[RenewLeases] = []
        self.lost: set[UUID] = set()
        self.away = False

    def __call__(self, request: RenewLeases) -> tuple[UUID, ...]:
        self.asked.append(request)
        if self.away:
            raise ServiceUnavailable("away")
        return tuple(lease for lease in request.leases if lease in self.lost)

    def renewed(self, lease: UUID) -> int:
        return sum(lease in request.leases for request in self.asked)


def test_a_lease_is_renewed_until_it_is_let_go() -> None:
    service, lease, lost = Service(), uuid4(), threading.Event()
    keeper = Keeper(service)
    stop = keeper.keep(lease, 0.03, lost.set)
    wait_until(lambda: service.renewed(lease) >= 3)
    assert service.asked[0].duration == 30_000
    stop()
    # The thread ends with the last lease, and begins again with the next.
    wait_until(lambda: keeper._thread is None)
    other = uuid4()
    keeper.keep(other, 0.03, lost.set)
    wait_until(lambda: service.renewed(other) >= 1)
    keeper.close()
    assert not lost.is_set()


def test_the_loss_of_a_lease_is_told_once() -> None:
    service, mine, kept = Service(), uuid4(), uuid4()
    told: list[UUID] = []
    keeper = Keeper(service)
    service.lost.add(mine)
    for lease in (mine, kept):
        keeper.keep(lease, 0.03, lambda lease=lease: told.append(lease))  # type: ignore[misc]
    wait_until(lambda: service.renewed(kept) >= 3)
    keeper.close()
    assert told == [mine]


def test_what_could_not_be_renewed_in_time_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    service, lease, lost = Service(), uuid4(), threading.Event()
    service.away = True
    keeper = Keeper(service)
    keeper.keep(lease, 0.05, lost.set)
    assert lost.wait(60)
    keeper.close()
    assert "could not be renewed" in caplog.text
