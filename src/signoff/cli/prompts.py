"""Asking whether something is meant, before it is done.

Owns what `--no-prompt` and `--yes` have to do with it.
"""

from __future__ import annotations

import typer


class Prompting:
    """Whether this command line asks back.

    Attributes:
        on: False when `--no-prompt` was given: then everything is meant as it is written.
    """

    on = True


def confirmed(question: str, yes: bool) -> None:
    """Go on when it is meant.

    Args:
        question: what the person is asked.
        yes: it was said on the command line.

    Raises:
        typer.Abort: the person does not mean it, or nobody can be asked.
    """
    if Prompting.on and not yes:
        typer.confirm(question, abort=True)
