"""What law a frozen form rests on, and whether that is in force on the day on which it is sat.

A form is frozen long before its day, and law goes on changing. Items that are transitional (新旧衔接) cite
old law on purpose and are left out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from question_bank.laws import PREFIX
from question_bank.words import said
from tiejun.bank.models import Article, Citation, ExamForm, FormSlot, ItemVersion, LawVersion
from tiejun.bank.rules import LawState, law_state


@dataclass(frozen=True)
class Ground:
    """An article that a slot of a form cites; `label` is the form's.

    `is_gone` says that the version, as its text is here, has no such article.
    """

    form_id: int
    label: str
    slot: int
    title: str
    number: str
    effective: date | None
    ceased: date | None
    is_gone: bool

    def holds_on(self, day: date) -> bool:
        """Return whether the article is in force on `day`: effective <= day < ceased."""
        return not self.is_gone and law_state(self.effective, self.ceased, day) is LawState.IN_FORCE

    @property
    def words(self) -> str:
        """Return the slot and the article; neither the code of the item nor a word of it."""
        title = self.title.removeprefix(PREFIX)
        return said(
            "第%(slot)s题《%(title)s》第%(number)s条", slot=self.slot, title=title, number=self.number
        )


def doubtful_grounds(db: Session, form_ids: Collection[int], since: date) -> list[Ground]:
    """Return what the forms cite that may fail on a day from `since` on, by form and slot; one query.

    Most law is in force and has no known end: that is not returned.
    """
    rows = db.execute(
        select(ExamForm, FormSlot.slot, Citation.article, LawVersion, Article.id)
        .join(FormSlot, FormSlot.form_id == ExamForm.id)
        .join(ItemVersion, ItemVersion.id == FormSlot.version_id)
        .join(Citation, Citation.version_id == ItemVersion.id)
        .join(LawVersion, LawVersion.id == Citation.law_id)
        .outerjoin(Article, and_(Article.law_id == Citation.law_id, Article.number == Citation.article))
        .where(
            ExamForm.id.in_(form_ids),
            ItemVersion.is_transitional.is_(False),
            or_(
                LawVersion.effective.is_(None),
                LawVersion.effective > since,
                LawVersion.ceased.is_not(None),
                and_(LawVersion.text_digest.is_not(None), Article.id.is_(None)),
            ),
        )
        .order_by(ExamForm.id, FormSlot.slot, Citation.position)
    )
    found = (
        Ground(
            form_id=form.id,
            label=form.label,
            slot=slot,
            title=law.title,
            number=number,
            effective=law.effective,
            ceased=law.ceased,
            is_gone=law.text_digest is not None and article_id is None,
        )
        for form, slot, number, law, article_id in rows
    )
    return list(dict.fromkeys(found))
