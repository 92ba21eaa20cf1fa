"""Streams of study: opened by a page, kept alive by beats, ended once and booked.

Whoever opens a stream ends the person's other one. Each beat must carry the nonce of the reply before: a
replayed beat is refused and credits nothing. A page that lost a reply opens anew; the gap is lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from question_bank.words import said
from tiejun.clock import beijing
from tiejun.crypto import random_code, same
from tiejun.errors import Conflict, NotFound
from tiejun.people.models import Person
from tiejun.settings import Settings
from tiejun.study import ledger, rules, sets
from tiejun.study.models import StudyProgress, StudySignal, StudyStream
from tiejun.study.sources import Source

ELSEWHERE, DONE, STALE, NEXT_DAY = "elsewhere", "done", "stale", "next_day"
SWEEP = 200


@dataclass(frozen=True)
class Reply:
    """The answer to a beat or an opening: the next nonce and where the person stands."""

    stream: UUID
    nonce: str
    state: rules.Counting
    credited: int
    length_seconds: int
    position: int
    is_complete: bool


def open_stream(db: Session, person_id: int, source: Source, now: datetime) -> Reply:
    """Open a stream of `source`; the person's other streams end and are booked."""
    # The lock keeps two pages that open at the same moment from both being the only one.
    db.scalars(select(Person.id).where(Person.id == person_id).with_for_update()).one()
    began = now
    for earlier in _open_streams(db, person_id):
        began = max(began, earlier.counted_until)
        end(db, earlier, ELSEWHERE, now)
    progress = _progress(db, person_id, source, now)
    stream = StudyStream(
        person_id=person_id,
        progress=progress,
        kind=source.kind,
        key=source.key,
        title=source.title[:200],
        category=source.category,
        is_video=source.is_video,
        day=beijing(now).date(),
        opened_at=now,
        last_beat_at=now,
        counted_until=began,
        nonce=random_code(),
    )
    db.add(stream)
    db.flush()
    full = progress.credited >= progress.length_seconds
    return _reply(stream, rules.Counting.FULL if full else rules.Counting.COUNTING)


def beat(
    db: Session, key: tuple[int, UUID, str], seen: rules.Beat, settings: Settings, now: datetime
) -> Reply:
    """Credit one beat; `key` is person, stream and nonce.

    Raises:
        NotFound: if the person has no such stream.
        Conflict: if it has ended (`details["reason"]`) or the nonce was used before (`replayed`).
    """
    person_id, public_id, nonce = key
    stream = _find(db, person_id, public_id)
    if stream.ended_at is None and beijing(now).date() != stream.day:
        # The clock of a day ends with it: the page opens anew, and the entry bears the right date.
        raise Conflict(said("已到新的一天，请继续学习，计时会重新开始。"), code="reopen")
    if stream.ended_at is not None:
        raise _ended(stream)
    if not same(stream.nonce, nonce):
        raise Conflict(said("这次计时信号已经用过，没有计入；页面会重新开始计时。"), code="reopen")
    progress = stream.progress
    account = rules.Account(stream.counted_until, progress.credited, progress.length_seconds, stream.is_video)
    given = rules.credit(account, seen, now, settings.study_beat_seconds)
    _watch(db, stream, seen, now)
    stream.nonce, stream.beats, stream.last_beat_at = random_code(), stream.beats + 1, now
    stream.counted_until = given.counted_until
    stream.credited += given.seconds
    progress.credited += given.seconds
    progress.last_at = now
    if seen.position is not None:
        progress.position = int(max(0, min(seen.position, progress.credited + rules.AHEAD_SECONDS)))
    _complete(db, stream, settings, now)
    return _reply(stream, given.state)


def end_by_page(db: Session, person_id: int, public_id: UUID, now: datetime) -> None:
    """End a stream because its page is left; ending twice does nothing."""
    stream = _find(db, person_id, public_id)
    if stream.ended_at is None:
        end(db, stream, DONE, now)


def end(db: Session, stream: StudyStream, reason: str, now: datetime) -> None:
    """End a stream and book what it credited, in the same transaction."""
    stream.ended_at, stream.end_reason = now, reason
    if stream.credited > 0:
        ledger.book_stream(db, stream, now)


def close_stale(db: Session, now: datetime) -> int:
    """End streams without beats for long and those of yesterday; return how many."""
    silent = now - timedelta(seconds=rules.STALE_SECONDS)
    rows = db.scalars(
        select(StudyStream)
        .where(StudyStream.ended_at.is_(None), StudyStream.last_beat_at < silent)
        .order_by(StudyStream.id)
        .limit(SWEEP)
        .with_for_update(skip_locked=True)
    ).all()
    for stream in rows:
        end(db, stream, STALE, now)
    return len(rows)


def _open_streams(db: Session, person_id: int) -> list[StudyStream]:
    query = select(StudyStream).where(StudyStream.person_id == person_id, StudyStream.ended_at.is_(None))
    return list(db.scalars(query.with_for_update()))


def _find(db: Session, person_id: int, public_id: UUID) -> StudyStream:
    stream = db.scalars(
        select(StudyStream)
        .where(StudyStream.public_id == public_id, StudyStream.person_id == person_id)
        .options(joinedload(StudyStream.progress, innerjoin=True))
        .with_for_update()
    ).one_or_none()
    if stream is None:
        raise NotFound(said("没有这次学习，请刷新页面。"))
    return stream


def _ended(stream: StudyStream) -> Conflict:
    if stream.end_reason == ELSEWHERE:
        words = said("您在另一个页面或设备上开始了学习，这里已停止计时。要在这里学，请按“在这里继续”。")
        return Conflict(words, code="elsewhere")
    return Conflict(said("这次学习已经结束并入账；页面会重新开始计时。"), code="reopen")


def _progress(db: Session, person_id: int, source: Source, now: datetime) -> StudyProgress:
    year = beijing(now).year
    row = db.scalars(
        select(StudyProgress).where(
            StudyProgress.person_id == person_id,
            StudyProgress.year == year,
            StudyProgress.kind == source.kind,
            StudyProgress.key == source.key,
        )
    ).one_or_none()
    if row is None:
        row = StudyProgress(
            person_id=person_id, year=year, kind=source.kind, key=source.key, started_at=now, credited=0
        )
        db.add(row)
    # A lesson that was shortened after somebody had learnt it takes nothing away.
    row.length_seconds, row.last_at = max(source.length_seconds, row.credited), now
    db.flush()
    return row


def _watch(db: Session, stream: StudyStream, seen: rules.Beat, now: datetime) -> None:
    interval = round((now - stream.last_beat_at).total_seconds() * 1000)
    same_again = interval == stream.last_interval_ms
    stream.equal_intervals = stream.equal_intervals + 1 if same_again else 1
    stream.last_interval_ms = interval
    if stream.equal_intervals == rules.EQUAL_BEATS:
        _signal(db, stream, rules.Signal.EQUAL_INTERVALS, now)
    if stream.is_video and seen.idle_seconds >= rules.SILENT_SECONDS:
        _signal(db, stream, rules.Signal.NO_INPUT, now)


def _signal(db: Session, stream: StudyStream, kind: rules.Signal, now: datetime) -> None:
    known = select(StudySignal.id).where(StudySignal.stream_id == stream.id, StudySignal.kind == kind)
    if db.scalar(known) is None:
        db.add(StudySignal(stream_id=stream.id, person_id=stream.person_id, kind=kind, seen_at=now))


def _complete(db: Session, stream: StudyStream, settings: Settings, now: datetime) -> None:
    progress = stream.progress
    if progress.completed_at is None and rules.is_complete(
        progress.credited, progress.length_seconds, stream.is_video
    ):
        progress.completed_at = now
        db.flush()
        sets.source_completed(db, stream, settings, now)


def _reply(stream: StudyStream, state: rules.Counting) -> Reply:
    progress = stream.progress
    return Reply(
        stream.public_id,
        stream.nonce,
        state,
        progress.credited,
        progress.length_seconds,
        progress.credited if stream.is_video else 0,
        progress.completed_at is not None,
    )
