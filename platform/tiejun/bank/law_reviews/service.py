"""Decisions in the queue: another article in place of the old one, or out of use."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from question_bank.item import Citation
from question_bank.words import said
from tiejun.audit import Actor, record
from tiejun.bank.item_rows import IS_CURRENT, to_text
from tiejun.bank.law_reviews.models import Decision, LawReview
from tiejun.bank.law_reviews.queue import close, waiting
from tiejun.bank.law_reviews.things import ITEM
from tiejun.bank.life.rules import Step
from tiejun.bank.life.service import note_step
from tiejun.bank.models import Article, Item, ItemVersion, LawVersion
from tiejun.bank.rules import LawState, article_number, law_state
from tiejun.bank.secrecy import Sight
from tiejun.bank.service import exchange_citation
from tiejun.bank.states import ItemState
from tiejun.clock import beijing
from tiejun.errors import Conflict, NotFound, Problem, Rejected

NOT_DECIDED = said("没有作出决定，请改正下面的内容。")
REASON_MAX = 500


def review_to_decide(db: Session, sight: Sight, public_id: UUID, kind: str = ITEM) -> LawReview:
    """Return an open review of a thing of a kind, held until the transaction ends.

    Raises:
        NotFound: if there is none with this id, or it is of an item hidden from this person.
        Conflict: if it was decided already, or is of another kind, which is decided elsewhere.
    """
    review = db.scalar(select(LawReview).where(LawReview.public_id == public_id).with_for_update())
    if review is None or not _may_see(db, sight, review):
        raise NotFound(said("没有这一条待核。"))
    if review.decided_at is not None:
        raise Conflict(said("这一条已由%(name)s作出决定，没有再改。", name=review.decided_by or ""))
    if review.kind != kind:
        raise Conflict(said("案例和课不在这里决定，请在它们自己的页上办理。"))
    return review


def _may_see(db: Session, sight: Sight, review: LawReview) -> bool:
    item = select(Item.id).where(Item.id == review.subject_id, sight.condition())
    return review.kind != ITEM or db.scalar(item) is not None


def reanchor(db: Session, review: LawReview, law_id: str, article: str, actor: Actor, now: datetime) -> Item:
    """Let the item stand on another article: a new version with the citation exchanged, else the same.

    Where the article is the same one, its text corrected, the item needs no new version.

    Args:
        article: the number as people write it ("1060", "第一千零六十条").

    Raises:
        Rejected: if that article does not exist, or is not in force when the old one has ended.
    """
    new = chosen(db, review, law_id, article, now)
    item, version = db.execute(
        select(Item, ItemVersion)
        .join(ItemVersion, IS_CURRENT)
        .where(Item.id == review.subject_id)
        .options(selectinload(ItemVersion.key))
    ).one()
    old = Citation(review.law_id, review.article)
    exchange_citation(db, to_text(version), old, new, actor, now)
    close(db, [review], Decision.REANCHORED, actor, now)
    return item


def retire(db: Session, review: LawReview, why: str, actor: Actor, now: datetime) -> Item:
    """Take the item out of use; all its reviews are decided with that.

    Raises:
        Rejected: if no reason is given.
    """
    if not why:
        raise Rejected(NOT_DECIDED, [Problem(said("停用"), "why", said("请写明停用的理由。"))])
    item = db.get_one(Item, review.subject_id)
    item.state, item.updated_at = ItemState.RETIRED, now
    note_step(db, item, Step.RETIRE, actor, now, why[:REASON_MAX])
    record(db, actor, "item.retired", ("item", item.code), now, why=why[:REASON_MAX])
    close(db, waiting(db, ITEM, item.id), Decision.RETIRED, actor, now, why[:REASON_MAX])
    return item


def chosen(db: Session, review: LawReview, law_id: str, article: str, now: datetime) -> Citation:
    """Return the article that takes the old one's place, and note it in the review.

    Args:
        article: the number as people write it.

    Raises:
        Rejected: if that article does not exist, or is not in force when the old one has ended.
    """
    number = _target(db, review, law_id, article, now)
    review.target_law_id, review.target_article = law_id, number
    return Citation(law_id, number)


def _target(db: Session, review: LawReview, law_id: str, article: str, now: datetime) -> str:
    """Return the number of the article that is to take the old one's place."""
    law = db.get(LawVersion, law_id)
    number = article_number(article)
    if law is None:
        raise _refused("law", said("请从列表中选择法规。"))
    exists = select(Article.id).where(Article.law_id == law_id, Article.number == number)
    if number is None or db.scalar(exists) is None:
        problem = said("《%(title)s》的正文中没有第 %(article)s 条。", title=law.title, article=article[:20])
        raise _refused("article", problem)
    old = db.get_one(LawVersion, review.law_id)
    day = max(beijing(now).date(), old.ceased or date.min)
    if law_state(law.effective, law.ceased, day) is not LawState.IN_FORCE or law.ceased is not None:
        raise _refused("law", said("《%(title)s》届时不在施行中，不能作为依据。", title=law.title))
    return number


def _refused(field: str, message: str) -> Rejected:
    return Rejected(NOT_DECIDED, [Problem(said("依据"), field, message)])
