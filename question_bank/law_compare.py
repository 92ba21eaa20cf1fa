"""Two versions of a law, article by article: which belong together, and what differs within them.

Public: `Text`, `Pair`, `Change`, `Pairing`, `Run`, `paired`, `paired_by_number`, `paired_by_likeness`,
`count_changes`, `difference`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import chain, groupby

# Below this share of common pairs of characters two articles are not called the same one (Dice, 0 to 1).
LIKE = 0.45
# Below this share of characters kept, a text is shown as replaced: patches would read as noise.
PATCHED = 0.35
# Files of one law differ in the width of signs, the law does not.
_NARROW = str.maketrans("，；：？！（）", ",;:?!()")
# Characters that stayed the same between two changes, too few to be read on their own.
ISLAND = 2
# A figure is read, and changed, as a whole: not 一 in 十一万 but 十万 becomes 十一万.
_TOKEN = re.compile(r"[0-9A-Za-z.%]+|[零〇一二两三四五六七八九十百千万亿]+|.", re.DOTALL)


class Change(StrEnum):
    """What became of an article."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    ADDED = "added"


class Pairing(StrEnum):
    """What put two articles side by side."""

    NUMBER = "number"
    LIKENESS = "likeness"


class Run(StrEnum):
    """What a run of characters is in a difference."""

    KEPT = "kept"
    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Text:
    """One article as far as a comparison needs it; `key` is "120" or "120-1"."""

    key: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An article of the older and one of the newer version; one of them may be missing."""

    old: Text | None
    new: Text | None

    @property
    def change(self) -> Change:
        """Return what became of it; blanks, the width of signs or another number are no change."""
        if self.old is None:
            return Change.ADDED
        if self.new is None:
            return Change.GONE
        return Change.SAME if _close(self.old.text) == _close(self.new.text) else Change.CHANGED

    @property
    def is_moved(self) -> bool:
        """Return whether it has another number in the newer version."""
        return self.old is not None and self.new is not None and self.old.key != self.new.key


def paired_by_number(old: Sequence[Text], new: Sequence[Text]) -> list[Pair]:
    """Return the articles of two versions of one instrument, those of the same number together."""
    matched = {text.key: text for text in new}
    return _in_order(old, new, {text.key: matched[text.key].key for text in old if text.key in matched})


def paired_by_likeness(old: Sequence[Text], new: Sequence[Text]) -> list[Pair]:
    """Return the articles of two laws, those whose wording is most alike together, each at most once.

    Likeness is the share of common pairs of neighbouring characters (Dice's coefficient), so that a word
    moved within the article costs little. Pairs are taken from the most to the least alike, down to `LIKE`.
    """
    olds, news = [_bigrams(text.text) for text in old], [_bigrams(text.text) for text in new]
    holders: dict[str, list[int]] = defaultdict(list)
    for position, grams in enumerate(news):
        for gram in grams:
            holders[gram].append(position)
    scored = []
    for position, grams in enumerate(olds):
        common = Counter(chain.from_iterable(holders[gram] for gram in grams if gram in holders))
        least = LIKE * len(grams) / 2
        for other, shared in common.items():
            if shared >= least and (score := 2 * shared / (len(grams) + len(news[other]))) >= LIKE:
                scored.append((-score, abs(position - other), position, other))
    matched: dict[str, str] = {}
    taken: set[int] = set()
    for _score, _apart, position, other in sorted(scored):
        if old[position].key not in matched and other not in taken:
            matched[old[position].key] = new[other].key
            taken.add(other)
    return _in_order(old, new, matched)


def paired(old: Sequence[Text], new: Sequence[Text]) -> tuple[Pairing, list[Pair]]:
    """Return the pairs of two versions by number, or by likeness if that puts more like articles together.

    A revision that inserts an article early renumbers all that follow: by number, each would be changed.
    """
    by_number, by_likeness = paired_by_number(old, new), paired_by_likeness(old, new)
    if sum(map(_is_alike, by_likeness)) > sum(map(_is_alike, by_number)):
        return Pairing.LIKENESS, by_likeness
    return Pairing.NUMBER, by_number


def count_changes(pairs: Iterable[Pair]) -> dict[Change, int]:
    """Return how many articles are the same, changed, gone and added."""
    found = Counter(pair.change for pair in pairs)
    return {change: found[change] for change in Change}


def difference(old: str, new: str) -> list[tuple[Run, str]]:
    """Return the runs of characters that lead from `old` to `new`, grouped so that they can be read.

    A figure stays whole, and a change is told as what was old, then what is new. The kept and old runs
    joined are `old`, the kept and new runs joined are `new`.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    is_patched = matcher.ratio() >= PATCHED
    steps = _steps(matcher, before, after) if is_patched else [(Run.OLD, old), (Run.NEW, new)]
    return [(run, text) for run, text in _grouped(steps) if text]


def _in_order(old: Sequence[Text], new: Sequence[Text], matched: dict[str, str]) -> list[Pair]:
    """Return pairs in the newer version's order; what is gone stands where it stood in the older."""
    by_key = {text.key: text for text in old}
    origin = {new_key: old_key for old_key, new_key in matched.items()}
    pending = [text for text in old if text.key not in matched]
    place = {text.key: position for position, text in enumerate(old)}
    pairs = []
    for text in new:
        before = by_key.get(origin.get(text.key, ""))
        while before and pending and place[pending[0].key] < place[before.key]:
            pairs.append(Pair(pending.pop(0), None))
        pairs.append(Pair(before, text))
    return pairs + [Pair(text, None) for text in pending]


def _steps(
    matcher: SequenceMatcher[str], before: Sequence[str], after: Sequence[str]
) -> Iterable[tuple[Run, str]]:
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        old, new = "".join(before[i1:i2]), "".join(after[j1:j2])
        # A few characters between two changes belong to both sides.
        is_island = len(old) <= ISLAND and i1 > 0 and i2 < len(before) and "\n" not in old
        if tag == "equal" and not is_island:
            yield Run.KEPT, old
        else:
            yield Run.OLD, old
            yield Run.NEW, new


def _grouped(steps: Iterable[tuple[Run, str]]) -> Iterable[tuple[Run, str]]:
    for is_kept, group in groupby(steps, key=lambda step: step[0] is Run.KEPT):
        runs = list(group)
        if is_kept:
            yield Run.KEPT, "".join(text for _run, text in runs)
        else:
            yield Run.OLD, "".join(text for run, text in runs if run is Run.OLD)
            yield Run.NEW, "".join(text for run, text in runs if run is Run.NEW)


def _is_alike(pair: Pair) -> bool:
    if pair.old is None or pair.new is None:
        return False
    old, new = _bigrams(pair.old.text), _bigrams(pair.new.text)
    return 2 * len(old & new) >= LIKE * (len(old) + len(new))


def _bigrams(text: str) -> set[str]:
    close = _close(text)
    return {close[n : n + 2] for n in range(len(close) - 1)} or {close}


def _close(text: str) -> str:
    return "".join(text.translate(_NARROW).split())
