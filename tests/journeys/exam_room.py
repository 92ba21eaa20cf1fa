"""An exam room for journeys in a real browser: a sitting on a served application, and who sits it."""

import itertools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from tests.exams.engine.factories import INVIGILATOR, PASSWORD, a_form, a_unit, an_account
from tests.journeys.exam_paper import a_paper
from tests.support.server import Server
from tiejun.access import Role
from tiejun.db import Database
from tiejun.exams.invigilation_service import MoreTime, close_attempt, extend_attempt, issue_takeover_code
from tiejun.exams.models import Attempt, Exam, Lease, Registration, ResponseEvent, Sitting, SittingForm
from tiejun.exams.queries import current_responses
from tiejun.people.models import Account, Person, UserSession

NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Plan:
    """When a sitting is and how long it takes; from now, so that the machine's own clock serves."""

    starts_in: timedelta = timedelta(minutes=-1)
    lasts: timedelta = timedelta(hours=2)
    duration: timedelta = timedelta(hours=1)
    times: int = 1


@dataclass(frozen=True)
class Stored:
    """One event as the server has it."""

    seq: int
    slot: int
    value: Any


class ExamRoom:
    """One sitting on a served application; reads and changes its database beside the server."""

    def __init__(self, server: Server, plan: Plan | None = None, paper: dict[str, Any] | None = None) -> None:
        self.server = server
        self.plan = plan or Plan()
        self.database = Database(server.database_url)
        self.paper = paper or a_paper(self.plan.times)
        self.now = datetime.now(UTC)  # the served application runs on the machine's clock
        self.number = next(NUMBERS)
        self.login = f"candidate-{self.number}-0"
        with self.database.transaction() as db:
            self.sitting = self._make(db)

    @property
    def address(self) -> str:
        """The page on which the sitting is sat."""
        return f"{self.server.url}/sit/{self.sitting}"

    def close(self) -> None:
        """Let go of the database."""
        self.database.dispose()

    def sign_in(self, page: Page, target: str | None = None) -> None:
        """Sign in on a page, and go to the sitting (or to `target`)."""
        page.goto(f"{self.server.url}/sign-in?next={target or '/sit/' + str(self.sitting)}")
        page.locator("#login").fill(self.login)
        page.locator("#password").fill(PASSWORD)
        page.locator("main button[type=submit]").click()

    def sit_down(self, context: BrowserContext) -> Page:
        """Sign in and open the paper."""
        page = context.new_page()
        self.sign_in(page)
        page.get_by_role("button", name="开始答题").click()
        expect(page.locator("#q-1")).to_be_visible()
        return page

    def events(self) -> list[Stored]:
        """Return every stored event, by lease and number."""
        return [Stored(row.seq, row.slot, json.loads(row.value)) for row in self._rows()]

    def standings(self) -> list[str]:
        """Return whether each stored event counts, by lease and number."""
        return [row.standing for row in self._rows()]

    def responses(self) -> dict[int, Any]:
        """Return the current answers."""
        with self.database.reading() as db:
            return current_responses(db, db.scalars(self._attempts().with_only_columns(Attempt.id)).one())

    def attempt(self) -> Attempt:
        """Return the attempt as it stands."""
        with self.database.reading() as db:
            return db.scalars(self._attempts()).one()

    def takeover_code(self) -> str:
        """Have the invigilator hand out a code."""
        with self.database.transaction() as db:
            attempt = db.scalars(self._attempts()).one()
            return issue_takeover_code(db, attempt, INVIGILATOR, datetime.now(UTC))

    def extend(self, minutes: int, reason: str) -> None:
        """Have the invigilator give more time."""
        with self.database.transaction() as db:
            attempt = db.scalars(self._attempts()).one()
            extend_attempt(db, attempt, MoreTime(minutes, reason), INVIGILATOR, datetime.now(UTC))

    def end_by_invigilator(self) -> None:
        """Have the invigilator close the attempt."""
        with self.database.transaction() as db:
            attempt = db.scalars(self._attempts()).one()
            close_attempt(db, attempt, "测试", INVIGILATOR, datetime.now(UTC))

    def time_left(self, left: timedelta) -> None:
        """Move the deadline of the attempt so near, without a word to the client but the reply's deadline."""
        with self.database.transaction() as db:
            attempt = db.scalars(self._attempts()).one()
            attempt.deadline = datetime.now(UTC) + left
            told = update(Lease).where(Lease.attempt_id == attempt.id)
            db.execute(told.values(told_deadline=attempt.deadline))

    def end_sessions(self) -> None:
        """Let every sign-in of the candidate expire."""
        with self.database.transaction() as db:
            mine = select(Account.id).where(Account.login == self.login).scalar_subquery()
            ended = update(UserSession).where(UserSession.account_id == mine)
            db.execute(ended.values(ended_at=datetime.now(UTC)))

    def _attempts(self) -> Select[Any]:
        mine = select(Sitting.id).where(Sitting.public_id == self.sitting).scalar_subquery()
        return select(Attempt).where(Attempt.sitting_id == mine)

    def _rows(self) -> list[ResponseEvent]:
        order = (ResponseEvent.lease_id, ResponseEvent.seq)
        mine = ResponseEvent.attempt_id.in_(self._attempts().with_only_columns(Attempt.id))
        with self.database.reading() as db:
            return list(db.scalars(select(ResponseEvent).where(mine).order_by(*order)))

    def _make(self, db: Session) -> UUID:
        starts_at = self.now + self.plan.starts_in
        unit = a_unit(db, self.now, code=f"exam-{self.number}")
        unit.name = "青江县生态环境保护综合行政执法大队"
        form = a_form(db, self.now, label=f"A{self.number}", paper=self.paper)
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
        account = an_account(db, unit, self.login, Role.OFFICER, self.now)
        account.display_name = "李明"
        db.get_one(Person, account.person_id).name = "李明"
        db.add(
            Registration(
                sitting_id=sitting.id,
                person_id=account.person_id,
                unit_id=unit.id,
                seat=12,
                form_id=form.id,
                created_at=self.now,
            )
        )
        return sitting.public_id
