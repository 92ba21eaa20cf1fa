"""The key of a question: what its item's own rules score in full, found by trying responses.

Public: `Trial`, `choice_key`, `text_key`, `right_text`, `tried_texts`.

Every selection of options, and every answer that the item mentions for a blank, is scored. Where our own way
to score would give other points than the item's rules, the question needs these rules as its scoring.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, combinations, product
from math import prod
from typing import TypeGuard

from lxml import etree

from question_bank.formats.qti_rules import Rules
from question_bank.formats.qti_values import Bag, QtiRefused, Response, Single, Value, members
from question_bank.scoring import normalise
from question_bank.words import Words, said

KEY = said("答案")
RULES = said("评分规则")
NO_RULES = said("原题声明了答案，但没有评分规则；按答案读取，请核对分值")
_MAX_COMBINATIONS = 2_000
FLOOR = said("原题答错可得负分，本系统一题最低 0 分")
_NO_SUCH = "no such answer 8f3b"
_COMPARISONS = ("match", "equal", "stringMatch", "member", "contains")


@dataclass(slots=True)
class Trial:
    """An item's rules, and the response to each of its questions that earns the most as far as it says."""

    rules: Rules
    right: dict[str, Value]
    needs_rule: bool = False
    """Whether the question being read is scored otherwise than we would by ourselves."""
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
    key = set(declared) if set(declared) in full else min(full, key=len)
    if declared and set(declared) != key:
        raise QtiRefused(KEY, said("声明的答案与评分规则给满分的选项不一致"))
    if len(full) > 1 and set.intersection(*full) not in full:
        trial.warn(KEY, said("得满分的选法不止一种，这里只列出一种，计分按原题"))
    earned = [score - none for score in scores.values()]
    trial.needs_rule = trial.needs_rule or len(full) > 1 or any(one not in (0, best - none) for one in earned)
    if any(score < 0 for score in earned):
        trial.warn(RULES, FLOOR)
    return tuple(one for one in options if one in key)


def _selections(options: Sequence[str], most: int) -> Iterator[tuple[str, ...]]:
    sizes = range(1, (most or len(options)) + 1)
    return chain.from_iterable(combinations(options, size) for size in sizes)


def _as_value(chosen: tuple[str, ...], response: Response) -> Value:
    return chosen[0] if response.cardinality == "single" else Bag(chosen, response.cardinality == "ordered")


def text_key(trial: Trial, blanks: Sequence[Response]) -> list[list[str]]:
    """Return the accepted spellings of each blank.

    Raises:
        QtiRefused: if an answer is missing, or any will do.
    """
    if trial.rules.are_there:
        _find_right(trial, blanks)
    if any(trial.right.get(blank.id) is None for blank in blanks):
        raise QtiRefused(KEY, said("有一空没有声明答案"))
    if not trial.rules.are_there:
        trial.warn(RULES, NO_RULES)
        return [_spellings(_mentioned(trial, blank, is_full=True)) for blank in blanks]
    best = trial.score()
    _need_best(trial, blanks, best)
    if best <= max(Decimal(0), trial.score(dict.fromkeys(blank.id for blank in blanks))):
        raise QtiRefused(RULES, said("评分规则对哪个答案都不给分"))
    if any(trial.rules.uses_inexact(blank.id) for blank in blanks):
        trial.needs_rule = True
        trial.warn(KEY, said("答案按范围、包含或误差判断，这里只列出其中几种写法，计分按原题"))
    accepted = [_accepted(trial, blank, best) for blank in blanks]
    if not _are_independent(trial, blanks, accepted, best):
        trial.needs_rule = True
        trial.warn(KEY, said("各空的答案互相牵连，这里只列出一种，计分按原题"))
        accepted = [[one for one in [trial.right[blank.id]] if _is_one(one)] for blank in blanks]
    _look_at_shares(trial, blanks)
    return [_spellings(answers) for answers in accepted]


def _is_one(value: Value) -> TypeGuard[Single]:
    return value is not None and not isinstance(value, Bag)


def _find_right(trial: Trial, blanks: Sequence[Response]) -> None:
    """Set the right answers to the best of what the item mentions, if what it declares is not the best."""
    mentioned = [_mentioned(trial, blank) for blank in blanks]
    if not all(mentioned) or prod(map(len, mentioned)) > _MAX_COMBINATIONS:
        return
    if any(blank.correct is not None for blank in blanks):
        return
    ids = [blank.id for blank in blanks]
    best = max(product(*mentioned), key=lambda answers: trial.score(dict(zip(ids, answers, strict=True))))
    trial.right |= dict(zip(ids, best, strict=True))


def right_text(response: Response) -> Value:
    """Return the answer to a blank that is declared, or else earns the most by its mapping."""
    if response.correct is not None or response.mapping is None or not response.mapping.entries:
        return response.correct
    best = max(response.mapping.entries, key=lambda entry: entry.points)
    return best.key if best.points > 0 else None


def tried_texts(trial: Trial, blank: Response) -> list[Single]:
    """Return answers to try in a blank: those that the item mentions, and one it does not."""
    return [*_mentioned(trial, blank), _wrong(blank)]


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
    if min(wrong, *scores.values()) < none:
        trial.warn(RULES, FLOOR)
    partly = wrong != none or any(score not in (none, best) for score in scores.values())
    accepted = [answer for answer, score in scores.items() if score == best]
    trial.needs_rule = trial.needs_rule or partly or _is_exact(trial, blank, accepted)
    return accepted


def _is_exact(trial: Trial, blank: Response, accepted: Sequence[Single]) -> bool:
    """Return whether the rules compare numbers, or tell spellings apart that we take for the same."""
    if blank.base_type in ("float", "integer"):
        return True
    same = {normalise(str(answer)) for answer in accepted}
    others = [one for one in _mentioned(trial, blank) if one not in accepted]
    swapped = (answer.swapcase() for answer in accepted if isinstance(answer, str))
    full = trial.score()
    return any(normalise(str(one)) in same for one in others) or any(
        trial.score({blank.id: text}) < full for text in swapped
    )


def _need_best(trial: Trial, blanks: Sequence[Response], best: Decimal) -> None:
    for blank in blanks:
        if any(trial.score({blank.id: answer}) > best for answer in _mentioned(trial, blank)):
            raise QtiRefused(RULES, said("声明的答案不是得分最高的"))


def _wrong(blank: Response) -> Single:
    return Decimal("-987654321.125") if blank.base_type in ("float", "integer") else _NO_SUCH


def _are_independent(
    trial: Trial, blanks: Sequence[Response], accepted: Sequence[Sequence[Single]], best: Decimal
) -> bool:
    """Return whether no blank accepts what it does only because of another, as three names in any order."""
    for (i, one), (j, other) in combinations(enumerate(blanks), 2):
        for first in [*_mentioned(trial, one), _wrong(one)]:
            for second in [*_mentioned(trial, other), _wrong(other)]:
                is_full = trial.score({one.id: first, other.id: second}) == best
                if is_full != (first in accepted[i] and second in accepted[j]):
                    return False
    return True


def _look_at_shares(trial: Trial, blanks: Sequence[Response]) -> None:
    """Note whether the blanks count otherwise than each for the same share."""
    shares = [trial.worth([blank.id]) for blank in blanks]
    if sum(shares) != trial.worth([blank.id for blank in blanks]) or len(set(shares)) > 1:
        trial.needs_rule = True


def _spellings(answers: Sequence[Single]) -> list[str]:
    """Return answers as they are written; a number also without needless zeros."""
    written = [str(answer) for answer in answers]
    for answer in answers:
        if isinstance(answer, Decimal):
            written.append(format(answer.normalize(), "f"))
    return list(dict.fromkeys(written))
