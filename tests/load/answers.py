"""What the candidates answer: from the keys of the forms, so that each reaches the score he is to reach."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from question_bank.item import PartType
from question_bank.scoring import score_response
from tiejun.bank.form_service import SlotKey, slot_keys
from tiejun.db import Database

Move = tuple[int, Any]
"""A slot and the value written there."""

ESSAY_WORDS = "（演练作答）本题答出要点{tenths}成。执法人员应当依法调查取证、告知权利并保障陈述申辩，"
SENTENCES = (
    "首先说明依据和管辖，",
    "其次分析违法事实与证据，",
    "再次说明裁量的理由，",
    "最后提出整改要求和复查安排。",
)


@dataclass(frozen=True)
class Paper:
    """The keys of one form, as only the rehearsal may know them."""

    keys: tuple[SlotKey, ...]

    @classmethod
    def of(cls, database: Database, form_id: int) -> "Paper":
        """Read the keys of a form."""
        with database.reading() as db:
            return cls(tuple(slot_keys(db, form_id)))

    @property
    def objective(self) -> list[SlotKey]:
        """The slots that the machine scores."""
        return [key for key in self.keys if key.part.type is not PartType.ESSAY]

    @property
    def essays(self) -> list[SlotKey]:
        """The slots that people mark."""
        return [key for key in self.keys if key.part.type is PartType.ESSAY]

    def points(self, answered: dict[int, Any]) -> dict[int, Decimal]:
        """Return the machine's points by slot for these answers; essays have none."""
        return {
            key.slot: score_response(
                key.part, key.canonical(answered.get(key.slot)), maximum=key.points
            ).points
            for key in self.objective
        }


def right(key: SlotKey) -> Any:
    """Return the right answer of an objective slot, as a client sends it."""
    kind, found = key.part.type, key.part.key
    if kind is PartType.SINGLE:
        return key.option_ids[str(found)]
    if kind is PartType.MULTIPLE:
        assert isinstance(found, tuple)
        return [key.option_ids[str(option)] for option in found]
    if kind is PartType.FILL_IN:
        assert isinstance(found, tuple)
        return [accepted[0] for accepted in found]
    return found


def wrong(key: SlotKey, rng: random.Random) -> Any:
    """Return an answer of the right shape that earns nothing."""
    kind, found = key.part.type, key.part.key
    shown = key.option_ids
    if kind is PartType.SINGLE:
        return rng.choice([shown[option] for option in key.part.option_ids if option != found])
    if kind is PartType.MULTIPLE:
        assert isinstance(found, tuple)
        return [shown[str(found[0])]]
    if kind is PartType.FILL_IN:
        return ["不清楚"] * key.part.blanks
    return not found


def reach(slots: Sequence[SlotKey], target: Decimal, rng: random.Random) -> set[int]:
    """Return slots that are together worth exactly `target`, or as near below as can be."""
    ways: dict[Decimal, tuple[int, ...]] = {Decimal(0): ()}
    for key in rng.sample(list(slots), len(slots)):
        for points, chosen in list(ways.items()):
            total = points + key.points
            if total <= target and total not in ways:
                ways[total] = (*chosen, key.slot)
    return set(ways[max(ways)])


def moves(paper: Paper, objective: Decimal, tenths: int, rng: random.Random) -> list[Move]:
    """Return everything a candidate writes, in order: wrong turns, cleared answers, essays in drafts.

    Args:
        paper: the keys of his form.
        objective: the points that the machine shall give.
        tenths: how much of each essay is worth points; the markers read it in the text.
    """
    good = reach(paper.objective, objective, rng)
    streams: list[list[Move]] = []
    for key in paper.objective:
        final = right(key) if key.slot in good else wrong(key, rng)
        stream: list[Move] = [(key.slot, final)]
        if rng.random() < 0.3:
            stream.insert(0, (key.slot, wrong(key, rng)))
        if rng.random() < 0.1:
            stream.insert(len(stream) - 1, (key.slot, None))
        streams.append(stream)
    for key in paper.essays:
        streams.append([(key.slot, draft) for draft in _drafts(tenths, rng)])
    return _interleaved(streams, rng)


def _drafts(tenths: int, rng: random.Random) -> list[str]:
    text = ESSAY_WORDS.format(tenths=tenths)
    drafts = [text[: len(text) // 2], text]
    for sentence in SENTENCES:
        text += sentence + rng.choice(("", "\n"))
        drafts.append(text)
    return drafts


def _interleaved(streams: list[list[Move]], rng: random.Random) -> list[Move]:
    """Return all moves, each stream in its own order, mostly one question after the other."""
    waiting, done = [list(stream) for stream in streams], []
    while waiting:
        stream = waiting[rng.randrange(min(4, len(waiting)))]
        done.append(stream.pop(0))
        if not stream:
            waiting.remove(stream)
    return done
