"""Code in git repositories: the documented `GitRepository`, and a copy of one to load flows from.

Owns what is asked of git. Must not know flows.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from signoff.gateway.settings import current_settings
from signoff.model.errors import NotReentrant

PATIENCE = 300
"""Seconds that git may take."""


@dataclass(frozen=True, slots=True)
class GitRepository:
    """A git repository that holds flows.

    Args:
        url: anything that `git clone` understands.
        branch: branch or tag; the default branch when not given.
        commit_sha: exactly this commit.
    """

    url: str
    branch: str | None = None
    commit_sha: str | None = None


def checked_out(repository: GitRepository) -> Path:
    """A copy of the repository, as it is now."""
    identity = f"{repository.url} {repository.branch} {repository.commit_sha}"
    digest = hashlib.blake2b(identity.encode(), digest_size=8).hexdigest()
    folder = current_settings().home / "sources" / digest
    if not (folder / ".git").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _git(repository.url, "clone", "--quiet", "--", repository.url, str(folder))
    else:
        _git(repository.url, "-C", str(folder), "fetch", "--quiet", "--tags", "origin")
    wanted = repository.commit_sha or repository.branch
    # A branch is meant as the origin has it, not as it was when it was cloned.
    tries = [wanted] if repository.commit_sha else [f"origin/{wanted or 'HEAD'}", wanted]
    for each in tries:
        if each and _has(folder, each):
            _git(repository.url, "-C", str(folder), "checkout", "--quiet", "--detach", each)
            return folder
    raise NotReentrant(f"The repository {repository.url} has no branch, tag or commit {wanted!r}.")


def _has(folder: Path, name: str) -> bool:
    command = ["git", "-C", str(folder), "rev-parse", "--quiet", "--verify", f"{name}^{{commit}}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _git(url: str, *words: str) -> None:
    try:
        done = subprocess.run(
            ["git", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            # Nobody sits at this process who could type a password.
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        )
    except FileNotFoundError:
        raise NotReentrant("A git repository needs the program `git`, which is not here.") from None
    except subprocess.TimeoutExpired:
        raise NotReentrant(f"git did not get {url} within {PATIENCE} seconds.") from None
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise NotReentrant(f"git cannot get {url}: {said[-1] if said else done.returncode}")
