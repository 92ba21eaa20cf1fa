"""Two versions of the register side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.law_compare import (
    Change,
    Pair,
    Pairing,
    Run,
    Text,
    count_changes,
    difference,
    paired,
    paired_by_likeness,
    paired_by_number,
)
from question_bank.words import said
from tiejun.bank.law_queries import get_law
from tiejun.bank.models import Article, LawVersion
from tiejun.errors import NotFound
from tiejun.listing import ListPage

PAIRS_A_PAGE = 100
Runs = Sequence[tuple[Run, str]]


@dataclass(frozen=True)
class CompareFilter:
    """What was asked for: one kind of change or all, and what pairs the articles (None: we choose)."""

    change: Change | None
    pairing: Pairing | None
    page: int = 1


@dataclass(frozen=True)
class Compared:
    """A pair of articles with the runs of characters of each side."""

    pair: Pair
    old: Runs
    new: Runs


@dataclass(frozen=True)
class PairTable:
    """Counts over all pairs, and one page of those asked for; `moved` have another number."""

    pairing: Pairing
    counts: dict[Change, int]
    moved: int
    page: ListPage[Compared]


@dataclass(frozen=True)
class Comparison:
    """Two versions, the one in force first on the left, with their articles."""

    old: LawVersion
    new: LawVersion
    table: PairTable


def compare_laws(db: Session, law_id: str, other_id: str, wanted: CompareFilter) -> Comparison:
    """Return two versions article by article, whichever is named first.

    Versions of one instrument are paired by number, or by likeness where a revision renumbered them; two
    different laws, such as one and the code that replaced it, always by likeness unless asked otherwise.

    Raises:
        NotFound: if the register has not both, or not both texts.
    """
    laws = [get_law(db, law_id), get_law(db, other_id)]
    for law in laws:
        if law.text_digest is None:
            raise NotFound(
                said("《%(title)s》的正文尚未导入，无法比较。", title=law.title), code="text_missing"
            )
    old, new = sorted(laws, key=lambda law: (law.effective is not None, law.effective, law.id))
    pairing = wanted.pairing or (None if old.title == new.title else Pairing.LIKENESS)
    return Comparison(old, new, pair_table(texts_of(db, old.id), texts_of(db, new.id), wanted, pairing))


def texts_of(db: Session, law_id: str) -> list[Text]:
    """Return the articles of a version in their order, for a comparison."""
    rows = db.execute(
        select(Article.number, Article.label, Article.text)
        .where(Article.law_id == law_id)
        .order_by(Article.position)
    )
    return [Text(number, label, text) for number, label, text in rows]


def pair_table(
    old: Sequence[Text], new: Sequence[Text], wanted: CompareFilter, pairing: Pairing | None
) -> PairTable:
    """Return the pairs of two texts, counted, and one page of those asked for with their differences."""
    if pairing is Pairing.NUMBER:
        pairs = paired_by_number(old, new)
    elif pairing is Pairing.LIKENESS:
        pairs = paired_by_likeness(old, new)
    else:
        pairing, pairs = paired(old, new)
    shown = [pair for pair in pairs if wanted.change in (None, pair.change)]
    pages = max(1, ceil(len(shown) / PAIRS_A_PAGE))
    number = min(max(1, wanted.page), pages)
    rows = [_compared(pair) for pair in shown[(number - 1) * PAIRS_A_PAGE : number * PAIRS_A_PAGE]]
    moved = sum(pair.is_moved for pair in pairs)
    return PairTable(pairing, count_changes(pairs), moved, ListPage(rows, number, pages, len(shown)))


def _compared(pair: Pair) -> Compared:
    if pair.change is Change.CHANGED and pair.old and pair.new:
        runs = difference(pair.old.text, pair.new.text)
        return Compared(
            pair,
            [(run, text) for run, text in runs if run is not Run.NEW],
            [(run, text) for run, text in runs if run is not Run.OLD],
        )
    return Compared(
        pair,
        [(Run.KEPT, pair.old.text)] if pair.old else [],
        [(Run.KEPT, pair.new.text)] if pair.new else [],
    )
