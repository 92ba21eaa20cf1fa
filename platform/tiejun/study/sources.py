"""What can be studied for minutes: the seam for every feature that has something to read.

A feature that wants reading to count does three things:

1. makes a `Source`: its `kind` ("lesson", "case"), a `key` unique within the kind (a public id as text),
   title, category (`tiejun.study.rules.Category`) and length in seconds;
2. in its view, within a session, calls `offer(db, source, persona().person_id, settings(), now())` and
   hands the result to the template;
3. in its template: `{% from "study/parts.html" import reading, reading_script with context %}`,
   `{{ reading(offer) }}` where the words about counting shall stand, and in the block `scripts`
   `{{ reading_script() }}`.

All else (streams, beats, credit, ledger) happens here. `progress_of` tells how far a person is, and
`progress_of_many` does it for a list with one query. Entries of kind "case" are booked as case reading.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun.clock import beijing
from tiejun.crypto import BadSeal, read_token, sign_token
from tiejun.errors import DomainError
from tiejun.settings import Settings
from tiejun.study.models import StudyProgress

PURPOSE = "study source"
LESSON, CASE = "lesson", "case"


class BadSource(DomainError):
    """A source token is missing, altered, or made for somebody else."""

    code = "bad_source"


@dataclass(frozen=True)
class Source:
    """Something that can be studied; at most `length_seconds` are credited to a person in a year."""

    kind: str
    key: str
    title: str
    category: str
    length_seconds: int
    is_video: bool = False


@dataclass(frozen=True)
class Offer:
    """What a page needs to count minutes; `token` is empty for an account without a person."""

    token: str
    credited: int
    length_seconds: int
    position: int
    is_complete: bool


def token_for(source: Source, person_id: int, settings: Settings) -> str:
    """Return a signed token with which this person, and nobody else, can open a stream of this source."""
    claims = {
        "p": person_id,
        "k": source.kind,
        "i": source.key,
        "t": source.title,
        "c": source.category,
        "l": source.length_seconds,
        "v": source.is_video,
    }
    return sign_token(claims, settings.secret_key, PURPOSE)


def source_in(token: str, person_id: int, settings: Settings) -> Source:
    """Return the source of a token.

    Raises:
        BadSource: if it was altered or made for another person.
    """
    try:
        claims = read_token(token, settings.secret_key, PURPOSE)
        if claims["p"] != person_id:
            raise BadSource(said("学习凭证不是您本人的，请刷新页面。"))
        return Source(claims["k"], claims["i"], claims["t"], claims["c"], claims["l"], claims["v"])
    except (BadSeal, KeyError, ValueError) as error:
        raise BadSource(said("学习凭证无效，请刷新页面。")) from error


def offer(db: Session, source: Source, person_id: int | None, settings: Settings, now: datetime) -> Offer:
    """Return what the macro `reading` needs; call it only after the permission to read was checked."""
    if person_id is None:
        return Offer("", 0, source.length_seconds, 0, False)
    row = progress_of(db, person_id, source.kind, source.key, beijing(now).year)
    token = token_for(source, person_id, settings)
    if row is None:
        return Offer(token, 0, source.length_seconds, 0, False)
    done = row.completed_at is not None
    return Offer(token, row.credited, source.length_seconds, row.position, done)


def progress_of(db: Session, person_id: int, kind: str, key: str, year: int) -> StudyProgress | None:
    """Return a person's progress with one source in a calendar year, or None."""
    return progress_of_many(db, person_id, kind, [key], year).get(key)


def progress_of_many(
    db: Session, person_id: int | None, kind: str, keys: Iterable[str], year: int
) -> dict[str, StudyProgress]:
    """Return a person's progress by key, with one query."""
    rows = db.scalars(
        select(StudyProgress).where(
            StudyProgress.person_id == person_id,
            StudyProgress.year == year,
            StudyProgress.kind == kind,
            StudyProgress.key.in_(list(keys)),
        )
    )
    return {row.key: row for row in rows}
