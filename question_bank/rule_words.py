"""The rules that an imported item brings, in words: what a writer should know before changing the item.

Public: `rule_lines`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from question_bank.item import Part
from question_bank.response_rules import SCORE
from question_bank.words import said

_BETWEEN: Mapping[str, str] = {
    "and": said("%(one)s 并且 %(other)s"),
    "or": said("%(one)s 或者 %(other)s"),
    "match": said("%(one)s 等于 %(other)s"),
    "equal": said("%(one)s 等于 %(other)s"),
    "equalRounded": said("%(one)s 取整后等于 %(other)s"),
    "sum": said("%(one)s + %(other)s"),
    "product": said("%(one)s × %(other)s"),
    "subtract": said("%(one)s − %(other)s"),
    "divide": said("%(one)s ÷ %(other)s"),
    "gt": said("%(one)s 大于 %(other)s"),
    "gte": said("%(one)s 不小于 %(other)s"),
    "lt": said("%(one)s 小于 %(other)s"),
    "lte": said("%(one)s 不大于 %(other)s"),
    "multiple": said("%(one)s、%(other)s"),
    "ordered": said("%(one)s，然后 %(other)s"),
    "member": said("%(one)s 是 %(other)s 之一"),
    "contains": said("%(one)s 含有 %(other)s"),
    "stringMatch": said("%(one)s 与 %(other)s 文字相同"),
    "substring": said("%(other)s 中有 %(one)s"),
}
_OF_ONE: Mapping[str, str] = {
    "not": said("并非 %(one)s"),
    "isNull": said("%(one)s 为空"),
    "mathOperator": said("%(one)s 的绝对值"),
    "containerSize": said("%(one)s 的个数"),
}
_JOINING = frozenset({"multiple", "ordered"})


Line = tuple[int, str]
"""How far in a sentence stands, from 0, and the sentence."""


def rule_lines(part: Part) -> list[Line]:
    """Return the rules of a part whose scoring brings some, line by line."""
    scoring = part.scoring or {}
    return [*_Telling(part, scoring["rule"], scoring["answers"]).lines()] if "rule" in scoring else []


class _Telling:
    """Tells one tree, its identifiers by what they mean here."""

    def __init__(self, part: Part, tree: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
        texts = {one.id: one.text for one in (*part.options, *part.targets)}
        truth = {"true": said("正确"), "false": said("错误")}
        self.names: dict[str, str] = {
            name: (truth | texts).get(ours, ours) for ours, name in answers.get("names", {}).items()
        }
        gaps = enumerate(answers.get("gaps", ()), start=1)
        self.names |= {gap: said("第 %(n)s 空", n=number) for number, gap in gaps}
        self.of: Sequence[str] = answers["of"]
        self.tree = tree

    def lines(self) -> Iterator[Line]:
        """Yield what is right and what the tables give, then the rules."""
        yield from ((0, line) for line in self._tables())
        yield from self._rules(self.tree["rules"], 0)

    def _tables(self) -> Iterator[str]:
        for name in self.of:
            declared = self.tree["responses"][name]
            if declared.get("correct"):
                right = self._joined(declared["correct"])
                yield said("%(answer)s的正确答案：%(right)s", answer=self._response(name), right=right)
            for key, points, _ in declared.get("map", {}).get("rows", ()):
                yield said("分值表：%(answer)s %(points)s 分", answer=self._named(key), points=points)
            for shape, coords, points in declared.get("areas", {}).get("rows", ()):
                area = f"{shape} {','.join(map(str, coords))}"
                yield said("分值表：%(answer)s %(points)s 分", answer=area, points=points)

    def _rules(self, rules: Sequence[Any], depth: int) -> Iterator[Line]:
        for rule in rules:
            if rule[0] == "set":
                value = self._said(rule[2])
                yield depth, said("%(name)s = %(value)s", name=self._outcome(rule[1]), value=value)
            elif rule[0] == "if":
                yield from self._branches(rule, depth)
            else:
                yield depth, said("到此为止")

    def _branches(self, rule: Sequence[Any], depth: int) -> Iterator[Line]:
        for place, (test, inner) in enumerate(rule[1]):
            condition = self._said(test)
            told = said("如果 %(test)s：", test=condition)
            yield depth, said("否则，如果 %(test)s：", test=condition) if place else told
            yield from self._rules(inner, depth + 1)
        if rule[2]:
            yield depth, said("否则：")
            yield from self._rules(rule[2], depth + 1)

    def _said(self, expression: Sequence[Any]) -> str:
        name = expression[0]
        if name == "base":
            return self._named(expression[2])
        if len(expression) == 2 and isinstance(expression[1], str):
            return self._read(name, expression[1])
        operands = [self._within(operand, name) for operand in expression[2:]]
        if not operands:
            return said("空")
        if name in _OF_ONE:
            return said(_OF_ONE[name], one=operands[0])
        told = operands[0]
        for other in operands[1:]:
            told = said(_BETWEEN[name], one=told, other=other)
        return told

    def _within(self, expression: Sequence[Any], around: str) -> str:
        told = self._said(expression)
        is_simple = expression[0] not in _BETWEEN or len(expression) <= 3 or expression[0] in _JOINING
        return told if is_simple or expression[0] == around else said("（%(told)s）", told=told)

    def _read(self, how: str, name: str) -> str:
        if how == "correct":
            return said("%(answer)s的正确答案", answer=self._response(name))
        if how == "mapResponse":
            return said("%(answer)s按分值表的分", answer=self._response(name))
        if how == "mapResponsePoint":
            return said("%(answer)s所点区域的分", answer=self._response(name))
        if how == "variable" and name in self.tree["responses"]:
            return self._response(name)
        return self._outcome(name)

    def _response(self, name: str) -> str:
        if len(self.of) > 1 and name in self.of:
            return said("第 %(n)s 空的作答", n=self.of.index(name) + 1)
        return said("作答")

    def _outcome(self, name: str) -> str:
        return said("得分") if name == SCORE else name

    def _named(self, text: str) -> str:
        if text in self.names:
            return self.names[text]
        words = text.split()
        return self._joined(words) if words and all(word in self.names for word in words) else text

    def _joined(self, texts: Sequence[str]) -> str:
        told = self._named(texts[0])
        for text in texts[1:]:
            told = said("%(one)s、%(other)s", one=told, other=self._named(text))
        return told
