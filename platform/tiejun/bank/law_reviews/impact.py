"""What an import of laws does to whatever cites them: it moves into the queue, in the same transaction.

A citation comes in when its version ends (repealed, or replaced by a newer one), when the text of its
article was corrected, or when the article is gone. Nothing else comes in, and nothing twice. That a version
ends is no loss to what is transitional (新旧衔接): it cites it on purpose.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from question_bank.law_change import normalised
from question_bank.laws import load_register
from tiejun.audit import Actor, record
from tiejun.bank.law_reviews.models import Cause, LawReview
from tiejun.bank.law_reviews.successors import OldArticle, Successors
from tiejun.bank.law_reviews.things import CitingThing, things_citing
from tiejun.bank.models import Article, LawVersion

Texts = Mapping[str, Mapping[str, OldArticle]]
"""Articles by law version and number."""
PORTION = 400


@dataclass(frozen=True)
class _Loss:
    """Why a citation no longer holds; `import_of` is the imported version that brought it about."""

    cause: Cause
    import_of: str | None


def texts_of(db: Session, law_ids: Collection[str]) -> Texts:
    """Return the articles of these versions as they stand; to be asked before an import overwrites them."""
    found: dict[str, dict[str, OldArticle]] = {law_id: {} for law_id in law_ids}
    for row in db.scalars(select(Article).where(Article.law_id.in_(law_ids))):
        found[row.law_id][row.number] = OldArticle(row.label, row.heading, row.text)
    return found


def follow_import(
    db: Session, written: Collection[str], before: Texts, actor: Actor, now: datetime
) -> Counter[str]:
    """Move what the import of `written` versions leaves without ground into the queue.

    Args:
        before: the articles of those versions that were there already, as they were.

    Returns:
        How many things of each kind came in.
    """
    _end_older(db, written, actor, now)
    laws = {law.id: law for law in db.scalars(select(LawVersion))}
    ended = {
        law.id: _Loss(Cause.ENDED, law.superseded_by if law.superseded_by in written else law.id)
        for law in laws.values()
        if law.ceased is not None and (law.id in written or law.superseded_by in written)
    }
    desk = _Desk(db, Successors(db, laws), before, actor, now)
    desk.complete(ended)
    return desk.enter(ended, _lost_articles(before, texts_of(db, before)))


def follow_ends(db: Session, law_ids: Collection[str] | None, actor: Actor, now: datetime) -> Counter[str]:
    """Move whatever cites a version that has ended, or is known to end, into the queue; safe to repeat.

    For what comes without an import of laws: shipped metadata that know of a new end (`law_ids` None: of
    all versions), and items that arrive citing old law. Returns how many things of each kind came in.
    """
    ending = select(LawVersion.id).where(LawVersion.ceased.is_not(None))
    wanted = ending if law_ids is None else ending.where(LawVersion.id.in_(law_ids))
    ended = {law_id: _Loss(Cause.ENDED, None) for law_id in db.scalars(wanted)}
    if not ended:
        return Counter()
    laws = {law.id: law for law in db.scalars(select(LawVersion))}
    desk = _Desk(db, Successors(db, laws), {}, actor, now)
    if law_ids is None:
        desk.complete(ended)
    return desk.enter(ended, {})


def propose_again(db: Session, law_ids: Collection[str], actor: Actor, now: datetime) -> None:
    """Seek the candidates of all open reviews of these versions anew."""
    laws = {law.id: law for law in db.scalars(select(LawVersion))}
    _Desk(db, Successors(db, laws), {}, actor, now).complete(law_ids, anew=True)


def _end_older(db: Session, written: Collection[str], actor: Actor, now: datetime) -> None:
    """Let versions end that an imported one replaces though their own file did not know it yet.

    That it replaces them is told by the shipped register, by their `superseded_by`, or by the same title.
    """
    newer = list(db.scalars(select(LawVersion).where(LawVersion.id.in_(written))))
    newer.sort(key=lambda law: (str(law.effective), law.id))
    for law in db.scalars(select(LawVersion).where(LawVersion.ceased.is_(None))).all():
        new = next((new for new in newer if _replaces(new, law)), None)
        if new is not None:
            law.ceased, law.superseded_by = new.effective, new.id
            record(db, actor, "law.ended", ("law", law.id), now, by=new.id, on=str(law.ceased))
    db.flush()


def _replaces(new: LawVersion, law: LawVersion) -> bool:
    shipped = load_register().get(law.id)
    if new.id in (law.superseded_by, shipped.superseded_by if shipped else None):
        return True
    if new.title != law.title or new.effective is None or law.effective is None:
        return False
    return law.effective < new.effective


def _lost_articles(before: Texts, after: Texts) -> dict[tuple[str, str], _Loss]:
    """Return the articles that read otherwise now, or are gone."""
    lost = {}
    for law_id, articles in before.items():
        for number, old in articles.items():
            new = after[law_id].get(number)
            if new is None:
                lost[law_id, number] = _Loss(Cause.GONE, law_id)
            elif normalised(new.text) != normalised(old.text):
                lost[law_id, number] = _Loss(Cause.CHANGED, law_id)
    return lost


class _Desk:
    """Writes the reviews of one import."""

    def __init__(
        self, db: Session, successors: Successors, before: Texts, actor: Actor, now: datetime
    ) -> None:
        self._db, self._successors, self._before = db, successors, before
        self._actor, self._now = actor, now

    def enter(self, ended: Mapping[str, _Loss], lost: Mapping[tuple[str, str], _Loss]) -> Counter[str]:
        """Add a review for each citation that ended or was lost and waits for none yet."""
        laws = set(ended) | {law_id for law_id, _number in lost}
        present = self._open(laws)
        hit: list[tuple[CitingThing, _Loss]] = []
        for thing in things_citing(self._db, laws):
            loss = None if thing.is_transitional else ended.get(thing.law_id)
            loss = loss or lost.get((thing.law_id, thing.article))
            citation = (thing.kind, thing.subject_id, thing.law_id, thing.article)
            if loss is not None and citation not in present:
                present.add(citation)
                hit.append((thing, loss))
        if not hit:
            return Counter()
        old = self._old({(thing.law_id, thing.article) for thing, _loss in hit})
        self._db.add_all(self._row(thing, loss, old) for thing, loss in hit)
        things = Counter(kind for kind, _id in {(thing.kind, thing.subject_id) for thing, _loss in hit})
        record(self._db, self._actor, "law_review.entered", ("law_review", "queue"), self._now, **things)
        self._db.flush()
        return things

    def complete(self, ended: Collection[str], *, anew: bool = False) -> None:
        """Give open reviews the old text and the candidates that were not to be had when they came in.

        Candidates are sought `anew` too where they are no articles of the version that stands now.
        """
        waiting = select(LawReview).where(LawReview.law_id.in_(ended), LawReview.decided_at.is_(None))
        rows = self._db.scalars(waiting).all()
        bare = [row for row in rows if anew or not row.old_text or not self._is_proposed(row)]
        old = self._old({(row.law_id, row.article) for row in bare})
        for row in bare:
            found = old.get((row.law_id, row.article)) or OldArticle("", "", "")
            row.old_label, row.old_text = row.old_label or found.label, row.old_text or found.text
            known = OldArticle(row.old_label, found.heading, row.old_text)
            row.candidates = self._successors.propose(row.law_id, row.article, known, Cause(row.cause))

    def _is_proposed(self, row: LawReview) -> bool:
        """Return whether a review names articles of the version that they should be sought in."""
        return any(
            one["law"] == self._successors.sought_in(row.law_id, Cause(row.cause)) for one in row.candidates
        )

    def _open(self, law_ids: Collection[str]) -> set[tuple[str, int, str, str]]:
        columns = (LawReview.kind, LawReview.subject_id, LawReview.law_id, LawReview.article)
        rows = self._db.execute(
            select(*columns).where(LawReview.law_id.in_(law_ids), LawReview.decided_at.is_(None))
        )
        return {(kind, subject_id, law_id, article) for kind, subject_id, law_id, article in rows}

    def _old(self, cited: Collection[tuple[str, str]]) -> dict[tuple[str, str], OldArticle]:
        """Return the cited articles as they were before this import."""
        found = {
            (law_id, number): self._before[law_id][number]
            for law_id, number in cited
            if number in self._before.get(law_id, {})
        }
        rest = sorted(set(cited) - found.keys())
        for start in range(0, len(rest), PORTION):
            some = rest[start : start + PORTION]
            for row in self._db.scalars(
                select(Article).where(tuple_(Article.law_id, Article.number).in_(some))
            ):
                found[row.law_id, row.number] = OldArticle(row.label, row.heading, row.text)
        return found

    def _row(self, thing: CitingThing, loss: _Loss, old: Mapping[tuple[str, str], OldArticle]) -> LawReview:
        article = old.get((thing.law_id, thing.article)) or OldArticle("", "", "")
        return LawReview(
            kind=thing.kind,
            subject_id=thing.subject_id,
            title=thing.title,
            unit=thing.unit,
            writer=thing.writer,
            address=thing.address,
            owner_id=thing.owner_id,
            law_id=thing.law_id,
            article=thing.article,
            cause=loss.cause,
            import_of=loss.import_of,
            old_label=article.label,
            old_text=article.text,
            candidates=self._successors.propose(thing.law_id, thing.article, article, loss.cause),
            entered_at=self._now,
            entered_by=self._actor.name,
        )
