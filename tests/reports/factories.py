"""A year in the small country: a sitting with every outcome, a make-up, talks, certificates."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from tests.certificates.results import payload_for
from tests.exams.admin.factories import ADMIN, DAY, Room, a_result, a_room
from tests.support.clock import ManualClock
from tests.support.world import make_officer
from tiejun import outbox
from tiejun.access import Grant, Persona, Role
from tiejun.app import handlers
from tiejun.db import Database
from tiejun.exams.make_up_service import open_case, schedule, settle
from tiejun.exams.models import Registration, Sitting
from tiejun.exams.result_models import MakeUpCase, Verdict
from tiejun.people.models import Person, Post
from tiejun.reports.dashboard import Dashboard, dashboard
from tiejun.reports.view import view
from tiejun.settings import Settings


@dataclass
class Country:
    """The room of the exam administrator's tests, with the clock and the outbox's handlers."""

    room: Room
    settings: Settings
    clock: ManualClock

    @property
    def database(self) -> Database:
        """The database of this test."""
        return self.room.database

    def persona(self, role: Role, *units: str) -> Persona:
        """Return somebody with a role in some units."""
        homes = [self.room.world.units[name] for name in units]
        return Persona(
            account_id=0,
            sid="",
            person_id=None,
            public_id=uuid4(),
            login="leader",
            name="负责人",
            unit_id=homes[0].id,
            unit_name=homes[0].name,
            must_change_password=False,
            grants=tuple(Grant(role, home.id, home.path) for home in homes),
        )

    def shown(self, who: Persona, unit: str = "", year: int | None = None) -> Dashboard:
        """Return the dashboard of a unit, or the one that somebody sees first."""
        unit_id = self.room.world.units[unit].id if unit else None
        with self.database.reading() as db:
            return dashboard(db, who, view(db, who, unit_id, year, self.clock()), self.settings.hour_minutes)

    def cells(self, who: Persona, table: str, unit: str = "", year: int | None = None) -> dict[str, list]:
        """Return the cells of a table by the names of its rows."""
        rows = self.shown(who, unit, year).tables[table].rows
        return {row.name: list(row.cells) for row in rows}

    def officers(self, unit: str, count: int) -> list[Person]:
        """Add officers to a unit."""
        with self.database.transaction() as db:
            home = self.room.world.units[unit]
            return [
                make_officer(db, f"{home.name}{n}号", home, Post.STAFF, self.clock()) for n in range(count)
            ]

    def held(self, verdicts: dict[int, Verdict], starts_in: timedelta, form: int = 0) -> list[Registration]:
        """Hold a sitting and release these results by person; the clock stands a day after it."""
        self.room.now = self.clock()
        sitting = self.room.sitting(starts_in, form_ids=(self.room.form_ids[form],))
        rows = self.room.register(sitting, list(verdicts))
        self.clock.time = sitting.ends_at + DAY
        with self.database.transaction() as db:
            self.release(db, sitting.id, rows, verdicts)
        return rows

    def release(
        self, db: Session, sitting_id: int, rows: list[Registration], verdicts: dict[int, Verdict]
    ) -> None:
        """Release results; make-ups open or settle as they do behind the page."""
        sitting = db.get_one(Sitting, sitting_id)
        sitting.declared_at = sitting.released_at = self.clock()
        for row in rows:
            result = a_result(db, row, verdicts[row.person_id], self.clock(), 80)
            settle(db, result, self.clock())
            open_case(db, result, self.clock())

    def make_up(self, verdicts: dict[int, Verdict], form: int) -> None:
        """Arrange the make-up of these people in three days, hold it and release it."""
        self.room.now = self.clock()
        sitting = self.room.make_up_sitting(3 * DAY, form)
        self.arrange(list(verdicts), sitting)
        self.clock.time = sitting.ends_at + DAY
        with self.database.transaction() as db:
            rows = db.query(Registration).filter_by(sitting_id=sitting.id).all()
            self.release(db, sitting.id, rows, verdicts)

    def arrange(self, person_ids: list[int], sitting: Sitting) -> None:
        """Put people into a make-up sitting."""
        with self.database.transaction() as db:
            cases = db.query(MakeUpCase).filter(MakeUpCase.person_id.in_(person_ids)).all()
            schedule(db, [case.id for case in cases], sitting, "", ADMIN, self.clock())

    def certify(self, *people: Person, day: datetime | None = None, **change: object) -> None:
        """Deliver passes, which the certificates turn into certificates."""
        with self.database.transaction() as db:
            for person in people:
                payload = payload_for(person, **change)
                outbox.emit(db, "exam.result", f"{payload['attempt']}:1", payload, day or self.clock())
        delivered, failed = outbox.drain(self.database, handlers(self.settings), day or self.clock())
        assert (delivered, failed) == (len(people), 0)


def a_country(database: Database, settings: Settings, clock: ManualClock) -> Country:
    """Return the country with its units, an exam and four officers of one county."""
    return Country(a_room(database, clock()), settings, clock)
