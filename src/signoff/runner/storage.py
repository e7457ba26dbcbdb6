"""Code in git repositories: the documented `GitRepository`, and copies of one to load flows from.

Owns what is asked of git, and that a token is neither stored, shown nor given on a command line.
Each commit has a folder of its own that never changes, so that runs which begin beside each other
with different code do not meet. Must not know flows.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from signoff.core.ports import Gateway
from signoff.core.pulling import IN_CLEAR, has_password
from signoff.gateway.settings import current_settings
from signoff.model.errors import NotReentrant, ObjectNotFound
from signoff.model.journal import EntryRecord, Source
from signoff.model.secrets import OpenSecret

PATIENCE = 300
"""Seconds that git may take."""
UNUSED = 30 * 86_400
"""Seconds after which the code of a commit is removed from which no run was started."""
_REPOSITORY = "repository.git"
_HEAD = "refs/signoff/HEAD"
_REFS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", f"+HEAD:{_HEAD}")


@dataclass(frozen=True, slots=True)
class GitRepository:
    """A git repository that holds flows.

    Args:
        url: anything that `git clone` understands, without a password.
        credentials: `{"access_token": ...}` for a private repository: a `Secret` that was loaded
            or saved, or `"$NAME"` of an environment variable where the code is fetched. A token in
            clear works in this process, and cannot be deployed. `"username"` goes with it where
            the host wants a certain one.
        branch: branch or tag; the default branch when not given.
        commit_sha: exactly this commit.
        name, pull_interval: accepted as documented and not needed: each start of a run fetches.
        directories: accepted as documented; the other folders are fetched, too.
        include_submodules: fetch its submodules, too, and theirs. The token opens those only whose
            URLs begin with that of the repository.

    Raises:
        ValueError: the URL holds a password.
    """

    url: str
    credentials: Mapping[str, Any] | None = None
    branch: str | None = None
    commit_sha: str | None = None
    name: str | None = None
    include_submodules: bool = False
    pull_interval: int | None = 60
    directories: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if has_password(self.url):
            raise ValueError(f"`url`: {IN_CLEAR}.")
        unknown = set(self.credentials or ()) - {"access_token", "username"}
        if unknown:
            names = ", ".join(sorted(map(repr, unknown)))
            raise ValueError(f"`credentials` has access_token and username, not {names}.")

    @property
    def source(self) -> Source:
        """The same as it is stored; a token in clear is left out."""
        given = self.credentials or {}
        token = given.get("access_token")
        if isinstance(token, str):
            name = token if token.startswith("$") else None
        else:
            name = getattr(token, "kept_as", None)
        return Source(
            self.url,
            self.branch,
            self.commit_sha,
            name,
            given.get("username"),
            self.include_submodules,
        )

    @property
    def token_in_clear(self) -> str | None:
        """A token that has no name by which another process could find it."""
        token = (self.credentials or {}).get("access_token")
        if token is None or self.source.token is not None:
            return None
        return token if isinstance(token, str) else str(token.get())


def located(record: EntryRecord, gateway: Gateway, folder: str | None = None) -> EntryRecord:
    """An entry record by which a flow can be loaded here, its code fetched.

    Args:
        record: the record.
        gateway: where secrets are.
        folder: where the code is, when it was fetched already.

    Raises:
        NotReentrant: the code is not to be had; the message says why.
    """
    source = record.source
    if source is None:
        return record
    if folder is None:
        folder = str(checked_out(source, token_of(source, gateway)))
    file = None if record.file is None else os.path.join(folder, record.file)
    return replace(record, directory=folder, path=(folder, *record.path), file=file, source=None)


def token_of(source: Source, gateway: Gateway) -> str | None:
    """The token for a repository, in clear.

    Raises:
        NotReentrant: there is no such secret, or the variable is not set.
    """
    name = source.token
    if name is None:
        return None
    if name.startswith("$"):
        found = os.environ.get(name[1:])
        if not found:
            raise NotReentrant(
                f"The access token of {source.url} is wanted from the environment variable "
                f"{name[1:]}, which is not set here."
            )
        return found
    try:
        return str(gateway.send(OpenSecret(name)).value)
    except ObjectNotFound:
        raise NotReentrant(
            f"The access token of {source.url} is wanted from the secret {name!r}, and there is "
            f'none of this name; keep it with Secret(value=...).save("{name}").'
        ) from None


def checked_out(source: Source, token: str | None = None) -> Path:
    """A folder with the code of a repository as it is now, or at its commit.

    Raises:
        NotReentrant: git says no; the message tells why.
    """
    digest = hashlib.blake2b(source.url.encode(), digest_size=8).hexdigest()
    base = current_settings().home / "sources" / digest
    git = _Git(source, base / _REPOSITORY, token)
    base.mkdir(parents=True, exist_ok=True)
    with _alone(base / "lock"):
        commit = git.known() or git.newest()
        folder = base / (f"{commit}-with-submodules" if source.submodules else commit)
        if not folder.is_dir():
            _tidy(base)
            _unpack(git, commit, folder)
        os.utime(folder)
    return folder


def _tidy(base: Path) -> None:
    """Remove the code of commits from which no run was started for long, and what was left half
    done by a process that was killed."""
    limit = time.time() - UNUSED
    for folder in base.iterdir():
        if folder.is_dir() and folder.name != _REPOSITORY and folder.stat().st_mtime < limit:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time fetches and unpacks a repository."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unpack(git: _Git, commit: str, folder: Path) -> None:
    """The folder is there when all of it is."""
    half = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        git.unpack(commit, half)
        half.rename(folder)
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(half)
        raise


class _Git:
    """Git, for one repository."""

    def __init__(self, source: Source, folder: Path, token: str | None) -> None:
        self._source = source
        self._folder = folder
        self._token = token

    def known(self) -> str | None:
        """The commit that is wanted, when it is here and nothing could have changed it."""
        wanted = self._source.commit
        return self._find(wanted) if wanted is not None and self._folder.is_dir() else None

    def newest(self) -> str:
        """The commit that is wanted, as the origin has it now."""
        source = self._source
        if not self._folder.is_dir():
            self("init", "--quiet", "--bare", str(self._folder))
        self("fetch", "--quiet", "--prune", "--no-auto-gc", "--", source.url, *_REFS)
        names = [_HEAD]
        if source.commit is not None:
            names = [source.commit]
        elif source.branch is not None:
            names = [f"refs/heads/{source.branch}", f"refs/tags/{source.branch}"]
        for name in names:
            found = self._find(name)
            if found is not None:
                return found
        raise NotReentrant(
            f"The repository {source.url} has no branch, tag or commit "
            f"{source.commit or source.branch!r}."
        )

    def unpack(self, commit: str, folder: Path) -> None:
        """Put the files of a commit into an empty folder."""
        if not self._source.submodules:
            self(f"--work-tree={folder}", "checkout", "--quiet", "--force", commit, "--", ".")
            return
        # Submodules want a repository of their own around them, for as long as they are fetched.
        self("clone", "--quiet", "--no-checkout", "--shared", str(self._folder), str(folder))
        inside = _Git(self._source, folder / ".git", self._token)
        # Their URLs may be relative to that of the origin.
        inside("config", "remote.origin.url", self._source.url)
        inside(f"--work-tree={folder}", "checkout", "--quiet", "--force", "--detach", commit)
        inside("submodule", "--quiet", "update", "--init", "--recursive", within=folder)
        shutil.rmtree(folder / ".git")
        for link in folder.rglob(".git"):
            link.unlink()

    def _find(self, name: str) -> str | None:
        words = ("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}")
        done = self._run(words)
        return done.stdout.strip() if done.returncode == 0 else None

    def __call__(self, *words: str, within: Path | None = None) -> None:
        done = self._run(words, within)
        if done.returncode != 0:
            said = done.stderr.strip().splitlines()
            why = said[-1] if said else str(done.returncode)
            why = why.replace(self._token, "***") if self._token else why
            raise NotReentrant(f"git cannot get {self._source.url}: {why}")

    def _run(
        self, words: tuple[str, ...], within: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                ["git", *([] if within else [f"--git-dir={self._folder}"]), *words],
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE,
                cwd=within,
                env=self._environment,
            )
        except FileNotFoundError:
            raise NotReentrant(
                "A git repository needs the program `git`, which is not here."
            ) from None
        except subprocess.TimeoutExpired:
            raise NotReentrant(
                f"git did not get {self._source.url} within {PATIENCE} seconds."
            ) from None

    @property
    def _environment(self) -> dict[str, str]:
        # Nobody sits at this process who could type a password.
        made = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
        if self._token:
            # Not on the command line, which everybody on the machine can read.
            pair = f"{self._source.username or 'x-access-token'}:{self._token}"
            coded = base64.b64encode(pair.encode()).decode()
            made |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{self._source.url}.extraHeader",
                "GIT_CONFIG_VALUE_0": f"Authorization: Basic {coded}",
            }
        return made
