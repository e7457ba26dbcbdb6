"""How filters, functions, tests and methods are offered to expressions.

Owns what is known of each: its name, its arguments, one line about it and examples that the
reference shows and a test runs. Must not know any of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from signoff.core.expressions.limits import Budget
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.values import text_of

_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(slots=True)
class Call:
    """What a filter, function or test gets beside its arguments.

    Args:
        budget: what the rendering may still do.
        lookups: everything that is not in the variables.
        variables: those that can be seen where it is called.
        render: renders a text with these variables, as it is or again and again.
        secrets: those looked up so far; no error may show them.
    """

    budget: Budget
    lookups: Lookups
    variables: Callable[[], Mapping[str, object]]
    render: Callable[[str, bool], str]
    secrets: set[str] = field(default_factory=set)

    def text(self, value: object) -> str:
        """A value as text."""
        return text_of(value, self.budget)


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument that is understood.

    Args:
        name: as it is written in expressions.
        keyword: as the Python function calls it.
        required: it has to be given.
        several: it takes all further arguments.
    """

    name: str
    keyword: str
    required: bool
    several: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that expressions can use.

    Args:
        kind: `filter`, `function`, `test` or `method`.
        name: what it is called.
        says: one line about it.
        parameters: its arguments.
        examples: expressions with what they render to.
        run: the code: called with `Call`, the value (not for functions) and the arguments.
        aliases: older names that are still read.
        of_null: it is asked about null too; otherwise null goes through it unchanged.
        of_undefined: it is asked about a variable that is not there, as if it were null.
    """

    kind: str
    name: str
    says: str
    parameters: tuple[Parameter, ...]
    examples: tuple[tuple[str, str], ...]
    run: Callable[..., object]
    aliases: tuple[str, ...] = ()
    of_null: bool = False
    of_undefined: bool = False

    @property
    def signature(self) -> str:
        """The name with its arguments, as the reference shows it."""
        shown = [
            f"{each.name}…" if each.several else each.name if each.required else f"{each.name}?"
            for each in self.parameters
        ]
        brackets = f"({', '.join(shown)})" if shown or self.kind in ("function", "method") else ""
        return f"{self.name}{brackets}"

    def check(self, positional: int, named: Sequence[str]) -> None:
        """Refuse arguments that do not fit, before any is worked out.

        Raises:
            Misuse: they do not.
        """
        known = [each.name for each in self.parameters if not each.several]
        several = any(each.several for each in self.parameters)
        if positional > len(known) and not several:
            most = f"at most {len(known)}" if known else "no"
            raise Misuse(f"takes {most} argument{'s' * (len(known) != 1)}: {self.signature}")
        given = set(known[:positional])
        for name in named:
            if name not in known:
                raise Misuse(f"has no argument `{name}`: {self.signature}")
            if name in given:
                raise Misuse(f"gets its argument `{name}` twice")
            given.add(name)
        for each in self.parameters:
            if each.required and each.name not in given:
                raise Misuse(f"needs the argument `{each.name}`: {self.signature}")

    def bind(
        self, positional: Sequence[object], named: Mapping[str, object]
    ) -> tuple[list[object], dict[str, object]]:
        """The arguments of the Python function, from arguments that `check` let through."""
        keywords = {each.name: each.keyword for each in self.parameters}
        return list(positional), {keywords[name]: value for name, value in named.items()}


@dataclass(slots=True)
class Shelf:
    """Where a module puts what it offers.

    Args:
        kind: what all of it is.
        title: the heading over it in the reference.
        offers: what it offers, in the order of the reference.
    """

    kind: str
    title: str
    offers: list[Offer] = field(default_factory=list)

    def add(
        self,
        name: str,
        says: str,
        *examples: tuple[str, str],
        takes: str = "",
        aliases: tuple[str, ...] = (),
        of_null: bool = False,
        of_undefined: bool = False,
    ) -> Callable[[Callable[..., object]], Callable[..., object]]:
        """Offer the function below.

        Args:
            name: what it is called in expressions.
            says: one line about it.
            examples: expressions with what they render to.
            takes: its arguments, as `a, b?, *rest`.
            aliases: older names.
            of_null, of_undefined: see `Offer`.
        """

        def put(run: Callable[..., object]) -> Callable[..., object]:
            self.offers.append(
                Offer(
                    self.kind,
                    name,
                    says,
                    tuple(_parameters(takes)),
                    examples,
                    run,
                    aliases,
                    of_null,
                    of_undefined,
                )
            )
            return run

        return put


def _parameters(takes: str) -> Iterator[Parameter]:
    for word in takes.replace(" ", "").split(",") if takes else ():
        name = word.strip("*?")
        keyword = _WORD_START.sub("_", name).lower()
        yield Parameter(name, keyword, word == name, word.startswith("*"))
