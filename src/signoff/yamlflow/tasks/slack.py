"""Tasks that write to Slack.

Owns the incoming webhook, with a payload of one's own and with one that tells about a run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.http import read_whole, sent
from signoff.yamlflow.tasks.running import TaskFailed
from signoff.yamlflow.tasks.saying import in_text


def _post(context: RunContext, properties: Mapping[str, Any], payload: str) -> None:
    request = {
        "uri": properties["url"],
        "method": "POST",
        "contentType": "application/json",
        "options": properties.get("options"),
    }
    with sent(context, request, content=payload.encode()) as response:
        answer = read_whole(response).decode("utf-8", errors="replace")
        if not response.is_success:
            # The address of a webhook is a secret in itself, so the message leaves it out.
            raise TaskFailed(f"The webhook answered {response.status_code}: {answer[:500]}")


class IncomingWebhook:
    """Posts a message."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Post `payload` (JSON text or a map), or `messageText`."""
        payload = properties.get("payload")
        text = properties.get("messageText")
        if payload is None and text is None:
            raise TaskFailed("Property `payload`: give it, or `messageText`.")
        if payload is None:
            payload = {}
        elif isinstance(payload, str):
            try:
                payload = json.loads(payload)
            except ValueError as error:
                raise TaskFailed(f"Property `payload`: it is no JSON ({error}).") from error
        if text is not None:
            payload = {**payload, "text": in_text(text)}
        _post(context, properties, json.dumps(payload, ensure_ascii=False))
        return {}


class Execution:
    """Posts the facts of a run."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Post which run of which flow is in which state, and `customMessage`, `customFields`."""
        flow = context.variables.get("flow") or {}
        execution = context.variables.get("execution") or {}
        facts = {
            "Namespace": flow.get("namespace"),
            "Flow": flow.get("id"),
            "Execution": execution.get("id"),
            "Status": execution.get("state"),
            **(properties.get("customFields") or {}),
        }
        lines = [f"*{key}:* {in_text(value)}" for key, value in facts.items() if value is not None]
        if message := properties.get("customMessage"):
            lines.insert(0, in_text(message))
        payload = {"text": "\n".join(lines)}
        for ours, theirs in (
            ("channel", "channel"),
            ("username", "username"),
            ("iconEmoji", "icon_emoji"),
            ("iconUrl", "icon_url"),
        ):
            if value := properties.get(ours):
                payload[theirs] = str(value)
        _post(context, properties, json.dumps(payload, ensure_ascii=False))
        return {}
