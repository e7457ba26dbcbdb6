"""Everything that expressions offer does what its own example says."""

from __future__ import annotations

import pytest

from signoff.core.expressions.catalogue import SHELVES
from signoff.core.expressions.grammar import OPERATORS, TAGS
from tests.core.expressions.world import shown, text

pytestmark = pytest.mark.rules

OFFERS = [offer for shelf in SHELVES for offer in shelf.offers]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.kind}-{offer.name}")
def test_offer(offer) -> None:
    assert offer.examples, "it has no example"
    for expression, result in offer.examples:
        assert shown(expression) == result, expression


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.signs[0])
def test_operator(operator) -> None:
    for expression, result in operator.examples:
        assert shown(expression) == result, expression


@pytest.mark.parametrize("tag", TAGS, ids=lambda tag: tag.name)
def test_tag(tag) -> None:
    for template, result in tag.examples:
        assert text(template) == result, template


def test_no_name_is_offered_twice() -> None:
    names = [(offer.kind, name) for offer in OFFERS for name in (offer.name, *offer.aliases)]
    assert len(names) == len(set(names))


def test_what_flows_of_others_use_is_there() -> None:
    """The list of the language's documentation, marks A and B."""
    filters = """default upper lower capitalize title trim length first last join split sort rsort
        reverse replace slice abs date dateAdd toJson json jq keys values flatten number
        numberFormat startsWith endsWith substringBefore substringAfter substringBeforeLast
        substringAfterLast slugify urlencode urldecode base64encode base64decode sha1 sha256 sha512
        md5 merge distinct chunk indent nindent yaml toIon timestamp timestampMilli timestampMicro
        timestampNano escapeChar className abbreviate string"""
    functions = """secret kv now render renderOnce read fileURI fromJson json errorLogs
        currentEachOutput uuid id yaml fromIon randomInt fileSize printContext fetchContext max min
        range isWeekend tasksWithState"""
    tests = "defined empty null even odd iterable map json"
    wanted = {"filter": filters, "function": functions, "test": tests}
    there = {(offer.kind, name) for offer in OFFERS for name in (offer.name, *offer.aliases)}
    missing = {(kind, name) for kind, names in wanted.items() for name in names.split()} - there
    assert not missing
