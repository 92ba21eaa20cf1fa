"""Recording completions of post training, from a table: all or nothing, with a dry run.

Each completion is announced through the outbox, because a pass may be waiting for it (合格待培训).
Source: 环办执法〔2022〕21号 第八条.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.words import said
from tiejun import outbox
from tiejun.audit import Actor, record
from tiejun.errors import Problem, Rejected
from tiejun.imports import ImportReport
from tiejun.people.levels import LEVEL_WORDS, TIER_WORDS
from tiejun.people.models import Person, Posting, TrainingCompletion, Unit
from tiejun.people.queries import in_scope, serving
from tiejun.people.roster import CHUNK, id_hash
from tiejun.people.rules import id_number_fault, normal_id_number
from tiejun.people.sheets import TableRow, read_table
from tiejun.settings import Settings

HEADINGS = {
    "姓名": "name",
    "证件号码": "id_number",
    "级别": "level",
    "层级": "tier",
    "班次": "class_name",
    "结业日期": "completed_on",
    "学时": "hours",
    "大纲版本": "syllabus_version",
    "证明材料": "evidence",
}
WORDS = {name: heading for heading, name in HEADINGS.items()}
REQUIRED = ("name", "id_number", "level", "tier", "class_name", "completed_on", "hours")
LEVELS: dict[str, str] = {words: level for level, words in LEVEL_WORDS.items()}
TIERS: dict[str, str] = {words: tier for tier, words in TIER_WORDS.items()}
SYLLABUS = "试行"
MOST_HOURS = 500.0


@dataclass(frozen=True)
class CompletionEntry:
    """One completion as the table has it."""

    where: str
    name: str
    id_number: str
    level: str
    tier: str
    class_name: str
    completed_on: date
    hours: float
    syllabus_version: str
    evidence: str | None


@dataclass(frozen=True)
class PlannedCompletion:
    """A completion with the person it belongs to and the row that the database already has."""

    entry: CompletionEntry
    person: Person
    known: TrainingCompletion | None
    outcome: str


@dataclass
class TrainingPlan:
    """What an import would do."""

    report: ImportReport
    completions: list[PlannedCompletion] = field(default_factory=list)


def read_completion(row: TableRow, today: date) -> CompletionEntry | list[Problem]:
    """Return the completion of a row, or everything that is wrong with it."""
    faults = [Problem(row.where, WORDS[name], said("不能为空")) for name in REQUIRED if not row.text(name)]
    number = normal_id_number(row.text("id_number"))
    wrong = id_number_fault(number, today) if number else None
    if wrong:
        faults.append(Problem(row.where, WORDS["id_number"], wrong))
    for name, known in (("level", LEVELS), ("tier", TIERS)):
        first, second = known
        if row.text(name) and row.text(name) not in known:
            faults.append(
                Problem(row.where, WORDS[name], said("应为%(first)s或%(second)s", first=first, second=second))
            )
    completed_on, hours = _day(row, today, faults), _hours(row, faults)
    if faults or completed_on is None:
        return faults
    return CompletionEntry(
        where=row.where,
        name=row.text("name"),
        id_number=number,
        level=LEVELS[row.text("level")],
        tier=TIERS[row.text("tier")],
        class_name=row.text("class_name")[:120],
        completed_on=completed_on,
        hours=hours,
        syllabus_version=row.text("syllabus_version") or SYLLABUS,
        evidence=row.text("evidence")[:200] or None,
    )


def _day(row: TableRow, today: date, faults: list[Problem]) -> date | None:
    try:
        day = row.day("completed_on")
    except ValueError:
        faults.append(Problem(row.where, WORDS["completed_on"], said("不是有效的日期，应如 2026-11-20")))
        return None
    if day is not None and day > today:
        faults.append(Problem(row.where, WORDS["completed_on"], said("不能晚于今天")))
    return day


def _hours(row: TableRow, faults: list[Problem]) -> float:
    text = row.text("hours")
    try:
        hours = float(text) if text else 1.0
    except ValueError:
        hours = -1.0
    if not 0 < hours <= MOST_HOURS:
        faults.append(
            Problem(
                row.where,
                WORDS["hours"],
                said("应为大于0、不超过%(most_hours)s的数", most_hours=f"{MOST_HOURS:g}"),
            )
        )
    return hours


def plan_training(
    db: Session, content: bytes, scopes: Sequence[str], settings: Settings, today: date
) -> TrainingPlan:
    """Read and check a table of completions; nothing is written.

    Raises:
        Rejected: if the file can't be read at all.
    """
    rows = read_table(content, HEADINGS, REQUIRED)
    plan = TrainingPlan(ImportReport(read=len(rows)))
    entries: list[CompletionEntry] = []
    for row in rows:
        read = read_completion(row, today)
        if isinstance(read, CompletionEntry):
            entries.append(read)
        else:
            plan.report.reject(read)
    hashes = {entry.where: id_hash(entry.id_number, settings) for entry in entries}
    people = _people(db, list(hashes.values()), scopes, today)
    known = _known(db, [person.id for person in people.values()])
    seen: dict[tuple[int, str, str, str], str] = {}
    for entry in entries:
        planned = _plan(entry, people.get(hashes[entry.where]), known, seen)
        if isinstance(planned, PlannedCompletion):
            plan.completions.append(planned)
            plan.report.count(planned.outcome)
        else:
            plan.report.reject([planned])
    return plan


Key = tuple[int, str, str, str]


def _plan(
    entry: CompletionEntry, person: Person | None, known: dict[Key, TrainingCompletion], seen: dict[Key, str]
) -> PlannedCompletion | Problem:
    if person is None:
        return Problem(entry.where, WORDS["id_number"], said("您的管理范围内没有这名在岗人员，请先导入名册"))
    if person.name != entry.name:
        return Problem(entry.where, WORDS["name"], said("与名册中的姓名“%(name)s”不符", name=person.name))
    key = (person.id, entry.level, entry.tier, entry.class_name)
    earlier = seen.setdefault(key, entry.where)
    if earlier != entry.where:
        return Problem(entry.where, WORDS["class_name"], said("与 %(earlier)s 重复", earlier=earlier))
    there = known.get(key)
    if there is None:
        return PlannedCompletion(entry, person, None, "created")
    same = (there.completed_on, there.hours, there.syllabus_version, there.evidence) == (
        entry.completed_on,
        entry.hours,
        entry.syllabus_version,
        entry.evidence,
    )
    return PlannedCompletion(entry, person, there, "unchanged" if same else "updated")


def _people(db: Session, hashes: list[str], scopes: Sequence[str], today: date) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for start in range(0, len(hashes), CHUNK):
        rows = db.scalars(
            select(Person)
            .join(Posting, Posting.person_id == Person.id)
            .join(Unit, Unit.id == Posting.unit_id)
            .where(Person.id_number_hash.in_(hashes[start : start + CHUNK]), serving(today), in_scope(scopes))
        )
        found.update({str(person.id_number_hash): person for person in rows})
    return found


def _known(db: Session, person_ids: list[int]) -> dict[Key, TrainingCompletion]:
    found: dict[Key, TrainingCompletion] = {}
    for start in range(0, len(person_ids), CHUNK):
        rows = db.scalars(
            select(TrainingCompletion).where(
                TrainingCompletion.person_id.in_(person_ids[start : start + CHUNK])
            )
        )
        found.update({(row.person_id, row.level, row.tier, row.class_name): row for row in rows})
    return found


def write_training(db: Session, plan: TrainingPlan, actor: Actor, now: datetime) -> None:
    """Write a plan without problems and announce each new completion.

    Raises:
        Rejected: if the plan has problems; nothing is written.
    """
    if plan.report.problems:
        raise Rejected(said("培训记录有错误，没有导入任何一条。"), plan.report.problems)
    for planned in plan.completions:
        if planned.outcome != "unchanged":
            record_completion(db, planned, actor, now)
    plan.report.is_written = True


def record_completion(db: Session, planned: PlannedCompletion, actor: Actor, now: datetime) -> None:
    """Write one completion, new or corrected, and announce it."""
    entry, person = planned.entry, planned.person
    known = planned.known
    row = db.get_one(TrainingCompletion, known.id) if known else TrainingCompletion(person_id=person.id)
    row.level, row.tier, row.class_name = entry.level, entry.tier, entry.class_name
    row.completed_on, row.hours = entry.completed_on, entry.hours
    row.syllabus_version, row.evidence = entry.syllabus_version, entry.evidence
    row.recorded_by, row.recorded_at = actor.name, now
    db.add(row)
    db.flush()
    payload = {"person_id": person.id, "level": entry.level, "tier": entry.tier}
    outbox.emit(db, "training.recorded", f"completion:{row.id}:{now.isoformat()}", payload, now)
    record(
        db,
        actor,
        f"training.{planned.outcome}",
        ("person", person.public_id),
        now,
        class_name=entry.class_name,
    )
