"""Flows that are loaded from elsewhere: a folder, a file, or a git repository.

Owns finding the code and loading the flow in it. Whoever starts a run of such a flow later needs
the folder at the same place; a repository is fetched there.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from signoff.core.entrypoints import entry_record
from signoff.engine.entry import load_file, load_module
from signoff.gateway.connect import get_gateway
from signoff.model.errors import NotReentrant
from signoff.model.journal import Source
from signoff.runner.storage import GitRepository, checked_out, token_of


def load_flow(entrypoint: str, folder: Path | None = None, source: Source | None = None) -> Any:
    """The flow of an entrypoint.

    Args:
        entrypoint: `path/to/file.py:function`, or `package.module:function`.
        folder: what the path is relative to; the working directory when not given.
        source: the repository that was fetched into the folder; runs fetch it again.

    Raises:
        InvalidRequest: the text is no entrypoint.
        NotReentrant: there is no such file or flow, or loading it failed; the message says why.
    """
    here = (folder or Path.cwd()).resolve()
    record = entry_record(entrypoint, str(here))
    if str(here) not in sys.path:
        sys.path.insert(0, str(here))
    if record.file is not None:
        if not os.path.exists(record.file):
            raise NotReentrant(f"There is no file {record.file} (entrypoint {entrypoint!r}).")
        module = load_file(record.file)
    else:
        module = load_module(record.module or "")
    found: Any = module
    for part in record.qualname.split("."):
        found = getattr(found, part, None)
    if not hasattr(found, "to_deployment"):
        flows = ", ".join(sorted(_flows(module))) or "none"
        raise NotReentrant(
            f"{record.file or record.module} has no flow {record.qualname!r}; its flows: {flows}."
        )
    elsewhere = record if source is None else entry_record(entrypoint, None, source)
    found.spec.entry = lambda: elsewhere
    return found


def load_flow_from_entrypoint(entrypoint: str, use_placeholder_flow: bool = True) -> Any:
    """The flow of an entrypoint, as documented.

    Args:
        entrypoint: `path/to/file.py:function`, or `package.module.function`.
        use_placeholder_flow: accepted as documented and without effect: a file that cannot be
            loaded is an error, which says why.

    Raises:
        InvalidRequest: the text is no entrypoint.
        NotReentrant: there is no such file or flow, or loading it failed; the message says why.
    """
    if ":" not in entrypoint:
        entrypoint = ":".join(entrypoint.rsplit(".", 1))
    return load_flow(entrypoint)


def _flows(module: Any) -> list[str]:
    return [name for name, value in vars(module).items() if hasattr(value, "to_deployment")]


def from_source(source: str | Path | GitRepository, entrypoint: str) -> Any:
    """A flow of a folder or git repository; `Flow.from_source` documents it."""
    if isinstance(source, GitRepository) or _is_url(str(source)):
        wanted = source if isinstance(source, GitRepository) else GitRepository(str(source))
        return _of_repository(wanted, entrypoint)
    folder = Path(source).expanduser()
    if not folder.is_dir():
        raise NotReentrant(
            f"The source {str(source)!r} is no folder here, and no URL of a git repository."
        )
    return load_flow(entrypoint, folder)


def _of_repository(wanted: GitRepository, entrypoint: str) -> Any:
    source, clear = wanted.source, wanted.token_in_clear
    token = clear if clear is not None else token_of(source, get_gateway())
    found = load_flow(entrypoint, checked_out(source, token), source)
    if clear is not None:
        why = (
            "the access token of its repository was given in clear and would be stored; keep it "
            'as a Secret and give that, or name an environment variable ("$NAME")'
        )
        refused = replace(found.spec.entry(), refusal=why)
        found.spec.entry = lambda: refused
    return found


def _is_url(source: str) -> bool:
    return "://" in source or source.startswith("git@")
