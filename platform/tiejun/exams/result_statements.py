"""What a result says to the outside: who, which programme, pass or fail, the completed training. No score.

Every released revision leaves through the outbox as `exam.result`, once (docs/decisions/0005).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.assembly.form import sha256_hex
from tiejun import outbox
from tiejun.bank.models import ExamForm
from tiejun.clock import beijing
from tiejun.exams.models import Attempt, Exam, Registration, Sitting
from tiejun.exams.result_models import Result
from tiejun.people.models import Person, TrainingCompletion, Unit, UnitKind

TOPIC = "exam.result"
Json = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """Whom a result is about, and where it was earned. `attempt` names it through all its revisions."""

    attempt: str
    person: Person
    unit: Unit
    is_xpcc: bool
    exam: Exam
    sitting: Sitting
    form_label: str


def facts(db: Session, results: Iterable[Result]) -> dict[int, Facts]:
    """Return the facts of results by registration id."""
    wanted = {result.registration_id for result in results}
    xpcc = db.scalars(select(Unit.path).where(Unit.kind == UnitKind.XPCC)).all()
    names = dict(
        db.execute(
            select(Result.registration_id, Result.public_id).where(
                Result.registration_id.in_(wanted), Result.revision == 1
            )
        ).all()
    )
    rows = db.execute(
        select(Registration.id, Person, Unit, Exam, Sitting, ExamForm.label, Attempt.public_id)
        .join(Person, Person.id == Registration.person_id)
        .join(Unit, Unit.id == Registration.unit_id)
        .join(Sitting, Sitting.id == Registration.sitting_id)
        .join(Exam, Exam.id == Sitting.exam_id)
        .join(ExamForm, ExamForm.id == Registration.form_id)
        .outerjoin(Attempt, Attempt.registration_id == Registration.id)
        .where(Registration.id.in_(wanted))
    )
    return {
        seat: Facts(
            attempt=str(attempt or names[seat]),
            person=person,
            unit=unit,
            is_xpcc=any(unit.path.startswith(path) for path in xpcc),
            exam=exam,
            sitting=sitting,
            form_label=label,
        )
        for seat, person, unit, exam, sitting, label, attempt in rows
    }


def emit(
    db: Session, result: Result, about: Facts, completion: TrainingCompletion | None, now: datetime
) -> None:
    """Put the statement of a released result into the outbox, in the caller's transaction."""
    payload = statement(result, about, completion)
    outbox.emit(db, TOPIC, f"{payload['attempt']}:{result.revision}", payload, now)


def statement(result: Result, about: Facts, completion: TrainingCompletion | None) -> Json:
    """Return the statement: no item, no response, no score; `digest` covers all other members."""
    said: Json = {
        "attempt": about.attempt,
        "revision": result.revision,
        "person": {
            "public_id": str(about.person.public_id),
            "name": about.person.name,
            "id_masked": about.person.id_number_masked,
            "unit": about.unit.name,
            "province_code": about.unit.province_code,
            "is_xpcc": about.is_xpcc,
        },
        "programme": about.exam.title,
        "level": about.exam.level,
        "tier": about.exam.tier,
        "verdict": str(result.verdict),
        "exam_day": beijing(about.sitting.starts_at).date().isoformat(),
        "form": about.form_label,
        "training": _training(completion),
        "reason": result.reason,
    }
    return said | {"digest": sha256_hex(said)}


def _training(completion: TrainingCompletion | None) -> Json | None:
    if completion is None:
        return None
    return {
        "class_name": completion.class_name,
        "completed_on": completion.completed_on.isoformat(),
        "hours": completion.hours,
        "syllabus_version": completion.syllabus_version,
    }
