"""Items that are alike: 10,000 new ones against 50,000 known and each other, and against comparing all pairs.

    python -m benchmarks.similarity [new [known]]

The items are made up character by character, each as likely after the two before it as in the starter bank,
so that phrases repeat as they do in law. One in twenty of the new ones is a known one with one character in
ten changed.
"""

import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from question_bank.similarity import LikenessIndex, Wording, match, wording
from question_bank.starter import load_starter

TWIN_EVERY = 20
CHANGED = 0.1
SAMPLE = 200
Content = dict[str, Any]


def main(new: int, known: int) -> None:
    """Print seconds, the ratio to comparing all pairs, and how many of the twins were found."""
    chance = random.Random(20)
    speech = Speech(chance)
    bank = [speech.item() for _ in range(known)]
    file = [speech.like(bank[n]) if n % TWIN_EVERY == 0 else speech.item() for n in range(new)]
    started = time.perf_counter()
    fresh = [wording(item) for item in file]
    index = LikenessIndex(fresh)
    found = {(position, n) for n, item in enumerate(bank) for position, _match in index.like(wording(item))}
    within = sum(1 for one in fresh for _found in index.like(one)) - new
    seconds = time.perf_counter() - started
    sample = [wording(item) for item in bank[:SAMPLE]]
    all_pairs = _compare(fresh, sample) / SAMPLE * (known + new)
    twins = {(n, n) for n in range(0, new, TWIN_EVERY) if match(fresh[n], wording(bank[n]))}
    print(f"{new} new items against {known} known and each other: {seconds:.1f} s")
    print(f"all pairs would take {all_pairs:.0f} s: {all_pairs / seconds:.0f} times as long")
    print(f"{len(found & twins)} of {len(twins)} twins found, and {len(found - twins) + within} other pairs")


def _compare(some: Sequence[Wording], others: Sequence[Wording]) -> float:
    started = time.perf_counter()
    for one in others:
        for other in some:
            match(one, other)
    return time.perf_counter() - started


class Speech:
    """Makes texts that sound like the starter bank's."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._after: dict[str, list[str]] = defaultdict(list)
        self._starts: list[str] = []
        for item in load_starter():
            for part in item.parts:
                for text in (part.stem, *(option.text for option in part.options)):
                    self._starts.append(text[:2])
                    for place in range(len(text) - 2):
                        self._after[text[place : place + 2]].append(text[place + 2])

    def item(self) -> Content:
        """Return an item with four options."""
        options = [{"text": self._text(self._chance.randint(4, 20))} for _ in range(4)]
        return {"stimulus": None, "parts": [{"stem": self._text(45), "options": options}]}

    def like(self, item: Content) -> Content:
        """Return an item with one character in ten changed."""
        part = item["parts"][0]
        options = [{"text": self._changed(option["text"])} for option in part["options"]]
        return {"stimulus": None, "parts": [{"stem": self._changed(part["stem"]), "options": options}]}

    def _text(self, length: int) -> str:
        text = self._chance.choice(self._starts)
        while len(text) < length:
            text += self._chance.choice(self._after[text[-2:]] or ["，"])
            if not self._after[text[-2:]]:
                text += self._chance.choice(self._starts)
        return text

    def _changed(self, text: str) -> str:
        return "".join("改" if self._chance.random() < CHANGED else sign for sign in text)


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(*(asked + [10_000, 50_000][len(asked) :]))
