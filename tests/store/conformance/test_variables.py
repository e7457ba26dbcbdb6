"""Variables: one per name, found by filter, changed in part."""

from __future__ import annotations

import pytest

from signoff.model.shared.variables import (
    CountVariables,
    ReadVariables,
    VariableFilter,
    VariableFilterId,
    VariableFilterName,
    VariableFilterTags,
    VariableSort,
)
from tests.store.samples import World

pytestmark = pytest.mark.store


def test_a_name_is_taken_once_until_it_is_free_again(world: World) -> None:
    first, second = world.id(), world.id()
    with world.store.write() as tx:
        made = tx.variables.add(first, "a", '{"x":[1,null]}', ["t", "ü"], world.now)
        assert made is not None
        assert (made.id, made.name, made.value, made.tags) == (
            first,
            "a",
            {"x": [1, None]},
            ["t", "ü"],
        )
        assert made.created == made.updated
        assert tx.variables.add(second, "a", "2", [], world.now) is None
        assert tx.variables.remove(first)
        assert not tx.variables.remove(first)
        assert tx.variables.find(None, "a") is None
        assert tx.variables.add(second, "a", "null", [], world.now) is not None
    with world.store.read() as tx:
        found = tx.variables.find(None, "a")
        assert found == tx.variables.find(second, None)
        assert found is not None
        assert (found.value, found.tags) == (None, [])


def test_a_change_leaves_the_rest(world: World) -> None:
    mine, other = world.id(), world.id()
    with world.store.write() as tx:
        tx.variables.add(mine, "a", "1", ["t"], world.now)
        tx.variables.add(other, "b", "2", [], world.now)
        assert tx.variables.change(mine, "a", "3", None, world.tick())
        assert not tx.variables.change(mine, "b", None, None, world.now)
        assert tx.variables.change(mine, "c", None, ["u"], world.now)
        found = tx.variables.find(mine, None)
        assert found is not None
        assert (found.name, found.value, found.tags) == ("c", 3, ["u"])
        assert found.created is not None
        assert found.updated is not None
        assert found.updated > found.created


def test_variables_are_filtered_sorted_counted_and_paged(world: World) -> None:
    ids = {}
    with world.store.write() as tx:
        for name, tags in (("b_1", ["x"]), ("a-1", ["x", "y"]), ("c", [])):
            ids[name] = world.id()
            tx.variables.add(ids[name], name, "1", tags, world.tick())
        tx.variables.change(ids["b_1"], "b_1", "2", None, world.tick())

        def names(given: VariableFilter | None = None, **page: int) -> list[str]:
            found = tx.variables.listed(ReadVariables(given, **page))
            assert page or len(found) == tx.variables.count(CountVariables(given))
            return [each.name for each in found]

        assert names() == ["a-1", "b_1", "c"]
        assert names(limit=1, offset=1) == ["b_1"]
        assert names(VariableFilter(name=VariableFilterName(like_="_1"))) == ["b_1"]
        assert names(VariableFilter(name=VariableFilterName(any_=["c", "d"]))) == ["c"]
        assert names(VariableFilter(id=VariableFilterId(any_=[ids["c"]]))) == ["c"]
        assert names(VariableFilter(tags=VariableFilterTags(all_=["x", "y"]))) == ["a-1"]
        assert names(VariableFilter(tags=VariableFilterTags(is_null_=True))) == ["c"]
        either = VariableFilter(
            operator="or_",
            name=VariableFilterName(any_=["c"]),
            tags=VariableFilterTags(all_=["y"]),
        )
        assert names(either) == ["a-1", "c"]
        orders = {
            VariableSort.NAME_DESC: ["c", "b_1", "a-1"],
            VariableSort.CREATED_DESC: ["c", "a-1", "b_1"],
            VariableSort.UPDATED_DESC: ["b_1", "c", "a-1"],
        }
        for sort, expected in orders.items():
            found = tx.variables.listed(ReadVariables(sort=sort))
            assert [each.name for each in found] == expected
