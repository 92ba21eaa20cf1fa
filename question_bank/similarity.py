"""How alike two items are, and which of many are most like one.

Public: `Wording`, `wording`, `Likeness`, `Match`, `match`, `LikenessIndex`, `ALIKE`.

The score is the Dice coefficient of the pairs of characters of stimulus, stems and options: twice the pairs
in common over the pairs of both. Signs, blanks and widths do not count, and pairs do not run from one text
into the next, so that options in another order change nothing. Cosine puts the same pairs into nearly the
same order; Dice bounds how far two lengths may lie apart, by which most of a bank need not be looked at.

A score proposes, a person decides: one "不" more makes another question of the same words.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from heapq import nlargest, nsmallest
from itertools import chain
from typing import Any
from zlib import crc32

from question_bank.markup import IMAGE

ALIKE = 0.7
"""From here on two items are called alike.

Found by reading pairs from 0.55 on in the starter bank and in four collections (878 items) as people send
them. From 0.72 on each pair read was one question typed twice, reworded, put as a judgment and as a choice,
or asked of the next of a series; the first two that share no more than their law stood at 0.68. No two of the
starter bank's 256 items come above 0.61.
"""
SKETCH = 16
"""So many pieces of an item, drawn by lot, stand for it in an index."""
MEETINGS = 3
"""So many of them another item must have to be compared in full; one that is alike has half of them."""
PIECE = 4
"""Characters of a piece: rare enough that two items with one in common are worth a comparison."""
COMMON = 60
"""Pieces that more items have are drawn last: figures of speech of the law say little about an item."""
MOST_HOLDERS = 60
"""So many items are kept for one piece; more stand behind it in a heap of copies only."""
MOST_CHECKED = 10
"""So many candidates are compared in full, those with the most pieces in common first."""

_TAG = re.compile(r"<[^>]*>")
# All but letters, figures and the point within a figure: 1.5 is not 15.
_SIGN = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w\n.]|_")
_FIGURE = re.compile(r"[0-9.]+|[零〇一二两三四五六七八九十百千万亿]+")


class Likeness(StrEnum):
    """In what two items that are alike differ."""

    SAME = "same"
    """In nothing that a candidate reads, but for signs and the order of the options."""
    FIGURES = "figures"
    """In figures only (五日, 十日): in law most often two questions, or one that has gone stale."""
    ALIKE = "alike"


@dataclass(frozen=True)
class Wording:
    """What an item asks, made ready to be compared: `stem`, and `options` in the order of the alphabet."""

    stem: str
    options: tuple[str, ...]

    @cached_property
    def frame(self) -> tuple[str, ...]:
        """Return the texts without their figures."""
        stem, *options = _FIGURE.sub("0", "\n".join((self.stem, *self.options))).split("\n")
        return (stem, *sorted(options))

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Return the pairs of neighbouring characters; a text of one character is one."""
        return frozenset(self._pieces(2))

    @property
    def pieces(self) -> set[str]:
        """Return the stretches of `PIECE` characters; a shorter text is one."""
        return self._pieces(PIECE)

    def _pieces(self, length: int) -> set[str]:
        found: set[str] = set()
        for text in (self.stem, *self.options):
            if len(text) > length:
                found.update(map("".join, zip(*(text[n:] for n in range(length)), strict=False)))
            elif text:
                found.add(text)
        return found


@dataclass(frozen=True, slots=True)
class Match:
    """How one item is like another; `score` is from 0 to 1."""

    likeness: Likeness
    score: float

    @property
    def percent(self) -> int:
        """Return the score in per cent; 100 only where there is no difference."""
        return 100 if self.likeness is Likeness.SAME else min(99, int(self.score * 100))


def wording(content: Mapping[str, Any]) -> Wording:
    """Return what `Item.content_json` asks; keys and rationale do not count."""
    stems = [_TAG.sub(" ", content["stimulus"] or ""), *(part["stem"] for part in content["parts"])]
    chosen = [(*part["options"], *part.get("targets", ())) for part in content["parts"]]
    options = [option["text"] for options in chosen for option in options]
    texts = ["".join(text.split("\n")) for text in (" ".join(stems), *options)]
    stem, *choices = _plain("\n".join(texts)).split("\n")
    return Wording(stem, tuple(sorted(choices)))


def _plain(text: str) -> str:
    """Return a text as `scoring.normalise` has it, without signs and blanks, an image as its name."""
    shown = IMAGE.sub(lambda found: f"image{found[2][:8]}", text) if "](image:" in text else text
    return _SIGN.sub("", unicodedata.normalize("NFKC", shown).casefold())


def match(one: Wording, other: Wording) -> Match | None:
    """Return how two items are alike, or None if they are not.

    Items that differ in figures only are alike however many of their figures differ.
    """
    both = len(one.pairs) + len(other.pairs)
    if not both:
        return None  # nothing but signs: all such items would be the same
    if one == other:
        return Match(Likeness.SAME, 1.0)
    score = 2 * len(one.pairs & other.pairs) / both
    if one.frame == other.frame:
        return Match(Likeness.FIGURES, score)
    return Match(Likeness.ALIKE, score) if score >= ALIKE else None


class LikenessIndex:
    """Some items, ready to be asked which of them are like another.

    Of the pieces of each item the `SKETCH` with the lowest check sums stand for it: a lot that falls alike
    for all items and on every machine. What meets often enough is compared in full, so that nothing is
    called alike that is not; of those that are, one in two hundred may be missed
    (`benchmarks/similarity.py`). Items that differ in figures only are found by their frame.
    """

    def __init__(self, wordings: Sequence[Wording]) -> None:
        self._wordings = wordings
        self._holders: dict[str, list[int]] = defaultdict(list)
        self._frames: dict[tuple[str, ...], list[int]] = defaultdict(list)
        spread = Counter(piece for one in wordings for piece in one.pieces)
        lots = {piece: (n > COMMON, crc32(piece.encode())) for piece, n in spread.items()}
        for position, one in enumerate(wordings):
            for piece in nsmallest(SKETCH, one.pieces, key=lots.__getitem__):
                if len(self._holders[piece]) < MOST_HOLDERS:
                    self._holders[piece].append(position)
            if len(self._frames[one.frame]) < MOST_CHECKED:
                self._frames[one.frame].append(position)

    def like(self, wording: Wording) -> Iterator[tuple[int, Match]]:
        """Return the positions of the items that are like this one, in no order."""
        pieces = wording.pieces
        held = (self._holders[piece] for piece in pieces & self._holders.keys())
        shared = Counter(chain.from_iterable(held))
        least = MEETINGS if len(pieces) > SKETCH else 1
        near = [position for position, n in shared.items() if n >= least]
        if len(near) > MOST_CHECKED:
            near = nlargest(MOST_CHECKED, near, key=shared.__getitem__)
        for position in {*near, *self._frames.get(wording.frame, ())}:
            if found := match(wording, self._wordings[position]):
                yield position, found
