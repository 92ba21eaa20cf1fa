"""An exam room for journeys in a real browser: a sitting on a served application, and candidates who sit it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.exams.engine.factories import INVIGILATOR, PASSWORD, a_form, a_unit, an_account
from tests.journeys.exam_paper import a_paper
from tests.support.server import Server
from tiejun.access import Role
from tiejun.db import Database
from tiejun.exams.invigilation_service import MoreTime, close_attempt, extend_attempt, issue_takeover_code
from tiejun.exams.models import Attempt, Exam, Lease, Registration, ResponseEvent, Sitting, SittingForm
from tiejun.exams.queries import current_responses
from tiejun.people.models import Account, Unit, UserSession


@dataclass(frozen=True)
class Plan:
    """When a sitting is and how long it takes; from now, so that the machine's own clock serves."""

    starts_in: timedelta = timedelta(minutes=-1)
    lasts: timedelta = timedelta(hours=2)
    duration: timedelta = timedelta(hours=1)
    times: int = 1
    candidates: int = 1


@dataclass(frozen=True)
class Stored:
    """One event as the server has it."""

    seq: int
    slot: int
    value: Any


class ExamRoom:
    """One sitting on a served application; reads and changes its database beside the server."""

    def __init__(self, server: Server, plan: Plan | None = None) -> None:
        self.server = server
        self.plan = plan or Plan()
        self.database = Database(server.database_url)
        self.paper = a_paper(self.plan.times)
        self.now = datetime.now(UTC)  # the served application runs on the machine's clock
        with self.database.transaction() as db:
            self.sitting = self._make(db)

    @property
    def address(self) -> str:
        """The page on which the sitting is sat."""
        return f"{self.server.url}/sit/{self.sitting}"

    def close(self) -> None:
        """Let go of the database."""
        self.database.dispose()

    def sign_in(self, page: Page, login: str = "officer0", target: str | None = None) -> None:
        """Sign in on a page, and go to the sitting (or to `target`)."""
        page.goto(f"{self.server.url}/sign-in?next={target or '/sit/' + str(self.sitting)}")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.locator("main button[type=submit]").click()

    def sit_down(self, context: BrowserContext, login: str = "officer0") -> Page:
        """Sign in and open the paper."""
        page = context.new_page()
        self.sign_in(page, login)
        page.get_by_role("button", name="开始答题").click()
        expect(page.locator("#q-1")).to_be_visible()
        return page

    def events(self) -> list[Stored]:
        """Return every stored event, by lease and number."""
        with self.database.reading() as db:
            rows = db.scalars(select(ResponseEvent).order_by(ResponseEvent.lease_id, ResponseEvent.seq))
            return [Stored(row.seq, row.slot, json.loads(row.value)) for row in rows]

    def responses(self) -> dict[int, Any]:
        """Return the current answers of the only attempt."""
        with self.database.reading() as db:
            return current_responses(db, db.scalars(select(Attempt.id)).one())

    def attempt(self) -> Attempt:
        """Return the only attempt as it stands."""
        with self.database.reading() as db:
            return db.scalars(select(Attempt)).one()

    def announced(self) -> int:
        """Return the highest number that the client has announced."""
        with self.database.reading() as db:
            return db.scalars(select(Lease.announced_seq).order_by(Lease.id.desc())).first() or 0

    def takeover_code(self) -> str:
        """Have the invigilator hand out a code."""
        with self.database.transaction() as db:
            attempt = db.scalars(select(Attempt)).one()
            return issue_takeover_code(db, attempt, INVIGILATOR, datetime.now(UTC))

    def extend(self, minutes: int, reason: str) -> None:
        """Have the invigilator give more time."""
        with self.database.transaction() as db:
            attempt = db.scalars(select(Attempt)).one()
            extend_attempt(db, attempt, MoreTime(minutes, reason), INVIGILATOR, datetime.now(UTC))

    def end_by_invigilator(self) -> None:
        """Have the invigilator close the attempt."""
        with self.database.transaction() as db:
            close_attempt(db, db.scalars(select(Attempt)).one(), "测试", INVIGILATOR, datetime.now(UTC))

    def time_left(self, left: timedelta) -> None:
        """Move the deadline of the attempt so near."""
        with self.database.transaction() as db:
            db.execute(update(Attempt).values(deadline=datetime.now(UTC) + left))
            db.execute(update(Lease).values(told_deadline=db.scalars(select(Attempt.deadline)).one()))

    def end_sessions(self) -> None:
        """Let every sign-in expire."""
        with self.database.transaction() as db:
            db.execute(update(UserSession).values(ended_at=datetime.now(UTC)))

    def _make(self, db: Session) -> UUID:
        starts_at = self.now + self.plan.starts_in
        unit = a_unit(db, self.now)
        form = a_form(db, self.now, paper=self.paper)
        form.slot_count = sum(len(section["slots"]) for section in self.paper["sections"])
        exam = Exam(
            title="四川省生态环境执法人员岗位培训考试",
            level="provincial",
            tier="primary",
            blueprint_id=form.blueprint_id,
            unit_id=unit.id,
            created_by="考务员",
            created_at=self.now,
        )
        db.add(exam)
        db.flush()
        sitting = Sitting(
            exam_id=exam.id,
            unit_id=unit.id,
            title="2026年第四季度四川省生态环境执法人员岗位培训考试",
            starts_at=starts_at,
            ends_at=starts_at + self.plan.lasts,
            duration_seconds=int(self.plan.duration.total_seconds()),
            venue="三楼机考室",
            created_by="考务员",
            created_at=self.now,
        )
        db.add(sitting)
        db.flush()
        db.add(SittingForm(form_id=form.id, sitting_id=sitting.id))
        for number in range(self.plan.candidates):
            self._register(db, sitting, an_account(db, unit, f"officer{number}", Role.OFFICER, self.now), form.id)
        self._unit(db, unit)
        return sitting.public_id

    def _register(self, db: Session, sitting: Sitting, account: Account, form_id: int) -> None:
        db.add(
            Registration(
                sitting_id=sitting.id,
                person_id=account.person_id,
                unit_id=account.unit_id,
                seat=1 + (account.person_id or 0),
                form_id=form_id,
                created_at=self.now,
            )
        )

    def _unit(self, db: Session, unit: Unit) -> None:
        unit.name = "青江县生态环境保护综合行政执法大队"
