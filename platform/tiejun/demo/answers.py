"""What people of the demo answer, in the bank's own option ids."""

from typing import Any, cast

from question_bank.item import Part, PartType
from question_bank.terms import PLAIN_TYPES

ESSAY = (
    "本案应先核对管辖和立案时限，再固定现场检查笔录、采样记录和监测报告，"
    "由两名以上执法人员出示证件后进行；告知陈述申辩和听证权利，经法制审核后作出决定并依法送达。"
)


def answer_to(part: Part, *, is_right: bool) -> Any:
    """Return a right or a wrong response to a part; an essay is longer or shorter."""
    kind, key = part.type, cast(Any, part.key)
    if kind is PartType.ESSAY:
        return ESSAY if is_right else ESSAY[:40]
    if kind is PartType.UPLOAD:
        return True if is_right else None
    if kind is PartType.TRUE_FALSE:
        return key if is_right else not key
    if kind is PartType.FILL_IN:
        return [accepted[0] if is_right else "不清楚" for accepted in key]
    if kind not in PLAIN_TYPES:
        return further_answer(part) if is_right else further_mistake(part)
    wrong = [option.id for option in part.options if option.id not in key]
    if kind is PartType.SINGLE:
        return key if is_right else wrong[0]
    return list(key) if is_right else [key[0], *wrong[:1]]


def further_answer(part: Part) -> Any:
    """Return the right response to a part of the further types."""
    key = cast(Any, part.key)
    if part.type is PartType.MATCH:
        return [list(pair) for pair in key]
    return list(key) if isinstance(key, tuple) else key


def further_mistake(part: Part) -> Any:
    """Return a wrong response to a part of the further types: one thing is off."""
    key = cast(Any, part.key)
    if part.type is PartType.MATCH:
        left, right = key[0]
        return [[left, next(target.id for target in part.targets if target.id != right)]]
    if part.type is PartType.ORDER:
        return list(reversed(key))
    if part.type is PartType.SLIDER and part.bounds is not None:
        return float(part.bounds.upper if key == part.bounds.lower else part.bounds.lower)
    if part.type in (PartType.INLINE_CHOICE, PartType.GAP_MATCH):
        first = next(o.id for o in part.options if o.id != key[0] and o.blank in (None, 1))
        return [first, *(None for _ in key[1:])]
    return [option.id for option in part.options if option.id not in key][:1]
