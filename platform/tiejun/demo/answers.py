"""What people of the demo answer, in the bank's own option ids."""

from typing import Any, cast

from question_bank.item import Part, PartType

ESSAY = (
    "本案应先核对管辖和立案时限，再固定现场检查笔录、采样记录和监测报告，"
    "由两名以上执法人员出示证件后进行；告知陈述申辩和听证权利，经法制审核后作出决定并依法送达。"
)


def answer_to(part: Part, *, is_right: bool) -> Any:
    """Return a right or a wrong response to a part; an essay is longer or shorter."""
    kind, key = part.type, cast(Any, part.key)
    if kind is PartType.ESSAY:
        return ESSAY if is_right else ESSAY[:40]
    if kind is PartType.TRUE_FALSE:
        return key if is_right else not key
    if kind is PartType.FILL_IN:
        return [accepted[0] if is_right else "不清楚" for accepted in key]
    wrong = [option.id for option in part.options if option.id not in key]
    if kind is PartType.SINGLE:
        return key if is_right else wrong[0]
    return list(key) if is_right else [key[0], *wrong[:1]]
