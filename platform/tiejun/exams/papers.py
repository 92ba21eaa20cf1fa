"""Frozen papers as the engine needs them: the candidate's JSON, and what shape each slot's value has."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.answer_words import in_words
from question_bank.item import PartType
from question_bank.scoring import ResponseShape, ValueShapeError, check_value
from question_bank.terms import PLAIN_TYPES
from question_bank.words import said
from tiejun.bank.models import ExamForm
from tiejun.errors import DomainError

KEPT_PAPERS = 32


@dataclass(frozen=True)
class SlotShape:
    """What may be answered in one slot."""

    response: ResponseShape

    @property
    def type(self) -> PartType:
        """Return the type of the slot's part."""
        return self.response.type

    @property
    def option_ids(self) -> tuple[str, ...]:
        """Return the ids of the options in the order of the paper."""
        return tuple(self.response.options)

    def letters(self, value: Any) -> str:
        """Return a value as people read it: options by their letters on this paper."""
        if self.type in (PartType.SINGLE, PartType.MULTIPLE):
            chosen = [value] if isinstance(value, str) else value
            return "".join(sorted(ascii_uppercase[self.option_ids.index(option)] for option in chosen))
        if self.type not in PLAIN_TYPES:
            names = {one: _letter(number) for number, one in enumerate(self.option_ids)}
            names |= {one: str(number) for number, one in enumerate(self.response.targets, start=1)}
            return "　".join(in_words(self.type, value, names))
        return "；".join(value) if isinstance(value, list) else str(value)


def _letter(number: int) -> str:
    """Return how the candidate's page names an option, by its number from 0."""
    return ascii_uppercase[number] if number < len(ascii_uppercase) else str(number + 1)


@dataclass(frozen=True)
class Paper:
    """A paper by its content; `document` is what candidates get, and is never changed."""

    document: Mapping[str, Any]
    shapes: Mapping[int, SlotShape]

    def check(self, slot: int, value: object) -> None:
        """Accept a value for a slot.

        Raises:
            DomainError: `unknown_slot` or `bad_value`, naming the slot.
        """
        shape = self.shapes.get(slot)
        if shape is None:
            raise DomainError(said("试卷中没有这道题，整批作答没有保存。"), code="unknown_slot", slot=slot)
        try:
            check_value(shape.response, value)
        except ValueShapeError as error:
            raise DomainError(
                said("作答的格式与题型不符，整批作答没有保存。"),
                code="bad_value",
                slot=slot,
                reason=error.args[0],
            ) from error


def parse(text: str) -> Paper:
    """Read a paper's JSON."""
    document = json.loads(text)
    shapes = {
        slot["slot"]: SlotShape(ResponseShape.from_json(slot))
        for section in document["sections"]
        for slot in section["slots"]
    }
    return Paper(document, shapes)


class _Shelf:
    """The papers used last, by the hash of their content: a frozen paper can't go stale."""

    def __init__(self) -> None:
        self._papers: OrderedDict[str, Paper] = OrderedDict()
        self._lock = Lock()

    def get(self, paper_hash: str) -> Paper | None:
        with self._lock:
            if paper_hash in self._papers:
                self._papers.move_to_end(paper_hash)
            return self._papers.get(paper_hash)

    def put(self, paper_hash: str, paper: Paper) -> None:
        with self._lock:
            self._papers[paper_hash] = paper
            while len(self._papers) > KEPT_PAPERS:
                self._papers.popitem(last=False)


_SHELF = _Shelf()


def load(db: Session, form_id: int, paper_hash: str) -> Paper:
    """Return the paper of a form; it is read from the database once a process."""
    paper = _SHELF.get(paper_hash)
    if paper is None:
        paper = parse(db.scalars(select(ExamForm.paper).where(ExamForm.id == form_id)).one())
        _SHELF.put(paper_hash, paper)
    return paper
