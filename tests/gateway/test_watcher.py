"""Hearing of changes: who is told what, through real sockets on a real database."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from signoff.core.ports import Ear, Poke
from signoff.gateway.watcher import Watcher
from signoff.model.commands import CancelRun, WriteLogs
from signoff.model.errors import StoreLocked
from signoff.model.journal import LogLine
from signoff.model.replies import RunHandle, RunSignal
from signoff.model.runs import Phase
from signoff.store import open_store
from tests.service.world import World
from tests.support.waiting import wait_until

pytestmark = pytest.mark.service


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.signals: list[RunSignal | None] = []

    def __call__(self, signal: RunSignal | None) -> None:
        self.signals.append(signal)

    def phases(self) -> list[Phase]:
        return [signal.phase for signal in self.signals if signal is not None]


class Scene:
    """A watcher over one store, and another store on the same file to change things with."""

    def __init__(self, home: Path) -> None:
        url = f"sqlite:///{home / 'signoff.db'}"
        self.mine = open_store(url, home=home)
        self.others = open_store(url, home=home)
        self.world = World(self.others, home)
        self.looks: list[tuple[UUID, ...]] = []
        self.ears: list[Ear] = []
        self.watcher = Watcher(self._open_ear, self._look, idle=0.02)

    def _open_ear(self) -> Ear:
        self.ears.append(self.mine.ear("me"))
        return self.ears[-1]

    def _look(self, run_ids: Sequence[UUID]) -> Sequence[RunSignal]:
        self.looks.append(tuple(run_ids))
        with self.mine.read() as tx:
            return tx.signals(run_ids)

    def poke(self, run: RunHandle) -> None:
        self.others.wake([Poke(self.watcher.address, run.run_id)])

    def threads(self) -> list[threading.Thread]:
        return [each for each in threading.enumerate() if each.name == "signoff-watcher"]


@pytest.fixture
def scene(signoff_home: Path) -> Iterator[Scene]:
    scene = Scene(signoff_home)
    yield scene
    scene.watcher.close()
    scene.mine.close()
    scene.others.close()


def test_nothing_runs_before_somebody_listens(scene: Scene) -> None:
    assert (scene.ears, scene.threads()) == ([], [])
    assert scene.watcher.address.startswith("unix:")
    assert scene.threads() == []


def test_a_poke_reaches_the_listeners_of_its_run_alone(scene: Scene) -> None:
    one, other = scene.world.start(), scene.world.start()
    heard, second, quiet = Heard(), Heard(), Heard()
    scene.watcher.listen(one.run_id, heard)
    scene.watcher.listen(one.run_id, second)
    scene.watcher.listen(other.run_id, quiet)
    scene.poke(one)
    wait_until(lambda: heard.signals and second.signals)
    assert heard.phases()[0] is Phase.RUNNING
    assert (one.run_id,) in scene.looks


def test_a_lost_poke_is_made_up_for_and_only_changed_runs_are_told(scene: Scene) -> None:
    changed, same = scene.world.start(), scene.world.start()
    heard, quiet = Heard(), Heard()
    scene.watcher.listen(changed.run_id, heard)
    scene.watcher.listen(same.run_id, quiet)
    # Learn where both stand, so that what follows is news for one of them only.
    scene.poke(changed)
    scene.poke(same)
    wait_until(lambda: heard.signals and quiet.signals)
    before = len(quiet.signals)
    scene.world.ask(CancelRun(changed.run_id))
    wait_until(lambda: Phase.CANCELLING in heard.phases())
    assert len(quiet.signals) == before


def test_all_watched_runs_are_looked_at_together(scene: Scene) -> None:
    runs = [scene.world.start() for _ in range(100)]
    for run in runs:
        scene.watcher.listen(run.run_id, Heard())
    scene.world.start()
    wait_until(lambda: any(len(look) == 100 for look in scene.looks))
    assert len(scene.threads()) == 1


def test_what_a_poke_says_needs_no_look(scene: Scene) -> None:
    run = scene.world.start()
    heard = Heard()
    scene.watcher.listen(run.run_id, heard)
    told = RunSignal(run.run_id, run.version + 5, run.entry, Phase.PAUSED, True)
    scene.others.wake([Poke(scene.watcher.address, run.run_id, told)])
    wait_until(lambda: told in heard.signals)


def test_a_poke_that_was_overtaken_is_not_passed_on(scene: Scene) -> None:
    run = scene.world.start()
    heard = Heard()
    scene.watcher.listen(run.run_id, heard)
    old, new, newest = (
        RunSignal(run.run_id, run.version + number, run.entry, Phase.PAUSED, False)
        for number in (1, 2, 3)
    )
    for told in (new, old, newest):
        scene.others.wake([Poke(scene.watcher.address, run.run_id, told)])
    wait_until(lambda: newest in heard.signals)
    assert old not in heard.signals


def test_a_poke_before_the_first_listener_is_not_missed(scene: Scene) -> None:
    early, bait = scene.world.start(), scene.world.start()
    baited = Heard()
    scene.watcher.listen(bait.run_id, baited)
    scene.poke(early)
    scene.poke(bait)
    wait_until(lambda: baited.signals)
    heard = Heard()
    scene.watcher.listen(early.run_id, heard)
    wait_until(lambda: heard.signals)


def test_who_stopped_listening_is_not_told(scene: Scene) -> None:
    run = scene.world.start()
    gone, heard = Heard(), Heard()
    stop = scene.watcher.listen(run.run_id, gone)
    scene.watcher.listen(run.run_id, heard)
    stop()
    stop()
    scene.poke(run)
    wait_until(lambda: heard.signals)
    assert gone.signals == []


def test_the_thread_ends_when_nobody_listens_and_starts_again(scene: Scene) -> None:
    run = scene.world.start()
    scene.watcher.listen(run.run_id, Heard())()
    wait_until(lambda: not scene.threads())
    heard = Heard()
    scene.watcher.listen(run.run_id, heard)
    scene.poke(run)
    wait_until(lambda: heard.signals)
    assert len(scene.ears) == 1


def test_a_failing_listener_does_not_deafen_the_others(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    run = scene.world.start()
    heard = Heard()

    def broken(signal: RunSignal | None) -> None:
        raise ValueError("broken")

    scene.watcher.listen(run.run_id, broken)
    scene.watcher.listen(run.run_id, heard)
    scene.poke(run)
    wait_until(lambda: heard.signals)
    scene.poke(run)
    wait_until(lambda: len(heard.signals) == 2)


def test_when_the_store_cannot_be_read_listeners_look_by_themselves(scene: Scene) -> None:
    run = scene.world.start()
    heard = Heard()

    def fails(run_ids: Sequence[UUID]) -> Sequence[RunSignal]:
        raise StoreLocked("busy")

    scene.watcher = Watcher(scene._open_ear, fails, idle=0.02)
    scene.watcher.listen(run.run_id, heard)
    scene.poke(run)
    wait_until(lambda: heard.signals)
    assert heard.signals[0] is None


def test_telling_from_here_needs_no_thread(scene: Scene) -> None:
    run = scene.world.start()
    heard = Heard()
    stop = scene.watcher.listen(run.run_id, heard)
    scene.watcher.tell([run.run_id, uuid4()])
    assert heard.phases() == [Phase.RUNNING]
    scene.watcher.tell_to_look(run.run_id)
    assert heard.signals[-1] is None
    assert scene.watcher.listens_to(run.run_id)
    stop()
    assert not scene.watcher.listens_to(run.run_id)


def test_closing_ends_the_thread_and_frees_the_address(scene: Scene) -> None:
    run = scene.world.start()
    scene.watcher.listen(run.run_id, Heard())
    path = Path(scene.watcher.address.removeprefix("unix:"))
    assert path.exists()
    scene.watcher.close()
    assert scene.threads() == []
    assert not path.exists()


def test_a_log_that_is_followed_announces_its_lines(scene: Scene) -> None:
    followed, other = scene.world.start(), scene.world.start()
    heard, quiet = Heard(), Heard()
    stop = scene.watcher.listen(followed.run_id, heard, lines=True)
    scene.watcher.listen(other.run_id, quiet)
    # Learn where both stand: from then on only the one whose log is followed is told.
    scene.poke(followed)
    scene.poke(other)
    wait_until(lambda: heard.signals and quiet.signals)
    before, silent = len(heard.signals), len(quiet.signals)
    scene.world.ask(WriteLogs((LogLine(uuid4(), followed.run_id, None, 20, "x", "a line", 1),)))
    wait_until(lambda: len(heard.signals) > before)
    assert len(quiet.signals) == silent
    stop()
    assert followed.run_id not in scene.watcher._followed
