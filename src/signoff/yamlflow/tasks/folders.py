"""The folders and files that the text of a script names.

Owns what stands in a script for its folder (`{{ workingDir }}`) and for the one whose files are
kept (`{{ outputDir }}`), and how addresses of kept files in it become files that it can open.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from signoff.yamlflow.catalog.scripts import SCRIPT_FOLDERS
from signoff.yamlflow.tasks.context import RunContext

_WORKING, _OUTPUT = SCRIPT_FOLDERS["workingDir"], SCRIPT_FOLDERS["outputDir"]
_ADDRESS = re.compile(r"signoff:///[\w.-]+/[\w.-]+/[0-9a-f-]{36}/[\w.~%-]+")


@dataclass(slots=True)
class Workplace:
    """Where a script runs.

    Args:
        context: what it may use.
        folder: its working directory.
        beside: an empty folder for what is not to be seen in the working directory.
    """

    context: RunContext
    folder: Path
    beside: Path
    _fetched: dict[str, str] = field(default_factory=dict)

    @property
    def output(self) -> Path:
        """The folder whose files are kept; it is there once a text has named it."""
        return self.beside / "output"

    def local(self, text: str) -> str:
        """A text with paths in place of addresses and of the folders' names."""
        if _WORKING in text:
            text = text.replace(_WORKING, str(self.folder))
        if _OUTPUT in text:
            self.output.mkdir(exist_ok=True)
            text = text.replace(_OUTPUT, str(self.output))
        return _ADDRESS.sub(self._fetch, text)

    def _fetch(self, found: re.Match[str]) -> str:
        uri = found.group()
        if uri not in self._fetched:
            try:
                content = self.context.files.read(uri)
            except (FileNotFoundError, KeyError):
                # It may only be spoken of; a script that opens it is told by the system.
                return uri
            place = self.beside / str(len(self._fetched))
            place.mkdir()
            path = place / unquote(uri.rpartition("/")[2]).replace("/", "_")
            path.write_bytes(content)
            self._fetched[uri] = str(path)
        return self._fetched[uri]


@contextmanager
def workplace(context: RunContext) -> Iterator[Workplace]:
    """A place for one script; what is not kept is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="signoff-task-") as name:
        root = Path(name).resolve()
        beside, folder = root / "beside", context.folder
        beside.mkdir()
        if folder is None:
            folder = root / "work"
            folder.mkdir()
        yield Workplace(context, folder, beside)
