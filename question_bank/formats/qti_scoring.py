"""How a question that was read is scored: what is its key, what is it worth, and by which rule.

Public: `set_key`, `set_scoring`, `need_separate`, `need_sum`.

Where our own way to score a type is the item's, a part has no scoring of its own; a plain mapping becomes a
table; everything else is the item's rules themselves, over the responses of this question alone.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from random import Random
from typing import Any

from question_bank.formats.qti_asked import Asked
from question_bank.formats.qti_keys import KEY, NO_RULES, RULES, Trial
from question_bank.formats.qti_points import point_scoring
from question_bank.formats.qti_values import Bag, MapEntry, QtiRefused, Response, Single, Value, members
from question_bank.response_rules import Tree
from question_bank.rule_parts import adds_up, needed_for_score
from question_bank.rule_values import NUMERIC
from question_bank.terms import PartType, number_json
from question_bank.words import said

ENTANGLED = said("各小题的得分互相牵连，本系统每小题独立计分")
_PAIRED = (PartType.MATCH, PartType.GAP_MATCH)
_MAX_GOOD = 12
_TRIES = 200
_SUMS = 25
_MAPPED = frozenset(PartType) - {PartType.FILL_IN, PartType.ESSAY, PartType.UPLOAD}
"""The types whose plain mapping our own table says in full."""


def set_key(trial: Trial, asked: Asked) -> None:
    """Find the key of one of the further types and put it into the part, and into the trial.

    Raises:
        QtiRefused: if there is none, or the rules give another answer more.
    """
    (response,) = asked.responses
    right = response.correct if response.correct is not None else _best_by_mapping(asked, response)
    if right is None and trial.rules.are_there:
        right = _best_by_trying(trial, asked, response)
    if right is None:
        raise QtiRefused(KEY, said("没有声明答案，评分规则里也没有找到"))
    strange = next((one for one in members(right) if one not in asked.pool[0]), None)
    if strange is not None and asked.type is not PartType.SLIDER:
        raise QtiRefused(KEY, said("答案“%(text)s”不在选项之中", text=str(strange)[:60]))
    if asked.most and len(members(right)) > asked.most:
        raise QtiRefused(KEY, said("答案比允许选的多"))
    trial.right[response.id] = right
    asked.part["key"] = _key_json(asked, [str(one) for one in members(right)])
    if trial.rules.are_there:
        _need_best(trial, asked, response)
    else:
        trial.warn(RULES, NO_RULES)


def _best_by_mapping(asked: Asked, response: Response) -> Value:
    """Return the answers of the mapping that earn something, the best of them if only one may be given."""
    entries = response.mapping.entries if response.mapping is not None else ()
    good = sorted((e for e in entries if e.points > 0), key=lambda e: -e.points)
    good = [entry for entry in good if entry.key in asked.pool[0]]
    if not good:
        return None
    if response.cardinality == "single":
        return good[0].key
    answers = tuple(entry.key for entry in _best_together(asked, good))
    return Bag(answers, response.cardinality == "ordered")


def _best_together(asked: Asked, good: Sequence[MapEntry]) -> Sequence[MapEntry]:
    """Return the entries that earn the most of those that can be given together, the best first."""
    if asked.type not in _PAIRED or _is_possible(asked, [entry.key for entry in good]):
        return good[: asked.most or None]
    if len(good) > _MAX_GOOD:
        raise QtiRefused(RULES, said("选项过多"))
    sizes = range(1, (asked.most or len(good)) + 1)
    chosen = (some for size in sizes for some in combinations(good, size))
    possible = (some for some in chosen if _is_possible(asked, [entry.key for entry in some]))
    return max(possible, key=lambda some: sum(entry.points for entry in some))


def _is_possible(asked: Asked, answers: Sequence[Single]) -> bool:
    """Return whether pairs keep to how often an option may be used, and each gap is filled once."""
    if asked.type not in _PAIRED:
        return True
    ours = {name: id_ for id_, name in asked.names.items()}
    pairs = [str(one).split() for one in answers]
    is_match = asked.type is PartType.MATCH
    firsts = [_oriented(asked, ours, " ".join(pair))[0] if is_match else pair[0] for pair in pairs]
    most = asked.part["most"] or len(answers)
    gaps = [] if is_match else [pair[1] for pair in pairs]
    return len(set(gaps)) == len(gaps) and all(firsts.count(one) <= most for one in firsts)


def _best_by_trying(trial: Trial, asked: Asked, response: Response) -> Value:
    """Return what earns the most of what the rules compare the response with, and of single answers."""
    tried: list[Value] = [*_compared(trial.rules.tree["rules"], response)]
    if response.cardinality == "single":
        tried += asked.pool[0]
    else:
        tried += [Bag((one,), response.cardinality == "ordered") for one in asked.pool[0]]
    scores = [(trial.score({response.id: one}), n) for n, one in enumerate(tried) if _fits(one, asked)]
    if not scores:
        return None
    best, number = max(scores, key=lambda pair: (pair[0], -pair[1]))
    return tried[number] if best > trial.score({response.id: None}) else None


def _fits(value: Value, asked: Asked) -> bool:
    return all(one in asked.pool[0] for one in members(value))


def _compared(node: Any, response: Response) -> list[Value]:
    """Return the containers and texts that stand beside a response in the rules' comparisons."""
    found: list[Value] = []
    if not isinstance(node, list):
        return found
    if node and node[0] in ("match", "equal", "contains", "member"):
        operands = node[2:]
        if ["variable", response.id] in operands:
            for operand in operands:
                texts = [part[2] for part in operand[2:] if isinstance(part, list) and part[0] == "base"]
                if operand[0] in ("multiple", "ordered") and texts:
                    found.append(Bag(tuple(texts), operand[0] == "ordered"))
                elif operand[0] == "base":
                    one: Single = Decimal(operand[2]) if response.base_type in NUMERIC else operand[2]
                    found.append(one)
    return found + [value for inner in node for value in _compared(inner, response)]


def _need_best(trial: Trial, asked: Asked, response: Response) -> None:
    """Refuse if some other answer earns more than the key; every single one is tried, and many others."""
    best, none = trial.score(), trial.score({response.id: None})
    if best <= none:
        raise QtiRefused(RULES, said("评分规则对哪个答案都不给分"))
    is_many = response.cardinality != "single" and not trial.rules.is_plain_match
    if is_many and response.mapping is not None and response.mapping.default > 0:
        raise QtiRefused(RULES, said("映射表里没有的答案也得分，不知道哪个答案得满分"))
    random = Random(0)
    ones: list[Value] = list(asked.pool[0])
    if response.cardinality != "single":
        ones = [Bag((one,), response.cardinality == "ordered") for one in asked.pool[0]]
    others = [*ones[:_TRIES], *(asked.some_answers(random)[response.id] for _ in range(_TRIES))]
    others = [other for other in others if _is_possible(asked, members(other))]
    by_mapping = _best_by_mapping(asked, response)
    scores = [trial.score({response.id: other}) for other in [*others, by_mapping]]
    if max(scores) > best:
        raise QtiRefused(RULES, said("声明的答案不是得分最高的"))
    if min(scores) < none:
        trial.warn(RULES, said("原题答错可得负分，本系统一题最低 0 分"))


def _key_json(asked: Asked, right: Sequence[str]) -> object:
    """Return the right answer in our words."""
    ours = {name: id_ for id_, name in asked.names.items()}
    if asked.type is PartType.SLIDER:
        return number_json(Decimal(right[0]))
    if asked.type is PartType.MATCH:
        return sorted(_oriented(asked, ours, pair) for pair in right)
    if asked.type is PartType.GAP_MATCH:
        words = {gap: ours[word] for word, gap in (pair.split() for pair in right)}
        return [words.get(gap) for gap in asked.gaps]
    return [ours[one] for one in right]


def _oriented(asked: Asked, ours: Mapping[str, str], pair: str) -> list[str]:
    """Return a pair as [option, target], whichever of them the item names first."""
    one, other = (ours[name] for name in pair.split())
    lefts = {option["id"] for option in asked.part["options"]}
    return [one, other] if one in lefts else [other, one]


def set_scoring(trial: Trial, asked: Asked, is_alone: bool) -> None:
    """Put the scoring into a part whose key is known and whose points are set, if it needs any.

    Args:
        is_alone: whether the item asks nothing else.
    """
    if not trial.rules.are_there or not _needs_own(trial, asked, is_alone):
        return
    full = number_json(Decimal(str(asked.part["points"])))
    if asked.takes_points:
        asked.part["scoring"] = point_scoring(asked) | {"full": full}
        return
    if is_alone and trial.rules.is_plain_map and asked.type in _MAPPED and not _is_limited(asked):
        asked.part["scoring"] = _table(asked, asked.responses[0]) | {"full": full}
        return
    tree: Tree = needed_for_score(trial.rules.tree)
    own = {response.id: _declared(trial, response) for response in asked.responses}
    tree = {**tree, "responses": {**tree["responses"], **own}}
    asked.part["scoring"] = {"rule": tree, "answers": asked.answers_json(), "full": full}


def _declared(trial: Trial, response: Response) -> Any:
    return trial.rules.tree["responses"][response.id]


def _needs_own(trial: Trial, asked: Asked, is_alone: bool) -> bool:
    if asked.type in (PartType.ESSAY, PartType.UPLOAD):
        return False
    if asked.type in (PartType.SINGLE, PartType.MULTIPLE, PartType.TRUE_FALSE, PartType.FILL_IN):
        return asked.needs_rule
    if asked.type is PartType.INLINE_CHOICE:
        return asked.needs_rule or len(asked.responses) > 1
    return not (is_alone and trial.rules.is_plain_match)


def _is_limited(asked: Asked) -> bool:
    """Return whether our type lets a candidate choose more than the item does."""
    return bool(asked.most) and asked.type not in (PartType.HOTTEXT, PartType.HOTSPOT)


def _table(asked: Asked, response: Response) -> dict[str, Any]:
    mapping = response.mapping
    assert mapping is not None
    rows: dict[str | int | float, Any] = {}
    for entry in mapping.entries:
        value = _our_value(asked, entry.key)
        if value is not None:
            rows.setdefault(value, number_json(entry.points))
    found: dict[str, Any] = {"map": [[value, points] for value, points in rows.items()], "case": True}
    found["default"] = number_json(mapping.default)
    for name, limit in (("lower", mapping.lower), ("upper", mapping.upper)):
        found[name] = None if limit is None else number_json(limit)
    return found


def _our_value(asked: Asked, key: Single) -> str | int | float | None:
    """Return an entry of a mapping as our tables name it; None if it cannot be answered."""
    if key not in asked.pool[0]:
        return None
    if isinstance(key, Decimal):
        return number_json(key)
    ours = {name: id_ for id_, name in asked.names.items()}
    if asked.type is PartType.MATCH:
        return " ".join(_oriented(asked, ours, str(key)))
    if asked.type is PartType.GAP_MATCH:
        word, gap = str(key).split()
        return f"{ours[word]} {asked.gaps.index(gap) + 1}"
    return ours[str(key)]


def need_separate(trial: Trial, groups: Sequence[Sequence[str]]) -> None:
    """Refuse an item whose rules do not by their structure add up scores of each group of responses.

    Raises:
        QtiRefused: if they do not.
    """
    if trial.rules.are_there and not adds_up(trial.rules.tree, groups):
        raise QtiRefused(RULES, ENTANGLED)


def need_sum(trial: Trial, asked: Sequence[Asked]) -> None:
    """Refuse an item whose score is not the sum of those of its questions: right, none and arbitrary answers.

    Raises:
        QtiRefused: if it is not.
    """
    if not trial.rules.are_there or not asked:
        return
    score = trial.rules.score
    if score({}) != 0:
        raise QtiRefused(RULES, said("原题不作答也得分或扣分，本系统不作答为 0 分"))
    groups = [[response.id for response in one.responses] for one in asked]
    random = Random(0)
    tried: list[list[Mapping[str, Value]]] = [[{name: trial.right.get(name) for name in g} for g in groups]]
    tried += [[one.some_answers(random) for one in asked] for _ in range(_SUMS if len(groups) > 1 else 0)]
    for answers in tried:
        whole = {name: value for given in answers for name, value in given.items()}
        if score(whole) != sum(score(given) for given in answers):
            raise QtiRefused(RULES, ENTANGLED)
