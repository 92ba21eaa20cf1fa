"""Writes of single items. A version, once written, stays."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.item import Citation
from question_bank.item import Item as ItemText
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank import images
from tiejun.bank.citations import CitationCheck, unit_problems
from tiejun.bank.item_rows import describe, new_row, new_version, text_digest
from tiejun.bank.law_reviews.impact import follow_ends
from tiejun.bank.law_reviews.queue import settle
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.life.service import note_written
from tiejun.bank.models import FormSlot, Item, ItemPurpose
from tiejun.bank.secrecy import is_lowered
from tiejun.errors import Conflict, NotFound, Problem, Rejected

UNCODED = "new"
"""Id of an item that has no code yet; `save_item` gives it one."""


def save_item(  # noqa: PLR0913 - what is written, by whom, on what ground
    db: Session,
    item: ItemText,
    purpose: ItemPurpose,
    actor: Actor,
    now: datetime,
    base_version: int | None = None,
    *,
    is_draft: bool = False,
) -> Item:
    """Write a new item (`base_version` None), or a new version of the one with this id.

    A version that rests on law in force settles the reviews that the item waits for; one that cites law
    that has ended waits for one.

    Args:
        base_version: the version that the writer had before them.
        is_draft: whether what is new must be reviewed before it is used (`bank.life`).

    Raises:
        Rejected: if the unit or a citation does not exist.
        Conflict: if the code is taken, or somebody wrote a version since.
        NotFound: if there is no item of this id to be changed.
    """
    check = CitationCheck(db, [item])
    problems = unit_problems(said("试题"), item, purpose) + check(said("试题"), item).problems
    problems += images.ImageCheck(db, [item])(said("试题"), item)
    if problems:
        raise Rejected(said("试题没有保存，请改正下面的内容。"), problems)
    before = base_version or 0
    row = (
        _add(db, item, purpose, actor, now)
        if base_version is None
        else _revise(db, item, base_version, actor, now)
    )
    _classify(db, row, purpose)
    db.flush()
    if is_draft and row.current_version > before:
        note_written(db, row, actor, now)
    _follow_law(db, row, item, actor, now)
    record(db, actor, "item.saved", ("item", row.code), now, version=row.current_version)
    return row


def _classify(db: Session, row: Item, purpose: ItemPurpose) -> None:
    """Give an item its class; one that stands on a form comes down by `release` only."""
    on_form = select(FormSlot.id).where(FormSlot.item_id == row.id).limit(1)
    if is_lowered(ItemPurpose(row.purpose), purpose) and db.scalar(on_form) is not None:
        problem = Problem(said("试题"), "purpose", said("进入过试卷的题不能在这里降低密级。"))
        raise Rejected(said("试题没有保存，请改正下面的内容。"), [problem])
    row.purpose = purpose


def exchange_citation(
    db: Session, item: ItemText, citation: Citation, by: Citation, actor: Actor, now: datetime
) -> Item:
    """Write a new version of an item that cites another article in place of one, and says the same else.

    The paragraph and item that it named go with the old article: which of the new one is meant, a person must
    say. Where the article stays and only its text was corrected, they stay as long as the text has them. Its
    reviews are the caller's business.

    Raises:
        Rejected: if the new citation does not exist.
        NotFound: if there is no such item.
    """
    check = CitationCheck(db, [item])
    stays = (citation.law, citation.article) == (by.law, by.article) and not check("", item).problems
    at = (citation.law, citation.article)
    cited = dict.fromkeys(by if (one.law, one.article) == at else one for one in item.citations)
    changed = item if stays else replace(item, citations=tuple(cited))
    if problems := CitationCheck(db, [changed])(said("试题"), changed).problems:
        raise Rejected(said("试题没有保存，请改正下面的内容。"), problems)
    row = _locked(db, item.id)
    if row.digest != text_digest(changed):
        add_version(db, row, changed, actor, now)
    record(db, actor, "item.saved", ("item", row.code), now, version=row.current_version)
    db.flush()
    return row


def _follow_law(db: Session, row: Item, item: ItemText, actor: Actor, now: datetime) -> None:
    settle(db, (ITEM, row.id), cited(item), actor, now, is_transitional=item.transitional)
    follow_ends(db, {citation.law for citation in item.citations}, actor, now)


def cited(item: ItemText) -> set[tuple[str, str]]:
    """Return law version and article of each citation."""
    return {(citation.law, citation.article) for citation in item.citations}


def _add(db: Session, item: ItemText, purpose: ItemPurpose, actor: Actor, now: datetime) -> Item:
    if item.id == UNCODED:
        # The number in the code is the row's own, which no other writer can get at the same time.
        row = new_row(replace(item, id=f"{UNCODED}-{uuid4()}"), purpose, actor.name, now)
        db.add(row)
        db.flush()
        row.code = f"{item.unit or 'X'}-E{row.id:05}"
        key = row.versions[0].key
        key.key = {**key.key, "id": row.code}
        return row
    if db.scalar(select(Item.id).where(Item.code == item.id)) is not None:
        raise Conflict(said("编号“%(id)s”已被使用。", id=item.id), code="code_taken")
    row = new_row(item, purpose, actor.name, now)
    db.add(row)
    return row


def _revise(db: Session, item: ItemText, base_version: int, actor: Actor, now: datetime) -> Item:
    row = _locked(db, item.id)
    if row.current_version != base_version:
        raise Conflict(
            said(
                "您修改期间，这道题已有第 %(current_version)s 版。没有保存；填写的内容都还在，请对照后再改。",
                current_version=row.current_version,
            ),
            code="changed_meanwhile",
        )
    if row.digest != text_digest(item):
        add_version(db, row, item, actor, now)
    return row


def _locked(db: Session, code: str) -> Item:
    row = db.scalar(select(Item).where(Item.code == code).with_for_update())
    if row is None:
        raise NotFound(said("题库中没有这道试题。"))
    return row


def add_version(
    db: Session, row: Item, item: ItemText, actor: Actor, now: datetime, batch_id: int | None = None
) -> None:
    """Write the next version of a locked item; the item's row says the same."""
    row.current_version += 1
    version = new_version(item, row.current_version, actor.name, now)
    version.item_id, version.batch_id = row.id, batch_id
    db.add(version)
    describe(db, row, item, now)
