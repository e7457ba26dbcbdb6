"""Task types that call other services: HTTP and Slack.

Owns their declarations. Their code is in `signoff.yamlflow.tasks`.
"""

from __future__ import annotations

from typing import Any

from signoff.yamlflow.catalog.names import PLUGIN, core
from signoff.yamlflow.catalog.schemas import (
    TEXT_MAP,
    anything,
    choice,
    duration,
    either,
    flag,
    list_of,
    map_of,
    object_of,
    text,
    whole,
)
from signoff.yamlflow.catalog.types import TaskType

_AUTH = object_of(
    {
        "type": choice("The kind.", "BASIC", "BEARER"),
        "username": text("For BASIC."),
        "password": text("For BASIC."),
        "token": text("For BEARER."),
    },
    "How it logs in.",
    required=["type"],
)
_OPTIONS = object_of(
    {
        "auth": _AUTH,
        "basicAuthUser": text("User name; `auth` says the same."),
        "basicAuthPassword": text("Password; `auth` says the same."),
        "timeout": object_of(
            {
                "connectTimeout": duration("To connect."),
                "readIdleTimeout": duration("Between two pieces of the answer."),
            },
            "How long it waits.",
        ),
        "connectTimeout": duration("How long it waits to connect."),
        "readTimeout": duration("How long it waits for the answer.", default="PT1M"),
        "followRedirects": flag("It goes where it is sent.", True),
        "allowFailed": flag("An answer of 400 or more is no failure."),
        "allowedResponseCodes": list_of(
            whole("A code."), "Codes that are no failure besides those below 400."
        ),
        "defaultCharset": text("Of answers that do not say.", default="UTF-8"),
        "ssl": object_of(
            {"insecureTrustAllCertificates": flag("Every certificate is trusted.")},
            "About certificates.",
        ),
        "proxy": object_of(
            {
                "type": choice("The kind.", "DIRECT", "HTTP", default="HTTP"),
                "address": text("Its host."),
                "port": whole("Its port."),
                "username": text("User name."),
                "password": text("Password."),
            },
            "A proxy to go through.",
        ),
    },
    "How the request is made.",
    **{
        "x-ignored": {
            "connectionPoolIdleTimeout": "connections are not kept",
            "readIdleTimeout": "`readTimeout` holds for the whole answer",
            "maxContentLength": "answers of any length are taken",
            "logLevel": "requests are not logged",
            "logs": "requests are not logged",
        },
    },
)
_REQUEST: dict[str, Any] = {
    "uri": text("Where to."),
    "method": choice(
        "The method.",
        *("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"),
        default="GET",
    ),
    "body": anything("What is sent; a map or a list is sent as JSON.", **{"x-typed": True}),
    "formData": map_of({"x-typed": True}, "Fields of a form to send; files as `{content, name}`."),
    "contentType": text("What the body is, such as `application/json`."),
    "headers": TEXT_MAP,
    "params": map_of({"x-typed": True}, "What follows the `?` of the address."),
    "options": _OPTIONS,
}
_IGNORED = {"sslOptions": "use `options.ssl`"}
_REFUSED = {
    "encryptBody": "outputs are kept readable, so do not fetch secrets; `secret()` reads them from "
    "the environment or a file"
}
_ONE_FLAG = {"allowFailed": "use `options.allowFailed`"}

REQUEST = TaskType(
    name=core("http.Request"),
    title="Make an HTTP request.",
    aliases=(f"{PLUGIN}.fs.http.Request",),
    deprecated=frozenset((f"{PLUGIN}.fs.http.Request",)),
    properties={
        **_REQUEST,
        "allowFailed": flag("An answer of 400 or more is no failure."),
    },
    required=("uri",),
    ignored=_IGNORED,
    refused=_REFUSED,
    outdated=_ONE_FLAG,
    outputs={
        "code": {"type": "integer", "description": "The status."},
        "body": {"description": "The answer, as text."},
        "headers": {"type": "object", "description": "Lists of values by name."},
        "uri": {"type": "string", "description": "Where the answer came from."},
    },
)

DOWNLOAD = TaskType(
    name=core("http.Download"),
    title="Download a file over HTTP.",
    aliases=(f"{PLUGIN}.fs.http.Download",),
    deprecated=frozenset((f"{PLUGIN}.fs.http.Download",)),
    properties={
        **_REQUEST,
        "failOnEmptyResponse": flag("An empty answer is a failure.", True),
        "saveAs": text("Name of the file."),
    },
    required=("uri",),
    ignored=_IGNORED,
    refused=_REFUSED,
    outputs={
        "uri": {"type": "string", "description": "Where the file is kept."},
        "code": {"type": "integer", "description": "The status."},
        "length": {"type": "integer", "description": "Bytes."},
        "headers": {"type": "object", "description": "Lists of values by name."},
    },
)

_SLACK: dict[str, Any] = {
    "url": text("The address Slack gave for the webhook."),
    "messageText": text("The message."),
    "options": _OPTIONS,
}


def _slack(short: str) -> dict[str, Any]:
    """Name and equal names of a Slack type: the plugin has moved twice."""
    return {
        "name": f"{PLUGIN}.slack.notifications.{short}",
        "aliases": (f"{PLUGIN}.notifications.slack.{short}", f"{PLUGIN}.slack.{short}"),
    }


SLACK_WEBHOOK = TaskType(
    **_slack("SlackIncomingWebhook"),
    title="Send a message to a Slack webhook.",
    properties={
        **_SLACK,
        "payload": either(
            "The whole message: JSON text, or a map.", text("JSON."), map_of({}, "A map.")
        ),
    },
    required=("url",),
)

SLACK_EXECUTION = TaskType(
    **_slack("SlackExecution"),
    title="Send facts about a run to a Slack webhook.",
    properties={
        **_SLACK,
        "channel": text("Which channel."),
        "username": text("Under which name."),
        "iconUrl": text("Address of a picture."),
        "iconEmoji": text("A picture by name, such as `:wave:`."),
        "customMessage": text("A message of your own."),
        "customFields": map_of({}, "Further facts by name."),
    },
    required=("url",),
    ignored={
        "executionId": "the facts are those of this run",
        "templateUri": "the message has one form here",
        "templateRenderMap": "the message has one form here",
    },
)

CALLS = (REQUEST, DOWNLOAD, SLACK_WEBHOOK, SLACK_EXECUTION)
