"""The key of a question: what its item's own rules score in full, found by trying responses.

Public: `Trial`, `choice_key`, `text_key`.

Every selection of options, and every answer that the item mentions for a blank, is scored. A key that we
cannot hold as the item means it refuses the item; points that we count otherwise are a warning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, combinations

from lxml import etree

from question_bank.formats.qti_rules import Rules
from question_bank.formats.qti_values import Bag, QtiRefused, Response, Single, Value, members
from question_bank.scoring import normalise
from question_bank.words import Words, said

KEY = said("答案")
RULES = said("评分规则")
NO_RULES = said("原题声明了答案，但没有评分规则；按答案读取，请核对分值")
ENTANGLED = said("各空的答案互相牵连，本系统每空独立判分")
_NO_SUCH = "no such answer 8f3b"
_COMPARISONS = ("match", "equal", "stringMatch", "member", "contains")


@dataclass(slots=True)
class Trial:
    """An item's rules, and the response to each of its questions that earns the most as far as it says."""

    rules: Rules
    right: dict[str, Value]
    warnings: list[tuple[Words, Words]] = field(default_factory=list)

    def score(self, other: Mapping[str, Value] | None = None) -> Decimal:
        """Return the score of the right responses, some of them put otherwise."""
        return self.rules.score({**self.right, **(other or {})})

    def worth(self, responses: Sequence[str]) -> Decimal:
        """Return how many points are lost if these are not answered."""
        return self.score() - self.score(dict.fromkeys(responses))

    def warn(self, field: Words, message: Words) -> None:
        """Note what a person should look at."""
        if (field, message) not in self.warnings:
            self.warnings.append((field, message))


def choice_key(trial: Trial, response: Response, options: Sequence[str], most: int) -> tuple[str, ...]:
    """Return the options that are the key, in the order of the options.

    Args:
        most: how many options may be chosen; 0 for any number.

    Raises:
        QtiRefused: if there is no key, several, or the declared one is not what the rules score in full.
    """
    declared = [str(member) for member in members(response.correct)]
    if strange := next((one for one in declared if one not in options), None):
        raise QtiRefused(KEY, said("答案“%(text)s”不在选项之中", text=strange[:60]))
    if not trial.rules.are_there:
        if not declared:
            raise QtiRefused(KEY, said("没有声明答案，也没有评分规则"))
        trial.warn(RULES, NO_RULES)
        return tuple(one for one in options if one in declared)
    scores = {
        chosen: trial.score({response.id: _as_value(chosen, response)})
        for chosen in _selections(options, 1 if response.cardinality == "single" else most)
    }
    best, none = max(scores.values()), trial.score({response.id: None})
    if best <= max(Decimal(0), none):
        raise QtiRefused(RULES, said("评分规则对哪个答案都不给分"))
    full = [set(chosen) for chosen, score in scores.items() if score == best]
    key = set.intersection(*full)
    if key not in full:
        raise QtiRefused(KEY, said("得满分的选法不止一种，本系统一题只有一个答案"))
    if declared and set(declared) != key:
        raise QtiRefused(KEY, said("声明的答案与评分规则给满分的选项不一致"))
    earned = [score - none for score in scores.values()]
    _note_points(trial, earned, best - none, is_loose=len(full) > 1, is_single=len(key) == 1)
    return tuple(one for one in options if one in key)


def _note_points(
    trial: Trial, scores: Sequence[Decimal], best: Decimal, *, is_loose: bool, is_single: bool
) -> None:
    if is_loose:
        trial.warn(RULES, said("原题多选了错误选项也得满分，本系统不得分"))
    elif any(0 < score < best for score in scores):
        part = said("部分得分的选项在本系统不得分")
        trial.warn(RULES, part if is_single else said("原题选对一部分也得分，本系统按多选题规则计分"))
    if any(score < 0 for score in scores):
        trial.warn(RULES, said("选错倒扣分不采用，按本系统的规则计分"))


def _selections(options: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    sizes = range(1, (most or len(options)) + 1)
    return chain.from_iterable(combinations(options, size) for size in sizes)


def _as_value(chosen: tuple[str, ...], response: Response) -> Value:
    return chosen[0] if response.cardinality == "single" else Bag(chosen, response.cardinality == "ordered")


def text_key(trial: Trial, blanks: Sequence[Response]) -> list[list[str]]:
    """Return the accepted spellings of each blank.

    Raises:
        QtiRefused: if an answer is a range or a pattern, is missing, or depends on what another blank says.
    """
    for blank in blanks:
        if trial.right.get(blank.id) is None:
            raise QtiRefused(KEY, said("有一空没有声明答案"))
        if trial.rules.uses_inexact(blank.id):
            raise QtiRefused(RULES, said("答案是一个范围或按包含、误差判断，本系统只比较写法"))
    if not trial.rules.are_there:
        trial.warn(RULES, NO_RULES)
        return [_spellings(_mentioned(trial, blank, is_full=True)) for blank in blanks]
    best = trial.score()
    _need_best(trial, blanks, best)
    if best <= max(Decimal(0), trial.score(dict.fromkeys(blank.id for blank in blanks))):
        raise QtiRefused(RULES, said("评分规则对哪个答案都不给分"))
    accepted = [_accepted(trial, blank, best) for blank in blanks]
    _need_independent(trial, blanks, accepted, best)
    _note_shares(trial, blanks)
    return [_spellings(answers) for answers in accepted]


def right_text(response: Response) -> Value:
    """Return the answer to a blank that is declared, or else earns the most by its mapping."""
    if response.correct is not None or response.mapping is None or not response.mapping.entries:
        return response.correct
    best = max(response.mapping.entries, key=lambda entry: entry.points)
    return best.key if best.points > 0 else None


def _mentioned(trial: Trial, blank: Response, *, is_full: bool = False) -> list[Single]:
    """Return all answers that the item mentions for a blank, the right one first."""
    found = [*members(trial.right.get(blank.id))]
    entries = blank.mapping.entries if blank.mapping else ()
    most = max((entry.points for entry in entries), default=Decimal(0))
    found += [entry.key for entry in entries if not is_full or entry.points == most > 0]
    if not is_full and trial.rules.element is not None:
        found += _compared(trial.rules.element, blank)
    return list(dict.fromkeys(found))


def _compared(rules: etree._Element, blank: Response) -> list[Single]:
    return [
        Decimal(text) if blank.base_type in ("float", "integer") and _is_number(text) else text
        for comparison in rules.iter(*_COMPARISONS)
        if any(variable.get("identifier") == blank.id for variable in comparison.iter("variable"))
        for value in comparison.iter("baseValue")
        if (text := (value.text or "").strip())
    ]


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).isdecimal()


def _accepted(trial: Trial, blank: Response, best: Decimal) -> list[Single]:
    scores = {answer: trial.score({blank.id: answer}) for answer in _mentioned(trial, blank)}
    none, wrong = trial.score({blank.id: None}), trial.score({blank.id: _wrong(blank)})
    if wrong >= best:
        raise QtiRefused(RULES, said("有一空填什么都得满分"))
    if wrong > none:
        trial.warn(RULES, said("原题答错也得一部分分，本系统不得分"))
    if min(wrong, *scores.values()) < none:
        trial.warn(RULES, said("答错倒扣分不采用，按本系统的规则计分"))
    accepted = [answer for answer, score in scores.items() if score == best]
    partial = [str(answer) for answer, score in scores.items() if max(wrong, none) < score < best]
    _note_spellings(trial, blank, accepted, partial)
    return accepted


def _note_spellings(
    trial: Trial, blank: Response, accepted: Sequence[Single], partial: Sequence[str]
) -> None:
    same = {normalise(str(answer)) for answer in accepted}
    lost = [answer for answer in partial if normalise(answer) not in same]
    if lost:
        texts = "、".join(lost)[:200]
        trial.warn(KEY, said("部分得分的答案“%(texts)s”在本系统不得分，没有收入", texts=texts))
    if blank.base_type in ("float", "integer"):
        trial.warn(KEY, said("答案是数，本系统按写法比较，请补写其他写法"))
        return
    full = trial.score()
    swapped = (answer.swapcase() for answer in accepted if isinstance(answer, str))
    if len(lost) < len(partial) or any(trial.score({blank.id: text}) < full for text in swapped):
        trial.warn(KEY, said("本系统判填空不分大小写"))


def _need_best(trial: Trial, blanks: Sequence[Response], best: Decimal) -> None:
    for blank in blanks:
        if any(trial.score({blank.id: answer}) > best for answer in _mentioned(trial, blank)):
            alone = said("声明的答案不是得分最高的")
            raise QtiRefused(RULES, ENTANGLED if len(blanks) > 1 else alone)


def _wrong(blank: Response) -> Single:
    return Decimal("-987654321.125") if blank.base_type in ("float", "integer") else _NO_SUCH


def _need_independent(
    trial: Trial, blanks: Sequence[Response], accepted: Sequence[Sequence[Single]], best: Decimal
) -> None:
    """Refuse if what one blank accepts depends on another, such as three names in any order."""
    for (i, one), (j, other) in combinations(enumerate(blanks), 2):
        for first in [*_mentioned(trial, one), _wrong(one)]:
            for second in [*_mentioned(trial, other), _wrong(other)]:
                is_full = trial.score({one.id: first, other.id: second}) == best
                if is_full != (first in accepted[i] and second in accepted[j]):
                    raise QtiRefused(RULES, ENTANGLED)


def _note_shares(trial: Trial, blanks: Sequence[Response]) -> None:
    shares = [trial.worth([blank.id]) for blank in blanks]
    if len(blanks) > 1 and sum(shares) != trial.worth([blank.id for blank in blanks]):
        trial.warn(RULES, said("原题各空全对才得分，本系统按空给分"))
    elif len(set(shares)) > 1:
        trial.warn(RULES, said("原题各空分值不同，本系统各空相等"))


def _spellings(answers: Sequence[Single]) -> list[str]:
    """Return answers as they are written; a number also without needless zeros."""
    written = [str(answer) for answer in answers]
    for answer in answers:
        if isinstance(answer, Decimal):
            written.append(format(answer.normalize(), "f"))
    return list(dict.fromkeys(written))
