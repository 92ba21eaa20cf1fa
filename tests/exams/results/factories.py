"""A sitting on the real demo blueprint: candidates whose answers a test chooses, markers, results."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from question_bank.assembly.blueprint import load_blueprint
from question_bank.assembly.draw import Draw, assemble
from question_bank.assembly.form import BuiltForm, build_form
from question_bank.item import PartType
from question_bank.starter import load_starter
from tests.question_bank.builders import make_blueprint, make_item, part_json
from tests.support.world import World
from tiejun import outbox
from tiejun.access import Grant, Persona, Role
from tiejun.audit import Actor
from tiejun.bank.form_service import FormDraft, SlotKey, create_blueprint, freeze, slot_keys
from tiejun.bank.item_rows import IS_CURRENT
from tiejun.bank.laws_service import sync_register
from tiejun.bank.models import Blueprint, ExamForm, Item, ItemPurpose, ItemVersion
from tiejun.bank.service import save_item
from tiejun.db import Database
from tiejun.exams.admin_service import ExamSpec, SittingSpec, create_exam, create_sitting
from tiejun.exams.events import Batch, Sent, record_events, submit
from tiejun.exams.make_up_service import schedule
from tiejun.exams.marking_queries import sheets
from tiejun.exams.marking_rules import Policy
from tiejun.exams.marking_service import Desk, Mark, Place, save
from tiejun.exams.models import Attempt, Exam, Sitting
from tiejun.exams.registration_service import register
from tiejun.exams.result_models import MakeUpCase, Result
from tiejun.exams.result_service import declare_sitting, release_sitting
from tiejun.exams.scoring_service import score_due
from tiejun.exams.service import Entry, open_attempt
from tiejun.people.models import Account, TrainingCompletion, Unit

ADMIN = Actor(None, "考务员")
HOUR = timedelta(hours=1)
GRACE = timedelta(seconds=60)
POLICY = Policy()
TEXT = "应当两人以上执法，出示证件，全面客观收集证据。"


def right(key: SlotKey) -> Any:
    """Return the value that a candidate with the form's option ids sends for full points."""
    part = key.part
    if part.type is PartType.ESSAY:
        return TEXT
    if part.type is PartType.SINGLE:
        return key.option_ids[str(part.key)]
    if part.type is PartType.MULTIPLE:
        return [key.option_ids[one] for one in part.key]  # type: ignore[union-attr]
    if part.type is PartType.FILL_IN:
        return [spellings[0] for spellings in part.key]  # type: ignore[union-attr]
    return part.key


def worth(keys: Iterable[SlotKey], objective: Decimal) -> dict[int, Any]:
    """Return right answers whose machine points are exactly `objective`, all other slots left empty."""
    chosen: dict[int, Any] = {}
    missing = objective
    for key in sorted(keys, key=lambda one: -one.points):
        if key.part.type is not PartType.ESSAY and key.points <= missing:
            chosen[key.slot] = right(key)
            missing -= key.points
    assert missing == 0, f"no answers are worth {objective}"
    return chosen


@dataclass
class Hall:
    """A sitting with four candidates, two markers more than the world has, and all ids a test needs."""

    database: Database
    world: World
    sitting: Sitting
    exam_id: int
    keys: list[SlotKey]
    starts_at: datetime
    markers: dict[str, Persona] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    key: str = ""  # makes the codes of attempts on pages

    @property
    def essays(self) -> list[int]:
        """The essay slots of the form: 8 and 10 points."""
        return [key.slot for key in self.keys if key.part.type is PartType.ESSAY]

    @property
    def over(self) -> datetime:
        """An instant after the sitting and its grace."""
        return self.sitting.ends_at + 2 * GRACE

    def sits(self, login: str, answers: Mapping[int, Any], *, hands_in: bool = True) -> Attempt:
        """Let a candidate answer and hand in."""
        now = self.starts_at + timedelta(minutes=5)
        entry = Entry(self.world.people[login].id, f"device of {login}", Actor(None, login))
        opened = open_attempt(self.database, self.sitting.public_id, entry, now)
        events = tuple(Sent(n, slot, value, now) for n, (slot, value) in enumerate(answers.items(), start=1))
        with self.database.transaction() as db:
            if events:
                record_events(db, opened.claims, Batch(opened.claims.lease, len(events), events), now, GRACE)
            if hands_in:
                submit(db, opened.claims, opened.claims.lease, len(events), now)
            found = db.scalars(select(Attempt).where(Attempt.public_id == opened.claims.attempt)).one()
        self.attempts[login] = found
        return found

    def scores(self, login: str, objective: float, *, essays: bool = True) -> Attempt:
        """Let a candidate earn machine points, and write essays or leave them empty."""
        answers = worth(self.keys, Decimal(str(objective)))
        return self.sits(login, answers | dict.fromkeys(self.essays if essays else (), TEXT))

    def score(self, now: datetime | None = None) -> int:
        """Score what is due."""
        with self.database.transaction() as db:
            return score_due(db, now or self.over, GRACE)

    def place(self, db: Session, login: str, slot: int) -> Place:
        """Return an essay of a candidate."""
        sitting = db.get_one(Sitting, self.sitting.id)
        return Place(sitting, db.get_one(Attempt, self.attempts[login].id), slot)

    def desk(self, marker: str) -> Desk:
        """Return a marker at work."""
        who = self.markers[marker]
        return Desk(who, Actor(who.account_id, who.name), POLICY)

    def mark(self, marker: str, login: str, slot: int, points: float, now: datetime | None = None) -> int:
        """Give points; return the round."""
        with self.database.transaction() as db:
            place = self.place(db, login, slot)
            return save(db, place, Mark(Decimal(str(points))), self.desk(marker), now or self.over)

    def total(self, login: str) -> Decimal | None:
        """Return the total of a candidate as it stands."""
        with self.database.reading() as db:
            found = sheets(db, self.sitting, self.over, POLICY, self.attempts[login].id)
            return found[0].marks.total

    def waiting(self, login: str) -> dict[int, int]:
        """Return the round that each essay of a candidate waits for."""
        with self.database.reading() as db:
            found = sheets(db, self.sitting, self.over, POLICY, self.attempts[login].id)
            return found[0].marks.waiting()

    def declare(self, now: datetime | None = None) -> list[Result]:
        """Declare the results."""
        with self.database.transaction() as db:
            return declare_sitting(db, self.sitting, ADMIN, now or self.over, POLICY)

    def release(self, now: datetime | None = None) -> list[Result]:
        """Release the results."""
        with self.database.transaction() as db:
            return release_sitting(db, self.sitting, ADMIN, now or self.over)

    def result(self, login: str) -> Result:
        """Return the current result of a person."""
        with self.database.reading() as db:
            wanted = select(Result).where(Result.person_id == self.world.people[login].id, Result.is_current)
            return db.scalars(wanted).one()

    def make_up(self, starts_at: datetime) -> "Hall":
        """Return a make-up sitting on another form, for everybody whose make-up is due."""
        now = starts_at - HOUR
        with self.database.transaction() as db:
            blueprint = db.get_one(Blueprint, db.get_one(Exam, self.exam_id).blueprint_id)
            form = freeze(db, _draft(db, blueprint, "B"), ADMIN, now)
            spec = SittingSpec(
                self.exam_id, starts_at, starts_at + 2 * HOUR, 3600, "", (form.id,), is_make_up=True
            )
            sitting = create_sitting(db, spec, ADMIN, now)
            cases = db.scalars(select(MakeUpCase.id)).all()
            schedule(db, cases, sitting, "", ADMIN, now)
            keys = slot_keys(db, form.id)
        return Hall(self.database, self.world, sitting, self.exam_id, keys, starts_at, self.markers)

    def statements(self) -> list[outbox.OutboxMessage]:
        """Return the statements of results that lie in the outbox or left through it."""
        with self.database.reading() as db:
            wanted = select(outbox.OutboxMessage).where(outbox.OutboxMessage.topic == "exam.result")
            return list(db.scalars(wanted.order_by(outbox.OutboxMessage.id)))

    def trains(self, login: str, class_name: str = "2026年初级班") -> TrainingCompletion:
        """Record the training of a person, as an import does."""
        person = self.world.people[login]
        with self.database.transaction() as db:
            row = TrainingCompletion(
                person_id=person.id,
                level="provincial",
                tier="primary",
                class_name=class_name,
                completed_on=self.starts_at.date(),
                hours=40,
                syllabus_version="2026",
                recorded_by="管理员",
                recorded_at=self.over,
            )
            db.add(row)
            db.flush()
            payload = {"person_id": person.id, "level": "provincial", "tier": "primary"}
            outbox.emit(db, "training.recorded", f"completion:{row.id}", payload, self.over)
            return row


@cache
def _drawn(label: str) -> tuple[Draw, BuiltForm]:
    """Draw a form once a test run: it is the same each time, and drawing is what takes long."""
    draw = assemble(load_blueprint("demo-primary"), load_starter(), f"seed of {label}")
    return draw, build_form(draw, f"seed of {label}", form_id=label)


def _draft(db: Session, blueprint: Blueprint, label: str = "A") -> FormDraft:
    draw, built = _drawn(label)
    rows = db.execute(select(Item.code, Item.id, ItemVersion.id).join(ItemVersion, IS_CURRENT))
    return FormDraft(blueprint, label, "seed", draw, built, {code: (one, two) for code, one, two in rows})


def a_hall(database: Database, world: World, now: datetime) -> Hall:
    """Lay a sitting in an hour on the starter bank, for the small country that the database holds."""
    with database.transaction() as db:
        blueprint = create_blueprint(db, load_blueprint("demo-primary"), "provincial", ADMIN, now)
        form = freeze(db, _draft(db, blueprint), ADMIN, now)
    return _hall_on(database, world, form, now)


def a_hall_with_a_file(database: Database, world: World, now: datetime) -> Hall:
    """Fill a database with a sitting on a form of one question by choice and one that asks for a file."""
    with database.transaction() as db:
        sync_register(db)
        items = [make_item("single", id="F-1"), make_item("upload", id="F-2", parts=[UPLOAD])]
        rows = {item.id: save_item(db, item, ItemPurpose.EXAM, ADMIN, now) for item in items}
        blueprint = create_blueprint(db, make_blueprint({"single": 1, "upload": 1}), "provincial", ADMIN, now)
        draw = assemble(make_blueprint({"single": 1, "upload": 1}), items, 1)
        versions = dict(db.execute(select(Item.id, ItemVersion.id).join(ItemVersion, IS_CURRENT)).all())
        known = {code: (row.id, versions[row.id]) for code, row in rows.items()}
        form = freeze(db, FormDraft(blueprint, "A", "1", draw, build_form(draw, 1), known), ADMIN, now)
    return _hall_on(database, world, form, now)


UPLOAD = part_json("upload", rubric=[{"points": 3, "text": "走向"}, {"points": 1, "text": "方向"}], accept=[])


def _hall_on(database: Database, world: World, form: ExamForm, now: datetime) -> Hall:
    with database.transaction() as db:
        unit = world.units["sichuan"].id
        spec = ExamSpec("岗位培训考试", "provincial", "primary", form.blueprint_id, unit)
        exam = create_exam(db, spec, ADMIN, now)
        markers = {"marker": persona_of(world.accounts["marker"], Role.MARKER, world.units["sichuan"])}
        for login in ("trainer", "item_writer"):
            # People with other duties serve as the second and third marker.
            markers[login] = persona_of(world.accounts[login], Role.MARKER, world.units["sichuan"])
        starts_at = now + HOUR
        staff = [(who.account_id, "marker") for who in markers.values()]
        sitting = create_sitting(
            db,
            SittingSpec(
                exam.id,
                starts_at,
                starts_at + 2 * HOUR,
                3600,
                "三楼机考室",
                (form.id,),
                staff=((world.accounts["invigilator"].id, "invigilator"), *staff),
            ),
            ADMIN,
            now,
        )
        register(db, sitting.id, [person.id for person in world.people.values()], ADMIN, now)
        return Hall(database, world, sitting, exam.id, slot_keys(db, form.id), starts_at, markers)


def persona_of(account: Account, role: Role, unit: Unit) -> Persona:
    """Return a signed-in person."""
    return Persona(
        account_id=account.id,
        sid="sid",
        person_id=account.person_id,
        public_id=uuid4(),
        login=account.login,
        name=account.display_name,
        unit_id=unit.id,
        unit_name=unit.name,
        must_change_password=False,
        grants=(Grant(role, unit.id, unit.path),),
    )
