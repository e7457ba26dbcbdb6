"""What values of a project file stand for: placeholders, and where the code is.

Owns `{{ $NAME }}` and `{{ signoff.variables.NAME }}`, which are filled in when the file is
deployed, and the documented pull steps. Must not know the other keys.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signoff.model.errors import InvalidRequest, ObjectNotFound

if TYPE_CHECKING:
    from signoff.model.journal import Source

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_VARIABLE = "signoff.variables."
_SECRET = "signoff.blocks.secret."
_FOLDER_STEP = "signoff.deployments.steps.set_working_directory"


@dataclass(frozen=True, slots=True)
class Code:
    """Where the code of a deployment is.

    Args:
        folder: what its entrypoint is relative to, here.
        source: the repository from which it is fetched where runs are started; None when the folder
            is all there is.
    """

    folder: Path
    source: Source | None = None


def filled(value: Any) -> Any:
    """A value with its placeholders filled in.

    A text that is nothing but the placeholder of a variable becomes the variable's value, whatever
    its type.

    Raises:
        InvalidRequest: a placeholder means nothing, or what it names is not there.
    """
    if isinstance(value, Mapping):
        return {key: filled(each) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each) for each in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value.strip())
    if whole is not None:
        return _meant(whole[1])
    return _PLACEHOLDER.sub(lambda found: str(_meant(found[1])), value)


def _meant(name: str) -> Any:
    if name.startswith("$"):
        # As documented, a variable that is not set is empty.
        return os.environ.get(name[1:], "")
    if not name.startswith(_VARIABLE):
        raise InvalidRequest(
            f"the placeholder {{{{ {name} }}}} means nothing here; there are {{{{ $NAME }}}}, of "
            f"the environment, and {{{{ {_VARIABLE}NAME }}}}"
        )
    from signoff.cli.session import ask
    from signoff.model.shared.variables import ReadVariable

    try:
        return ask(ReadVariable(name=name.removeprefix(_VARIABLE))).value
    except ObjectNotFound as error:
        raise InvalidRequest(f"the placeholder {{{{ {name} }}}}: {error}") from None


def code_of(steps: Any, folder: Path) -> Code:
    """Where the documented pull steps say the code is.

    Args:
        steps: the steps; None for the folder of the project file.
        folder: the folder of the project file.

    Raises:
        InvalidRequest: they do something else, or the folder is not there.
    """
    from signoff.core.pulling import source_of

    if steps is None or steps == []:
        return Code(folder)
    if not isinstance(steps, list) or not all(isinstance(each, dict) for each in steps):
        raise InvalidRequest("`pull` must be a list of steps.")
    if len(steps) == 1 and list(steps[0]) == [_FOLDER_STEP]:
        return Code(_folder(steps[0][_FOLDER_STEP], folder))
    return Code(folder, source_of([_kept(step) for step in steps]))


def _folder(given: Any, base: Path) -> Path:
    named = filled(given.get("directory")) if isinstance(given, dict) else None
    if not isinstance(named, str) or not named:
        raise InvalidRequest(f"`pull`: {_FOLDER_STEP} needs `directory`, the folder of the code.")
    found = base / Path(named).expanduser()
    if not found.is_dir():
        raise InvalidRequest(f"`pull`: there is no folder {str(found)!r} here.")
    return found


def _kept(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step as it goes on record: a token by its name only, other placeholders filled in."""
    return {name: _arguments(given) for name, given in step.items()}


def _arguments(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    token = given.get("access_token")
    made = {key: filled(each) for key, each in given.items() if key != "access_token"}
    if isinstance(token, str):
        found = _PLACEHOLDER.fullmatch(token.strip())
        made["access_token"] = found[1].removeprefix(_SECRET) if found is not None else token
    elif token is not None:
        made["access_token"] = token
    return made
