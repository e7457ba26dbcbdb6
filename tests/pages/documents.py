"""Saved flows as the tests of their pages need them."""

from __future__ import annotations

from signoff.gateway.http import HttpGateway
from signoff.model.saved_flows import SavedFlow, SaveFlow

RELEASE = """# Releases go out when somebody has signed them off.
id: {id}
namespace: company.team
description: Ships a version **when somebody has signed it off**.
labels: {{team: ops}}
concurrency: {{limit: 2, behavior: FAIL}}
inputs:
  - {{id: version, type: STRING, displayName: Version}}
  - {{id: notes, type: FILE, required: false, displayName: Notes}}
  - {{id: shout, type: STRING, defaults: "{{{{ inputs.version | upper }}}}", displayName: Shout}}
tasks:
  - id: both
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - id: check
        type: io.kestra.plugin.core.flow.If
        condition: "{{{{ inputs.version == 'x' }}}}"
        then:
          - {{id: stop, type: io.kestra.plugin.core.log.Log, message: no}}
  - id: ship
    type: io.kestra.plugin.core.log.Log
    message: Shipping {{{{ inputs.version }}}}
triggers:
  - id: nightly
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 3 * * *"
    timezone: Europe/Berlin
    inputs: {{version: "1.0"}}
  - {{id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: s3cr3t/key}}
  - id: after
    type: io.kestra.plugin.core.trigger.Flow
    flows: [{{namespace: company.team, flowId: build, states: [SUCCESS]}}]
    inputs: {{version: "2.0"}}
"""
"""A flow with something of everything; give it an id."""


def release(id: str) -> str:
    """The text of a flow with something of everything."""
    return RELEASE.format(id=id)


def small(id: str, message: str = "hi", **more: str) -> str:
    """The text of a flow of one task."""
    further = "".join(f"{name}: {value}\n" for name, value in more.items())
    return (
        f"id: {id}\nnamespace: shop\n{further}tasks:\n  - id: say\n"
        f"    type: io.kestra.plugin.core.log.Log\n    message: {message}\n"
    )


def save(gateway: HttpGateway, source: str) -> SavedFlow:
    """Save a document; the server reads it itself."""
    return gateway.send(SaveFlow(source))
