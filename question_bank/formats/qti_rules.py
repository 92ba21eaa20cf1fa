"""What an item's own rules (responseProcessing) give for a response.

Public: `Rules`.

The key of an item is what its rules score in full, however they are written; so they are carried out, as far
as they use what `response_rules` knows. Nothing in them is fetched, random, or runs without end.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from lxml import etree

from question_bank.formats.qti_rule_tree import MAP, MATCH, RESPONSE, rule_tree, template_of
from question_bank.formats.qti_values import Outcome, QtiRefused, Response, Value
from question_bank.response_rules import Runner, Tree
from question_bank.rule_values import RuleError
from question_bank.words import said

_Result = TypeVar("_Result")
INEXACT = frozenset(
    {"gt", "gte", "lt", "lte", "equalRounded", "substring", "patternMatch", "inside", "containerSize"}
)
"""Answers that pass these are a range or a pattern, not a list of spellings."""


class Rules:
    """Carries out an item's rules; what they cannot do is told when they are asked."""

    def __init__(
        self, item: etree._Element, responses: Mapping[str, Response], outcomes: Mapping[str, Outcome]
    ) -> None:
        self.element = item.find("responseProcessing")
        self.template = template_of(self.element)
        self.responses = responses
        self._item, self._outcomes = item, outcomes
        self._runner: Runner | None = None

    @property
    def are_there(self) -> bool:
        """Return whether the item says how it is scored, by a template that fits its names or by rules."""
        if self.element is None:
            return False
        if len(self.element):
            return True
        # A template that maps has nothing to say of a response without a table.
        response = self.responses.get(RESPONSE)
        lacks_table = self.template in MAP and response is not None and response.mapping is None
        return bool(self.template) and response is not None and not lacks_table

    @property
    def is_plain_match(self) -> bool:
        """Return whether the item says no more than that exactly the declared answer is right."""
        return self.template in MATCH and self.element is not None and not len(self.element)

    @property
    def is_plain_map(self) -> bool:
        """Return whether the item says no more than that the table of its response counts."""
        return self.template in MAP and self.element is not None and not len(self.element)

    @property
    def tree(self) -> Tree:
        """Return the rules as a tree.

        Raises:
            QtiRefused: if a rule is none of those known here.
        """
        return self._running().tree

    def _running(self) -> Runner:
        if self._runner is None:
            self._runner = Runner(rule_tree(self._item, self.responses, self._outcomes))
        return self._runner

    def uses_inexact(self, response: str) -> bool:
        """Return whether a rule tests this response by range, pattern or tolerance."""
        if self.element is None:
            return False
        for element in self.element.iter(etree.Element):
            loose = element.tag in INEXACT or (
                element.tag == "equal" and element.get("toleranceMode", "exact") != "exact"
            )
            loose = loose or (element.tag == "stringMatch" and element.get("substring") == "true")
            if loose and any(v.get("identifier") == response for v in element.iter("variable")):
                return True
        return False

    def run(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return all outcomes for responses, by identifier.

        Raises:
            QtiRefused: if a rule is none of those known here, or they take too long.
        """
        runner = self._running()
        return _refusing(lambda: runner.run(given))

    def score(self, given: Mapping[str, Value]) -> Decimal:
        """Return the SCORE for responses; nothing set counts as 0."""
        runner = self._running()
        return _refusing(lambda: runner.score(given))


def _refusing(carry_out: Callable[[], _Result]) -> _Result:
    try:
        return carry_out()
    except RuleError as error:
        raise QtiRefused(said("评分规则"), error.message) from error
