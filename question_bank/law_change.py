"""What took an old article's place in a new version of an instrument.

Public: `ArticleIndex`, `Candidate`, `normalised`. Two versions article by article, and word by word:
`law_compare`.

Likeness is the cosine of character pairs weighted by their rarity in the new version. It proposes, and a
person decides: that two articles read alike does not mean that they rule the same.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt

from question_bank.laws import Article

CONTEXT_WEIGHT = 0.25
"""How much the place of an article (title, chapter) counts beside its words."""
_WORDLESS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may have taken another's place; `score` is the likeness from 0 to 1."""

    key: str
    score: float


def normalised(text: str) -> str:
    """Return a text without blanks and forms of width: two texts that differ in these only are the same."""
    return "".join(unicodedata.normalize("NFKC", text).split())


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


def _pairs(text: str) -> Iterator[str]:
    for run in _WORDLESS.split(unicodedata.normalize("NFKC", text)):
        if len(run) == 1:
            yield run
        for position in range(len(run) - 1):
            yield run[position : position + 2]
