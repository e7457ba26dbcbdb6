"""A template into text: what stands between expressions, and what tags do.

Owns loops, branches, names, macros and blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from signoff.core.expressions import catalogue
from signoff.core.expressions.evaluating import Defined, Evaluator
from signoff.core.expressions.limits import LIMITS, Budget
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.places import Fault
from signoff.core.expressions.registry import Call
from signoff.core.expressions.scopes import Scope
from signoff.core.expressions.tree import (
    Block,
    FilterBlock,
    For,
    If,
    Macro,
    Node,
    Print,
    Set,
    Template,
    Text,
)
from signoff.core.expressions.values import kind_of, truth


class Execution:
    """One rendering of a template.

    Args:
        template: what is rendered.
        variables: the variables.
        call: what filters and functions get.
    """

    def __init__(self, template: Template, variables: Mapping[str, object], call: Call) -> None:
        self._call = call
        self._budget: Budget = call.budget
        self._depth = 0
        self._macros = {macro.name: macro for macro in template.macros}
        self._blocks = {block.name: block for block in template.blocks}
        defined: dict[str, Defined] = dict.fromkeys(self._macros, self._call_macro)
        defined.setdefault("block", self._call_block)
        self._defined = defined
        self._evaluator = Evaluator(Scope(variables), call, defined)

    @property
    def evaluator(self) -> Evaluator:
        """What works out the expressions at the place that is being rendered."""
        return self._evaluator

    def body(self, nodes: Iterable[Node]) -> str:
        """The text of some parts.

        Raises:
            Fault: one of them cannot be rendered.
        """
        return "".join([_WORK[type(node)](self, node) for node in nodes])

    def _text(self, node: Text) -> str:
        return self._written(node, node.text)

    def _print(self, node: Print) -> str:
        return self._written(node, self._evaluator.text(node.expression))

    def _written(self, node: Node, text: str) -> str:
        try:
            return self._budget.write(text)
        except Misuse as error:
            raise Fault(str(error), node.at) from None

    def _if(self, node: If) -> str:
        for condition, nodes in node.branches:
            if truth(self._evaluator.value(condition)):
                return self.body(nodes)
        return self.body(node.otherwise)

    def _for(self, node: For) -> str:
        items = self._items(node)
        if not items:
            return self.body(node.otherwise)
        parts = []
        scope, count = self._evaluator.scope, len(items)
        for index, item in enumerate(items):
            loop = {
                "index": index,
                "length": count,
                "first": index == 0,
                "last": index == count - 1,
                "revindex": count - index - 1,
            }
            scope.enter({node.name: item, "loop": loop})
            try:
                parts.append(self.body(node.body))
            finally:
                scope.leave()
        return "".join(parts)

    def _items(self, node: For) -> Sequence[object]:
        value = self._evaluator.value(node.items)
        if isinstance(value, Mapping):
            value = [{"key": key, "value": each} for key, each in value.items()]
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            hint = "; if it holds JSON, use fromJson(…)" if isinstance(value, str) else ""
            raise Fault(f"`for` goes through lists and maps, not {kind_of(value)}{hint}", node.at)
        try:
            self._budget.step(len(value))
        except Misuse as error:
            raise Fault(str(error), node.at) from None
        return value

    def _set(self, node: Set) -> str:
        self._evaluator.scope.set(node.name, self._evaluator.value(node.expression))
        return ""

    def _filter(self, node: FilterBlock) -> str:
        value: object = self.body(node.body)
        for at, name, arguments in node.filters:
            catalogue.find("filter", name)
            value = self._evaluator.apply("filter", name, at, (value,), arguments)
        try:
            return self._budget.write(self._call.text(value))
        except Misuse as error:
            raise Fault(str(error), node.at) from None

    def _block(self, node: Block) -> str:
        return self.body(node.body)

    def _call_block(
        self, name: str, positional: Sequence[object], named: Mapping[str, object]
    ) -> object:
        wanted = [*positional, *named.values()]
        if len(wanted) != 1:
            raise Misuse("`block` takes one argument: the name of a block")
        block = self._blocks.get(self._call.text(wanted[0]))
        if block is None:
            raise Misuse(f"there is no block `{self._call.text(wanted[0])[:60]}`")
        return self._deeper(lambda: self.body(block.body))

    def _call_macro(
        self, name: str, positional: Sequence[object], named: Mapping[str, object]
    ) -> object:
        macro = self._macros[name]
        outer = self._evaluator
        inner = Evaluator(
            Scope(self._arguments(macro, positional, named)), self._call, self._defined
        )
        self._evaluator = inner
        try:
            return self._deeper(lambda: self.body(macro.body))
        finally:
            self._evaluator = outer

    def _arguments(
        self, macro: Macro, positional: Sequence[object], named: Mapping[str, object]
    ) -> dict[str, object]:
        names = [name for name, _ in macro.parameters]
        if len(positional) > len(names):
            raise Misuse(f"the macro `{macro.name}` takes {len(names)} arguments at most")
        for name in named:
            if name not in names[len(positional) :]:
                raise Misuse(f"the macro `{macro.name}` has no argument `{name}`, or gets it twice")
        given = dict(zip(names, positional, strict=False)) | dict(named)
        return {
            name: given[name]
            if name in given
            else None
            if default is None
            else self._evaluator.value(default)
            for name, default in macro.parameters
        }

    def _deeper(self, render: Callable[[], str]) -> str:
        self._depth += 1
        try:
            if self._depth > LIMITS.calls:
                raise Misuse(f"macros and blocks call each other more than {LIMITS.calls} deep")
            return render()
        finally:
            self._depth -= 1


_WORK: dict[type[Node], Callable[[Execution, Any], str]] = {
    Text: Execution._text,
    Print: Execution._print,
    If: Execution._if,
    For: Execution._for,
    Set: Execution._set,
    FilterBlock: Execution._filter,
    Block: Execution._block,
}
