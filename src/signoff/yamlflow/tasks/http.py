"""Tasks that speak HTTP.

Owns Request and Download, and the one place where a task's requests leave the process.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from signoff.yamlflow.durations import seconds
from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.running import TaskFailed
from signoff.yamlflow.tasks.saying import in_text
from signoff.yamlflow.truth import truthy

if TYPE_CHECKING:
    from httpx._types import RequestFiles

MOST_BYTES = 100 * 1024 * 1024
"""The largest body that is read; a larger one fails the task instead of filling the memory."""

_CONNECT, _READ = 10.0, 60.0


def routed(url: str, routes: Mapping[str, str]) -> str:
    """An address, or what the settings say stands for it: the longest prefix wins.

    A prefix ends at a `/`, `?` or the end of the address, so `https://a.io` is no prefix of
    `https://a.io.example`.
    """
    for prefix in sorted(routes, key=len, reverse=True):
        rest = url.removeprefix(prefix.rstrip("/"))
        if rest != url and (not rest or rest[0] in "/?#"):
            return routes[prefix].rstrip("/") + rest
    return url


@contextmanager
def sent(
    context: RunContext, properties: Mapping[str, Any], **body: Any
) -> Iterator[httpx.Response]:
    """The response to a request, its body not read yet.

    Args:
        context: whose routes apply.
        properties: `uri`, `method`, `headers`, `options` of the task.
        body: `content`, `data` or `files`, as httpx takes them.

    Raises:
        TaskFailed: the address is none, or nobody answered.
    """
    url = routed(str(properties["uri"]), context.routes)
    if not url.lower().startswith(("http://", "https://")):
        raise TaskFailed(
            f"Property `uri`: {url!r} is no address to send a request to; it begins with http:// "
            "or https://."
        )
    options = properties.get("options") or {}
    try:
        with (
            httpx.Client(**_client(options)) as client,
            client.stream(
                str(properties.get("method") or "GET").upper(),
                httpx.URL(url).copy_merge_params(_params(properties)),
                headers=_headers(properties, options),
                **body,
            ) as response,
        ):
            yield response
    except httpx.InvalidURL as error:
        raise TaskFailed(f"Property `uri`: {url!r} is no address ({error}).") from error
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise TaskFailed(f"{properties['uri']} did not answer: {reason}") from error


def _client(options: Mapping[str, Any]) -> dict[str, Any]:
    limits = options.get("timeout") or {}
    connect = limits.get("connectTimeout") or options.get("connectTimeout")
    read = limits.get("readIdleTimeout") or options.get("readTimeout")
    verify = not truthy((options.get("ssl") or {}).get("insecureTrustAllCertificates", False))
    return {
        "timeout": httpx.Timeout(
            seconds(str(read), field="options.timeout.readIdleTimeout") if read else _READ,
            connect=seconds(str(connect), field="options.timeout.connectTimeout")
            if connect
            else _CONNECT,
        ),
        "follow_redirects": truthy(options.get("followRedirects", True)),
        "auth": _basic(options),
        "proxy": _proxy(options.get("proxy") or {}),
        "verify": verify,
    }


def _basic(options: Mapping[str, Any]) -> tuple[str, str] | None:
    auth = options.get("auth") or {}
    if str(auth.get("type", "BASIC")).upper() == "BASIC" and "username" in auth:
        return str(auth["username"]), str(auth.get("password") or "")
    if not auth and options.get("basicAuthUser"):
        return str(options["basicAuthUser"]), str(options.get("basicAuthPassword") or "")
    return None


def _proxy(proxy: Mapping[str, Any]) -> httpx.Proxy | None:
    """The proxy to go through; one without an address is none."""
    if str(proxy.get("type", "HTTP")).upper() == "DIRECT" or not proxy.get("address"):
        return None
    port = f":{proxy['port']}" if proxy.get("port") else ""
    login = None
    if proxy.get("username"):
        login = (str(proxy["username"]), str(proxy.get("password") or ""))
    return httpx.Proxy(f"http://{proxy['address']}{port}", auth=login)


def _params(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What is added behind the `?`."""
    return {
        str(key): [in_text(each) for each in value] if isinstance(value, list) else in_text(value)
        for key, value in (properties.get("params") or {}).items()
    }


def _headers(properties: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, str]:
    headers = {str(key): in_text(value) for key, value in (properties.get("headers") or {}).items()}
    auth = options.get("auth") or {}
    if str(auth.get("type", "")).upper() == "BEARER":
        headers["Authorization"] = f"Bearer {auth.get('token', '')}"
    if content_type := properties.get("contentType"):
        headers["Content-Type"] = str(content_type)
    return headers


def _body(context: RunContext, properties: Mapping[str, Any]) -> dict[str, Any]:
    form = properties.get("formData")
    if form is not None:
        if not isinstance(form, Mapping):
            raise TaskFailed(f"Property `formData`: {in_text(form)!r} is no map.")
        if str(properties.get("contentType", "")).lower() == "multipart/form-data":
            return {"files": _parts(context, form)}
        return {"data": {str(key): in_text(value) for key, value in form.items()}}
    body = properties.get("body")
    return {} if body is None else {"content": in_text(body).encode()}


def _parts(context: RunContext, form: Mapping[str, Any]) -> RequestFiles:
    parts: dict[str, Any] = {}
    for key, value in form.items():
        if isinstance(value, Mapping) and "content" in value:
            uri = str(value["content"])
            name = str(value.get("name") or posixpath.basename(uri))
            parts[str(key)] = (name, context.files.read(uri))
        else:
            parts[str(key)] = (None, in_text(value))
    return parts


def read_whole(response: httpx.Response) -> bytes:
    """The body of a response.

    Raises:
        TaskFailed: it is larger than 100 MiB.
    """
    chunks, size = [], 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > MOST_BYTES:
            raise TaskFailed(
                f"{response.request.url} sends more than {MOST_BYTES // 1024 // 1024} MiB."
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _described(response: httpx.Response) -> dict[str, Any]:
    headers: dict[str, list[str]] = {}
    for key, value in response.headers.multi_items():
        headers.setdefault(key, []).append(value)
    return {"uri": str(response.request.url), "code": response.status_code, "headers": headers}


class Request:
    """Sends a request."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send it; a status of 400 and above fails the task unless `allowFailed`."""
        if "multipart" in str(properties.get("contentType", "")).lower():
            body = _body(context, properties)
            properties = {key: val for key, val in properties.items() if key != "contentType"}
        else:
            body = _body(context, properties)
        with sent(context, properties, **body) as response:
            content = read_whole(response)
            text = _decoded(content, response, properties.get("options") or {})
            outputs = {**_described(response), "body": text}
        response_options = properties.get("options") or {}
        allowed = response_options.get("allowedResponseCodes") or []
        fine = response.status_code in map(int, allowed) if allowed else response.is_success
        if not fine and not any(
            truthy(each.get("allowFailed")) for each in (properties, response_options)
        ):
            raise TaskFailed(
                f"{properties['uri']} answered {response.status_code} "
                f"{response.reason_phrase}: {text[:500]}".rstrip(": "),
                outputs,
            )
        return outputs


def _decoded(content: bytes, response: httpx.Response, options: Mapping[str, Any]) -> str:
    charset = response.charset_encoding or str(options.get("defaultCharset") or "utf-8")
    try:
        return content.decode(charset, errors="replace")
    except LookupError as error:
        raise TaskFailed(f"There is no encoding {charset!r}.") from error


class Download:
    """Fetches a file and keeps it."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Fetch `uri`; an empty body fails unless `failOnEmptyResponse` is false."""
        with sent(context, properties, **_body(context, properties)) as response:
            content = read_whole(response)
            outputs = _described(response)
        if not response.is_success:
            raise TaskFailed(
                f"{properties['uri']} answered {response.status_code} {response.reason_phrase}.",
                outputs,
            )
        if not content and truthy(properties.get("failOnEmptyResponse", True)):
            raise TaskFailed(f"{properties['uri']} answered without a content.", outputs)
        name = properties.get("saveAs") or posixpath.basename(urlsplit(outputs["uri"]).path)
        uri = context.files.write(str(name or "download"), content)
        return {**outputs, "uri": uri, "length": len(content)}
