"""Flow triggers of a server: what happened to runs is looked at after every change.

Owns the loop from what has been seen to what starts. That each event counts once is the service's
promise: several servers may do this at once, and any of them may die.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any

from signoff.core.ports import Clock
from signoff.model.actors import SERVICE
from signoff.model.documents import ReadDocument
from signoff.model.following import (
    Followed,
    FollowedTrigger,
    FollowRuns,
    FollowStart,
    FollowState,
    FollowWork,
    ReadFollowWork,
    Seen,
)
from signoff.model.forms import Json
from signoff.model.saved_flows import ReadSavedFlow
from signoff.server.desk import Service

AGAIN = 1_000_000
"""Microseconds until the next look, while there are triggers: what others commit can be read a
little later than it is heard of."""

_logger = logging.getLogger("signoff.server")


class Following:
    """Looks at what flow triggers have not seen yet.

    Args:
        service: carries requests out.
        clock: the store's time, UTC microseconds since the epoch.
        parse: makes a document of the digest and text of one.

    Attributes:
        any: there were triggers at the last look, so that changes have to be looked at soon.
    """

    def __init__(self, service: Service, clock: Clock, parse: Callable[[str, str], Any]) -> None:
        self._service = service
        self._clock = clock
        self._parse = parse
        self.any = True

    def sweep(self) -> int | None:
        """Look at everything that happened; returns when to look again, None for no triggers."""
        while True:
            work: FollowWork = self._ask(ReadFollowWork())
            self.any = bool(work.triggers)
            if not self.any:
                return None
            if work.upto > work.after and not self._follow(work):
                return self._clock() + AGAIN
            if not work.more:
                return self._clock() + AGAIN

    def _follow(self, work: FollowWork) -> bool:
        """Judge what was seen; False when somebody else was first."""
        starts: list[FollowStart] = []
        states: list[FollowState] = []
        for trigger in work.triggers:
            state = trigger.state
            for seen in work.seen:
                state = self._judge(trigger, seen, state, starts)
            if state != trigger.state:
                named = (trigger.namespace, trigger.flow, trigger.facts.id)
                states.append(FollowState(*named, state))
        request = FollowRuns(work.after, work.upto, tuple(starts), tuple(states))
        done: Followed = self._ask(request)
        for refusal in done.refused:
            _logger.warning("%s", refusal)
        return done.done

    def _judge(
        self, trigger: FollowedTrigger, seen: Seen, state: Any, starts: list[FollowStart]
    ) -> Any:
        """What a trigger remembers after an event; a start is added where it fires."""
        following = import_module("signoff.yamlflow.triggering.following")
        verdict = following.judged(trigger, seen, state)
        if not verdict.matches:
            return state
        try:
            fires = self._start(trigger, seen) if verdict.fires else None
        except Exception as error:  # one trigger that is wrong must not keep others from firing
            _logger.warning(
                "Trigger %s of %s/%s cannot be judged: %s",
                trigger.facts.id,
                trigger.namespace,
                trigger.flow,
                error,
            )
            return verdict.state
        if fires is None:
            return verdict.state
        starts.append(fires)
        return following.reset(trigger, verdict.state)

    def _start(self, trigger: FollowedTrigger, seen: Seen) -> FollowStart | None:
        """The run that is to start; None when the conditions are not met."""
        saved = self._ask(ReadSavedFlow(trigger.namespace, trigger.flow))
        latest = saved.latest
        document = self._parse(latest.digest, latest.source or self._text(latest.digest))
        declared = next(each for each in document.triggers if each.id == trigger.facts.id)
        said: dict[str, Json] = {
            "executionId": str(seen.run_id),
            "namespace": seen.namespace,
            "flowId": seen.flow,
            "flowRevision": seen.revision,
            "state": seen.state,
            "outputs": seen.outputs if isinstance(seen.outputs, dict) else {},
        }
        scope = import_module("signoff.yamlflow.triggering.scope").Scope(
            document, latest.revision, self._ask, said
        )
        if not scope.holds(declared):
            return None
        inputs = scope.asked(declared)
        named = (trigger.namespace, trigger.flow, trigger.facts.id)
        return FollowStart(*named, seen.seq, inputs, said)

    def _text(self, digest: str) -> str:
        text: str = self._ask(ReadDocument(digest))
        return text

    def _ask(self, request: Any) -> Any:
        return self._service.apply(request, SERVICE)
