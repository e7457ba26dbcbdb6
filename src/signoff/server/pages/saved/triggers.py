"""What starts runs of a saved flow by itself, in words.

Owns their wording, and that the key of a webhook is told only to those who ask for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from signoff.model.deployments import DeploymentResponse
from signoff.model.saved_flows import ReadTriggers, ReadWebhookKey, TriggerFacts, TriggerKind
from signoff.server.pages.catalog.deployments import when_due
from signoff.server.pages.saved.known import Known
from signoff.server.pages.visits import Visit
from signoff.wire.yaml_flows import FlowPart

_KINDS = {
    TriggerKind.SCHEDULE: "Schedule",
    TriggerKind.WEBHOOK: "Webhook",
    TriggerKind.FLOW: "Other flows",
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger on the page.

    Args:
        id, kind: which one.
        sentence: when it starts a run.
        when: conditions that must hold besides.
        line: where it stands in the document; None when that is unknown.
        disabled: it starts nothing.
        address: of a webhook, without the key.
        key: of a webhook, for those who asked.
    """

    id: str
    kind: str
    sentence: str
    when: tuple[str, ...]
    line: int | None
    disabled: bool
    address: str = ""
    key: str = ""

    @property
    def whole_address(self) -> str:
        """The address with its key; the key as written where it is an expression."""
        return self.address + (self.key if "{{" in self.key else quote(self.key, safe=""))


async def read_triggers(
    visit: Visit, known: Known, deployment: DeploymentResponse, parts: Iterable[FlowPart]
) -> tuple[Trigger, ...]:
    """The triggers of a flow; the key of the one that the visitor asked for."""
    asked = visit.asked("webhook")
    lines = {each.id: each.line for each in parts if each.section == "triggers"}
    times = {each.slug: when_due(each) for each in deployment.schedules}
    found = []
    for each in await visit.ask(ReadTriggers(known.namespace, known.id)):
        hook = each.kind is TriggerKind.WEBHOOK
        key = ""
        if hook and each.id == asked:
            key = await visit.ask(ReadWebhookKey(known.namespace, known.id, each.id))
        found.append(
            Trigger(
                id=each.id,
                kind=_KINDS[each.kind],
                sentence=_sentence(each, times),
                when=each.when,
                line=lines.get(each.id),
                disabled=each.disabled,
                address=_address(known) if hook else "",
                key=key,
            )
        )
    return tuple(found)


def _address(known: Known) -> str:
    namespace, flow = (quote(each, safe="") for each in (known.namespace, known.id))
    return f"/api/executions/webhook/{namespace}/{flow}/"


def _sentence(trigger: TriggerFacts, times: Mapping[str | None, str]) -> str:
    told = trigger.properties
    if trigger.kind is TriggerKind.SCHEDULE:
        return times.get(trigger.id) or f"cron {told.get('cron')}"
    if trigger.kind is TriggerKind.WEBHOOK:
        return "when its address is called"
    flows: Any = told.get("flows") or ()
    names = [_name(each) for each in flows if isinstance(each, Mapping)]
    of = f"a run of {' and '.join(names)}" if names else "a run of any flow"
    states: Any = told.get("states")
    ends = f" is {' or '.join(map(str, states))}" if states else " ends or pauses"
    return f"when {of}{ends}"


def _name(flow: Mapping[str, Any]) -> str:
    parts = (flow.get("namespace"), flow.get("flowId"))
    return "/".join(str(each) for each in parts if each) or "any flow"
