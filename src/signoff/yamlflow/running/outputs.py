"""What the tasks of a run have put out so far.

Owns `outputs` and `tasks` of the scope: by task, and inside loops by the values of the loops around
it. Branches that run at the same time write here; each key is written by one task only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

from signoff.yamlflow.running.outcome import Done, Verdict


class Board:
    """What has been done, for expressions and for the end of the run.

    Attributes:
        outputs: by task id; in loops further by the value of each loop.
        states: `{"state": ...}` by task id; of a task in a loop its latest.
        failures: tasks that failed, in order.
    """

    def __init__(self) -> None:
        self.outputs: dict[str, Any] = {}
        self.states: dict[str, dict[str, str]] = {}
        self.failures: list[Done] = []
        # A group tells of what is inside it once more, with the very values known already.
        self._failed: set[int] = set()
        self._lock = Lock()

    def put_early(self, id: str, path: tuple[str, ...], outputs: Mapping[str, Any]) -> None:
        """Let tasks inside a group see what the group has put out so far."""
        with self._lock:
            self._set(id, path, outputs)

    def put(self, done: Done) -> None:
        """Take note of a task that has ended."""
        with self._lock:
            self.states[done.id] = {"state": str(done.verdict)}
            if done.verdict is Verdict.FAILED and id(done) not in self._failed:
                self._failed.add(id(done))
                self.failures.append(done)
            if done.verdict is Verdict.SKIPPED:
                return
            self._set(done.id, done.path, done.outputs)

    def arrange(self, ids: Iterable[str], path: tuple[str, ...], values: Sequence[str]) -> None:
        """Bring outputs of the turns of a loop into the order of its values.

        Args:
            ids: the tasks in the loop.
            path: the values of the loops around it.
            values: those of the loop.
        """
        with self._lock:
            for id in ids:
                place = self.outputs.get(id)
                for value in path:
                    place = place.get(value) if isinstance(place, dict) else None
                if isinstance(place, dict):
                    place.update({key: place.pop(key) for key in values if key in place})

    def _set(self, id: str, path: tuple[str, ...], outputs: Mapping[str, Any]) -> None:
        place, key = self.outputs, id
        for value in path:
            known = place.get(key)
            if not isinstance(known, dict):
                known = place[key] = {}
            place, key = known, value
        place[key] = dict(outputs)

    def error_logs(self) -> list[Mapping[str, object]]:
        """What failed, as the function `errorLogs()` tells it."""
        return [
            {"taskId": done.id, "level": "ERROR", "message": done.message or ""}
            for done in list(self.failures)
        ]
