"""What stands in the editor's fields, valid or not: nothing that was typed may be lost by an error."""

from dataclasses import dataclass, field

from tiejun.bank.draft import Fields
from tiejun.bank.rules import article_number
from tiejun.cases.models import CaseVersion
from tiejun.cases.rules import Text, reading_minutes
from tiejun.html import clean, paragraphs, plain

FIELDS = ("title", "summary", "body", "medium", "place", "decision", "points", "questions", "minutes")
MOST_ROWS = 200


@dataclass
class Draft:
    """The editor's fields as text; `revision` is the saving on which they are built."""

    title: str = ""
    summary: str = ""
    body: str = ""
    medium: str = ""
    place: str = ""
    decision: str = ""
    points: str = ""
    questions: str = ""
    minutes: str = ""
    units: list[str] = field(default_factory=list)
    citations: list[tuple[str, str]] = field(default_factory=list)
    is_local: bool = False
    is_anonymous: bool = False
    revision: int = 0

    @classmethod
    def of(cls, version: CaseVersion) -> "Draft":
        """Return a version (units and citations loaded) as the editor shows it."""
        draft = cls(
            units=[row.unit for row in version.units],
            citations=[(row.law_id, row.article) for row in version.citations],
            is_local=version.is_local,
            is_anonymous=version.is_anonymous,
            revision=version.revision,
        )
        for name in FIELDS:
            setattr(draft, name, str(getattr(version, name)))
        estimate = reading_minutes(version.words, version.decision, version.points, version.questions)
        if version.minutes == estimate:
            draft.minutes = ""  # estimated, and estimated again when the text grows
        return draft

    @classmethod
    def read(cls, form: Fields) -> "Draft":
        """Return what was sent; a unit or citation chosen but not yet added is taken over, too."""
        draft = cls(
            units=list(dict.fromkeys(unit for unit in form.getlist("units") if unit)),
            is_local="is_local" in form,
            is_anonymous="is_anonymous" in form,
            revision=_whole(form.get("revision", "")) or 0,
        )
        for name in FIELDS:
            setattr(draft, name, form.get(name, "").strip())
        number = 0
        while number < MOST_ROWS and f"cite-{number}-law" in form:
            draft._cite(form.get(f"cite-{number}-law", ""), form.get(f"cite-{number}-article", ""))
            number += 1
        draft._cite(form.get("new-law", ""), form.get("new-article", ""))
        return draft

    def _cite(self, law: str, article: str) -> None:
        cited = (law, article_number(article) or article.strip())
        if all(cited) and cited not in self.citations:
            self.citations.append(cited)

    def apply(self, act: str) -> None:
        """Carry out a button that takes something away: "unit-remove-B5", "cite-remove-0"."""
        what, _, which = act.partition("-remove-")
        if what == "unit" and which in self.units:
            self.units.remove(which)
        elif what == "cite" and which.isdecimal() and int(which) < len(self.citations):
            del self.citations[int(which)]

    def text(self, images: str) -> Text:
        """Return the fields as they are stored: HTML cleaned, pictures only from the address `images`."""
        body = clean(paragraphs(self.body), images=images)
        return Text(
            title=self.title,
            summary=self.summary,
            body=body,
            words=plain(body),
            medium=self.medium,
            place=self.place,
            decision=self.decision,
            points=self.points,
            questions=self.questions,
            minutes=_whole(self.minutes) if self.minutes else None,
            units=tuple(self.units),
            citations=tuple(self.citations),
            is_local=self.is_local,
            is_anonymous=self.is_anonymous,
        )


def _whole(text: str) -> int | None:
    """Return the whole number; what is none becomes 0, which the rules refuse by name."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
