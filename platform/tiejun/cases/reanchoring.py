"""A case out of the queue of law changes: the same text on another article, read by a second person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.access import Permission, Persona
from tiejun.audit import Actor, record
from tiejun.bank.law_reviews import queue
from tiejun.bank.law_reviews.models import LawReview
from tiejun.bank.law_reviews.service import chosen
from tiejun.bank.law_reviews.standing import Standing
from tiejun.cases import queries, service
from tiejun.cases.law_changes import CASE
from tiejun.cases.models import CaseMaterial, CaseState, CaseVersion
from tiejun.cases.rules import exchange_refusal
from tiejun.errors import Conflict, NotFound


def reanchor(
    db: Session,
    version: CaseVersion,
    review: LawReview,
    target: tuple[str, str],
    actor: Actor,
    now: datetime,
) -> CaseVersion:
    """Begin a version that cites another article and says the same else, and give it to a second reader.

    The published version stays until that reader publishes this one; the review waits as long.

    Args:
        version: the latest of the case, held until the transaction ends.
        review: an open review of this case.
        target: law version, and article as people write it.

    Raises:
        NotFound: if the review is another case's.
        Conflict: if somebody works at a version of the case, naming them.
        Rejected: as `law_reviews.service.chosen`.
    """
    if review.subject_id != version.case_id:
        raise NotFound(said("没有这一条待核。"))
    if why := _refusal(version, actor.account_id):
        raise Conflict(why, code="being_written")
    gone = _replaced(db, review)
    new = chosen(db, review, *target, now)
    draft = version if version.state != CaseState.PUBLISHED else _next(db, version, actor, now)
    cited = [(row.law_id, row.article) for row in draft.citations]
    after = list(dict.fromkeys((new.law, new.article) if one in gone else one for one in cited))
    service.tag(db, draft, [row.unit for row in draft.units], after)
    draft.exchanged_by_id, draft.exchanged_by = actor.account_id, actor.name
    draft.revision, draft.saved_at = draft.revision + 1, now
    service.hand_in(db, draft, after, now)
    subject = ("case", version.case.public_id)
    told = {
        "title": draft.title,
        "version": draft.number,
        "old": f"{review.law_id} {review.article}",
        "new": f"{new.law} {new.article}",
    }
    record(db, actor, "case.reanchored", subject, now, **told)
    return draft


def is_same_text(version: CaseVersion, other: CaseVersion) -> bool:
    """Return whether two versions say the same, whatever they cite."""
    return all(getattr(version, name) == getattr(other, name) for name in ("title", *service.COPIED))


def _replaced(db: Session, review: LawReview) -> set[tuple[str, str]]:
    """Return what the new article takes the place of: the old one, and one chosen before for this review."""
    gone = {(review.law_id, review.article)}
    others = (row for row in queue.waiting(db, CASE, review.subject_id) if row is not review)
    before = (review.target_law_id, review.target_article)
    if before[0] and before[1] and before not in {(row.target_law_id, row.target_article) for row in others}:
        gone.add((before[0], before[1]))
    return gone


def case_standing(db: Session, who: Persona, review: LawReview) -> Standing:
    """Return what `who` may decide on a case in the queue (a teller of `law_reviews.standing`)."""
    case = db.scalars(select(CaseMaterial).where(CaseMaterial.id == review.subject_id)).one()
    version = queries.latest(db, case)
    is_author = who.may(Permission.CASE_WRITE) and case.author_id == who.account_id
    reviews = queries.reviews_for(db, who, case)
    why = _refusal(version, who.account_id) or ""
    is_free, is_written = version.state == CaseState.PUBLISHED, version.state in service.EDITABLE
    return Standing(
        reanchor=f"{review.address}/reanchor" if (is_author or reviews) and not why else "",
        rewrite=f"{review.address}/revise" if is_author and is_free else "",
        edit=f"{review.address}/edit" if is_author and is_written else "",
        retire=f"{review.address}/retire" if reviews else "",
        held=why if is_author or reviews else "",
        submitted=version.number if version.state == CaseState.IN_REVIEW else None,
    )


def _refusal(version: CaseVersion, account_id: int | None) -> str | None:
    by = version.exchanged_by if version.state == CaseState.IN_REVIEW else None
    return exchange_refusal(
        version.state,
        is_own=account_id is not None and version.exchanged_by_id == account_id,
        has_author=version.case.author_id is not None,
        number=version.number,
        by=by or version.case.author_name,
    )


def _next(db: Session, version: CaseVersion, actor: Actor, now: datetime) -> CaseVersion:
    """Begin the next version; its text is the published one's, and so is what was confirmed of that."""
    draft = service.revise(db, version, actor, now)
    draft.is_anonymous = version.is_anonymous
    return queries.latest(db, version.case)
