"""What a new version of an instrument changes: word by word, and what took an old article's place.

Public: `difference`, `Segment`, `Edit`, `ArticleIndex`, `Candidate`, `candidates`, `normalised`. Two versions
article by article: `law_compare`.

Likeness is the cosine of character pairs weighted by their rarity in the new version. It proposes, and a
person decides: that two articles read alike does not mean that they rule the same.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from math import log, sqrt

from question_bank.laws import Article

LEAST_COMMON = 2
"""Equal stretches shorter than this between two changes are read as part of the change."""
CONTEXT_WEIGHT = 0.25
"""How much the place of an article (title, chapter) counts beside its words."""
_TOKEN = re.compile(r"[0-9A-Za-z.%]+|[零〇一二两三四五六七八九十百千万亿]+|.", re.DOTALL)
_WORDLESS = re.compile(r"[\W_]+")


class Edit(StrEnum):
    """What became of a stretch of text."""

    EQUAL = "equal"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text, and whether only the old (REMOVED), only the new (ADDED) or both have it."""

    edit: Edit
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may have taken another's place; `score` is the likeness from 0 to 1."""

    key: str
    score: float


def normalised(text: str) -> str:
    """Return a text without blanks and forms of width: two texts that differ in these only are the same."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def difference(old: str, new: str) -> tuple[Segment, ...]:
    """Return how `old` becomes `new`; figures stay whole, and a change is told as removed, then added.

    The segments that are not ADDED spell `old`, those that are not REMOVED spell `new`.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    told: list[tuple[str, str]] = []  # (removed, added) of a change; the same text twice where both agree
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        removed, added = "".join(before[i1:i2]), "".join(after[j1:j2])
        is_scrap = tag == "equal" and len(removed) < LEAST_COMMON and bool(told) and j2 < len(after)
        if told and (is_scrap or (tag != "equal" and told[-1][0] != told[-1][1])):
            told[-1] = (told[-1][0] + removed, told[-1][1] + added)
        else:
            told.append((removed, added))
    return tuple(_segments(told))


def _segments(told: Iterable[tuple[str, str]]) -> Iterator[Segment]:
    for removed, added in told:
        if removed == added:
            yield Segment(Edit.EQUAL, removed)
            continue
        if removed:
            yield Segment(Edit.REMOVED, removed)
        if added:
            yield Segment(Edit.ADDED, added)


class ArticleIndex:
    """The articles of one version, ready to be asked which of them are most like a text.

    Built once for a version (the Code's 1,242 articles: well under a second), asked any number of times.
    """

    def __init__(self, articles: Sequence[Article]) -> None:
        self._keys = [article.key for article in articles]
        words = [Counter(_pairs(article.text)) for article in articles]
        places = [Counter(_pairs("".join(article.path))) for article in articles]
        spread = Counter(pair for counts in words for pair in counts)
        self._rarity = {pair: log(1 + len(words) / n) for pair, n in spread.items()}
        self._words = self._postings(words)
        self._places = self._postings(places)

    def nearest(self, text: str, context: str = "", most: int = 3) -> list[Candidate]:
        """Return the articles most like `text`, the likest first.

        Args:
            context: where the text stood (title, chapter); among articles with like words, those in a like
                place come first.
        """
        scores = self._scores(self._words, text)
        if context:
            for position, score in self._scores(self._places, context).items():
                if position in scores:
                    scores[position] += CONTEXT_WEIGHT * score
        best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
        whole = 1 + CONTEXT_WEIGHT if context else 1
        return [Candidate(self._keys[position], round(score / whole, 3)) for position, score in best]

    def _postings(self, documents: Sequence[Counter[str]]) -> dict[str, list[tuple[int, float]]]:
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for position, counts in enumerate(documents):
            for pair, weight in self._unit(counts).items():
                found[pair].append((position, weight))
        return found

    def _unit(self, counts: Counter[str]) -> dict[str, float]:
        """Return the weights of a text's pairs as a vector of length 1."""
        weights = {pair: (1 + log(n)) * self._rarity.get(pair, 1.0) for pair, n in counts.items()}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {pair: weight / length for pair, weight in weights.items()}

    def _scores(self, postings: dict[str, list[tuple[int, float]]], text: str) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        for pair, weight in self._unit(Counter(_pairs(text))).items():
            for position, other in postings.get(pair, ()):
                scores[position] += weight * other
        return scores


def candidates(old_text: str, new_articles: Sequence[Article], most: int = 3) -> list[Candidate]:
    """Return the new articles most like an old one's text; for many texts make one `ArticleIndex`."""
    return ArticleIndex(new_articles).nearest(old_text, most=most)


def _pairs(text: str) -> Iterator[str]:
    for run in _WORDLESS.split(unicodedata.normalize("NFKC", text)):
        if len(run) == 1:
            yield run
        for position in range(len(run) - 1):
            yield run[position : position + 2]
