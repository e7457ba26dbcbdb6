"""A jq program carried out: each query makes any number of values from one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from signoff.core.expressions.jq import builtins, operations
from signoff.core.expressions.jq.reading import read
from signoff.core.expressions.jq.tree import (
    Attempt,
    Bind,
    Comma,
    Condition,
    Constant,
    Each,
    Function,
    Identity,
    Interpolated,
    Key,
    MakeList,
    MakeMap,
    Negative,
    Operation,
    Pipe,
    Query,
    Reduce,
    Slice,
    Variable,
)
from signoff.core.expressions.limits import Budget
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.values import plain

Variables = Mapping[str, object]


def run(program: str, value: object, budget: Budget) -> list[object]:
    """All that a program makes of a value.

    Raises:
        Misuse: the program cannot be read, does not fit the value, or takes too many steps.
    """
    query = read(program)
    return list(_Run(budget).values(query, plain(value, budget), {}))


class _Run:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def values(self, query: Query, value: object, variables: Variables) -> Iterator[object]:
        for each in _WORK[type(query)](self, query, value, variables):
            self._budget.step()
            yield each

    def _identity(self, query: Identity, value: object, variables: Variables) -> Iterator[object]:
        yield value

    def _constant(self, query: Constant, value: object, variables: Variables) -> Iterator[object]:
        yield query.value

    def _variable(self, query: Variable, value: object, variables: Variables) -> Iterator[object]:
        if query.name not in variables:
            raise Misuse(f"has no variable {query.name}")
        yield variables[query.name]

    def _key(self, query: Key, value: object, variables: Variables) -> Iterator[object]:
        for holder in self.values(query.of, value, variables):
            for key in self.values(query.key, value, variables):
                yield operations.item(holder, key)

    def _slice(self, query: Slice, value: object, variables: Variables) -> Iterator[object]:
        for holder in self.values(query.of, value, variables):
            for start in self._bound(query.start, value, variables):
                for end in self._bound(query.end, value, variables):
                    yield operations.cut(holder, start, end)

    def _bound(self, query: Query | None, value: object, variables: Variables) -> Iterator[object]:
        if query is None:
            yield None
        else:
            yield from self.values(query, value, variables)

    def _each(self, query: Each, value: object, variables: Variables) -> Iterator[object]:
        for holder in self.values(query.of, value, variables):
            yield from operations.members(holder)

    def _attempt(self, query: Attempt, value: object, variables: Variables) -> Iterator[object]:
        try:
            yield from self.values(query.of, value, variables)
        except Misuse as error:
            # A spent budget is not to be caught: the rendering has to end.
            if self._budget.steps < 0:
                raise
            if query.other is not None:
                yield from self.values(query.other, str(error), variables)

    def _pipe(self, query: Pipe, value: object, variables: Variables) -> Iterator[object]:
        for each in self.values(query.first, value, variables):
            yield from self.values(query.second, each, variables)

    def _comma(self, query: Comma, value: object, variables: Variables) -> Iterator[object]:
        yield from self.values(query.first, value, variables)
        yield from self.values(query.second, value, variables)

    def _operation(self, query: Operation, value: object, variables: Variables) -> Iterator[object]:
        if query.sign == "//":
            yield from self._alternative(query, value, variables)
            return
        for left in self.values(query.left, value, variables):
            known = builtins.truth(left)
            if query.sign in ("and", "or") and known is (query.sign == "or"):
                yield known
                continue
            for right in self.values(query.right, value, variables):
                if query.sign in ("and", "or"):
                    yield builtins.truth(right)
                else:
                    yield operations.operate(query.sign, left, right, self._budget)

    def _alternative(
        self, query: Operation, value: object, variables: Variables
    ) -> Iterator[object]:
        found = False
        lefts = self.values(Attempt(query.left), value, variables)
        for left in lefts:
            if builtins.truth(left):
                found = True
                yield left
        if not found:
            yield from self.values(query.right, value, variables)

    def _negative(self, query: Negative, value: object, variables: Variables) -> Iterator[object]:
        for each in self.values(query.of, value, variables):
            yield operations.operate("-", 0, each, self._budget)

    def _make_list(self, query: MakeList, value: object, variables: Variables) -> Iterator[object]:
        yield [] if query.of is None else list(self.values(query.of, value, variables))

    def _make_map(self, query: MakeMap, value: object, variables: Variables) -> Iterator[object]:
        made: list[dict[str, object]] = [{}]
        for key_query, value_query in query.entries:
            pairs = [
                (key, each)
                for key in self.values(key_query, value, variables)
                for each in self.values(value_query, value, variables)
            ]
            self._budget.step(len(made) * len(pairs))
            made = [{**known, _key(key): each} for known in made for key, each in pairs]
        yield from made

    def _interpolated(
        self, query: Interpolated, value: object, variables: Variables
    ) -> Iterator[object]:
        texts = [""]
        for part in query.parts:
            pieces = [
                builtins.text(each, self._budget) for each in self.values(part, value, variables)
            ]
            self._budget.step(len(texts) * len(pieces))
            texts = [operations.joined(text, piece) for text in texts for piece in pieces]
        yield from texts

    def _condition(self, query: Condition, value: object, variables: Variables) -> Iterator[object]:
        for each in self.values(query.condition, value, variables):
            branch = query.yes if builtins.truth(each) else query.no
            yield from self.values(branch, value, variables)

    def _bind(self, query: Bind, value: object, variables: Variables) -> Iterator[object]:
        for each in self.values(query.of, value, variables):
            yield from self.values(query.body, value, {**variables, query.name: each})

    def _reduce(self, query: Reduce, value: object, variables: Variables) -> Iterator[object]:
        for result in self.values(query.start, value, variables):
            reached: object = result
            for each in self.values(query.of, value, variables):
                known = {**variables, query.name: each}
                steps = list(self.values(query.update, reached, known))
                reached = steps[-1] if steps else None
            yield reached

    def _function(self, query: Function, value: object, variables: Variables) -> Iterator[object]:
        def argument(index: int, given: object) -> Iterator[object]:
            return self.values(query.arguments[index], given, variables)

        return builtins.call(query.name, len(query.arguments), value, argument, self._budget)


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise Misuse(f"needs text as a key, not {operations.kind(key)}")
    return key


_WORK: dict[type[Query], Callable[[_Run, Any, object, Variables], Iterator[object]]] = {
    Identity: _Run._identity,
    Constant: _Run._constant,
    Variable: _Run._variable,
    Key: _Run._key,
    Slice: _Run._slice,
    Each: _Run._each,
    Attempt: _Run._attempt,
    Pipe: _Run._pipe,
    Comma: _Run._comma,
    Operation: _Run._operation,
    Negative: _Run._negative,
    MakeList: _Run._make_list,
    MakeMap: _Run._make_map,
    Interpolated: _Run._interpolated,
    Condition: _Run._condition,
    Bind: _Run._bind,
    Reduce: _Run._reduce,
    Function: _Run._function,
}
