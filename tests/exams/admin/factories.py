"""An exam with frozen forms in the small country, and what a test needs to go on from there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.world import World, make_officer, make_world
from tiejun.audit import Actor
from tiejun.bank.models import Blueprint, ExamForm
from tiejun.db import Database
from tiejun.exams.admin_service import ExamSpec, SittingSpec, create_exam, create_sitting
from tiejun.exams.models import Registration, Sitting
from tiejun.exams.registration_service import register
from tiejun.exams.result_models import FollowUpCase, MakeUpCase, Result, Verdict
from tiejun.people.models import Person, Post, RoleGrant

ADMIN = Actor(None, "考务员")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class Room:
    """An exam of level 省级, tier 初级 held by Sichuan, on a blueprint with forms A, B, C, D."""

    database: Database
    world: World
    exam_id: int
    blueprint_id: int
    form_ids: list[int]
    now: datetime

    def spec(self, starts_in: timedelta = 2 * DAY, forms: int = 1, **other: object) -> SittingSpec:
        """Return a sitting of two hours that is sound; `other` makes it less so."""
        starts_at = self.now + starts_in
        sound = {
            "exam_id": self.exam_id,
            "starts_at": starts_at,
            "ends_at": starts_at + 2 * HOUR,
            "duration_seconds": 7200,
            "venue": "三楼机考室",
            "form_ids": tuple(self.form_ids[:forms]),
            "staff": ((self.world.accounts["invigilator"].id, "invigilator"),),
        }
        return SittingSpec(**{**sound, **other})  # type: ignore[arg-type]

    def sitting(self, starts_in: timedelta = 2 * DAY, forms: int = 1, **other: object) -> Sitting:
        """Make a sitting."""
        with self.database.transaction() as db:
            return create_sitting(db, self.spec(starts_in, forms, **other), ADMIN, self.now)

    def officers(self) -> list[int]:
        """Return the ids of officer1, officer2, …"""
        return [person.id for person in self.world.people.values()]

    def register(self, sitting: Sitting, person_ids: list[int]) -> list[Registration]:
        """Register people."""
        with self.database.transaction() as db:
            return register(db, sitting.id, person_ids, ADMIN, self.now)

    def make_up_sitting(self, starts_in: timedelta, form: int) -> Sitting:
        """Make a make-up sitting on the form with this number."""
        spec = {"form_ids": (self.form_ids[form],), "is_make_up": True}
        return self.sitting(starts_in, **spec)


def a_room(database: Database, now: datetime, officers: int = 4) -> Room:
    """Fill an empty database with the country, a blueprint, four forms and an exam."""
    with database.transaction() as db:
        world = make_world(db, now, officers)
        blueprint = a_blueprint(db, now)
        forms = [a_form(db, blueprint.id, label, now) for label in "ABCD"]
        spec = ExamSpec("岗位培训考试", "provincial", "primary", blueprint.id, world.units["sichuan"].id)
        exam = create_exam(db, spec, ADMIN, now)
        return Room(database, world, exam.id, blueprint.id, [form.id for form in forms], now)


def a_blueprint(db: Session, now: datetime, title: str = "省级初级", tier: str = "primary") -> Blueprint:
    """Add a blueprint of 120 minutes."""
    blueprint = Blueprint(
        title=title,
        level="provincial",
        tier=tier,
        duration_minutes=120,
        total_points=100,
        cut_score=60,
        spec={},
        created_by="命题人",
        created_at=now,
    )
    db.add(blueprint)
    db.flush()
    return blueprint


def a_form(db: Session, blueprint_id: int, label: str, now: datetime) -> ExamForm:
    """Add a frozen form; nobody opens it here, so it is empty."""
    form = ExamForm(
        blueprint_id=blueprint_id,
        label=label,
        seed="seed",
        paper="{}",
        paper_hash="0" * 64,
        total_points=100,
        slot_count=80,
        relaxed={},
        frozen_by="命题人",
        frozen_at=now,
    )
    db.add(form)
    db.flush()
    return form


def a_chief(db: Session, room: Room, name: str = "县大队长") -> Person:
    """Add the chief of the county agency, who needs the national level."""
    return make_officer(db, name, room.world.units["pingchang-agency"], Post.CHIEF, room.now)


def a_result(
    db: Session, registration: Registration, verdict: Verdict, now: datetime, score: float = 52
) -> Result:
    """Add a released result of a registration, as the next revision."""
    earlier = db.scalars(select(Result).where(Result.registration_id == registration.id)).all()
    for old in earlier:
        old.is_current = False
    result = Result(
        registration_id=registration.id,
        sitting_id=registration.sitting_id,
        person_id=registration.person_id,
        revision=len(earlier) + 1,
        reason="首次公布" if not earlier else "更正",
        raw_score=0 if verdict == Verdict.ABSENT else score,
        cut_score=60,
        verdict=verdict,
        declared_by="考务员",
        declared_at=now,
        released_at=now,
    )
    db.add(result)
    db.flush()
    return result


def grant(db: Session, account_id: int, role: str, unit_id: int) -> None:
    """Give an account one more role."""
    db.add(RoleGrant(account_id=account_id, role=role, unit_id=unit_id))


def the_case(database: Database, person_id: int) -> MakeUpCase:
    """Return the make-up case of a person as it stands now."""
    with database.reading() as db:
        return db.scalars(select(MakeUpCase).where(MakeUpCase.person_id == person_id)).one()


def the_follow_up(database: Database, person_id: int) -> FollowUpCase | None:
    """Return the follow-up of a person, if there is one."""
    with database.reading() as db:
        return db.scalars(select(FollowUpCase).where(FollowUpCase.person_id == person_id)).one_or_none()
