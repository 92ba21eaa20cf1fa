"""A lesson of a published course whose article changes waits in the bank's queue until it is mended."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.bank.samples import CODE, law_file, law_json
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import SYSTEM
from tiejun.bank.law_reviews.models import Decision, LawReview
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.db import Database
from tiejun.study import courses
from tiejun.study.courses import CourseSpec, LessonSpec
from tiejun.study.models import Course, Lesson

NEXT = "sample-rules-2030"


class Desk:
    """Makes courses and imports laws."""

    def __init__(self, database: Database, world: World, clock: ManualClock) -> None:
        self.database, self.clock = database, clock
        self.unit_id = world.units["sichuan"].id
        self.laws(law_file())

    def laws(self, file: tuple[str, bytes]) -> dict[str, int]:
        with self.database.transaction() as db:
            return import_laws(db, parse_laws([file]), SYSTEM, self.clock()).under_review

    def course(self, title: str, *cited: tuple[str, str], published: bool = True) -> None:
        with self.database.transaction() as db:
            spec = CourseSpec(title, "", "law", units=("B5",))
            course = courses.create_course(db, spec, self.unit_id, SYSTEM, self.clock())
            self.lesson(db, course, None, cited)
            db.refresh(course, ["lessons"])
            courses.publish(db, course, published, SYSTEM, self.clock())

    def lesson(self, db, course: Course, lesson: Lesson | None, cited: tuple[tuple[str, str], ...]) -> None:
        spec = LessonSpec("怎样检查", "article", 10, "<p>正文</p>", cited)
        courses.save_lesson(db, course, lesson, spec, SYSTEM, self.clock())

    def reviews(self) -> list[LawReview]:
        with self.database.reading() as db:
            return list(db.scalars(select(LawReview).order_by(LawReview.id)))


@pytest.fixture
def desk(database: Database, world: World, clock: ManualClock, app: Flask) -> Desk:
    return Desk(database, world, clock)


def import_next(desk: Desk) -> dict[str, int]:
    law = law_json(NEXT) | {"effective": "2030-01-01"}
    return desk.laws((f"{NEXT}.json", json.dumps(law).encode()))


def test_lessons_of_published_courses_come_in_and_drafts_do_not(desk: Desk):
    desk.course("公布的课程", (CODE, "1"), (CODE, "2"))
    desk.course("未公布的课程", (CODE, "1"), published=False)
    desk.course("不引法条的课程")
    assert import_next(desk) == {"lesson": 1}
    found = desk.reviews()
    assert [(row.kind, row.law_id, row.article) for row in found] == [
        ("lesson", CODE, "1"),
        ("lesson", CODE, "2"),
    ]
    assert (found[0].title, found[0].unit, found[0].owner_id) == ("怎样检查", "B5", desk.unit_id)
    assert found[0].address.startswith("/courses/")


def test_saving_the_lesson_on_law_in_force_settles_it(desk: Desk):
    desk.course("公布的课程", (CODE, "1"), (CODE, "2"))
    import_next(desk)
    with desk.database.transaction() as db:
        lesson = db.scalars(select(Lesson)).one()
        course = db.get_one(Course, lesson.course_id)
        desk.lesson(db, course, lesson, ((CODE, "1"), (NEXT, "2")))
    assert [row.decision for row in desk.reviews()] == [None, Decision.REWRITTEN]
    with desk.database.transaction() as db:
        lesson = db.scalars(select(Lesson)).one()
        desk.lesson(db, db.get_one(Course, lesson.course_id), lesson, ((NEXT, "1"), (NEXT, "2")))
    assert {row.decision for row in desk.reviews()} == {Decision.REWRITTEN}


def post(client: FlaskClient, address: str, data: dict[str, str], **how: bool) -> TestResponse:
    token = csrf_token(client, "/account")
    return client.post(address, data=data | {"csrf_token": token}, **how)  # type: ignore[arg-type]


def lessons_cite(desk: Desk) -> list[dict[str, str]]:
    with desk.database.reading() as db:
        return db.scalars(select(Lesson)).one().citations


def test_a_trainer_puts_a_lesson_on_another_article_from_the_queue(desk: Desk, client: FlaskClient):
    desk.course("公布的课程", (CODE, "1"), (CODE, "2"))
    import_next(desk)
    review = desk.reviews()[0]
    sign_in(client, "trainer")
    address = f"/law-reviews/{review.public_id}"
    page = client.get(address).get_data(as_text=True)
    assert f'action="{review.address}/reanchor"' in page
    assert "这一课不变" in page

    chosen = {"review": str(review.public_id), "law": NEXT, "article": "第三条"}
    answer = post(client, f"{review.address}/reanchor", chosen)

    assert answer.status_code == 303
    assert lessons_cite(desk) == [{"law": NEXT, "article": "3"}, {"law": CODE, "article": "2"}]
    decided, waits = desk.reviews()
    assert (decided.decision, decided.target_article, waits.decision) == (Decision.REANCHORED, "3", None)
    assert post(client, f"{review.address}/reanchor", chosen).status_code == 409


def test_an_article_that_is_not_there_changes_nothing_and_is_named(desk: Desk, client: FlaskClient):
    desk.course("公布的课程", (CODE, "1"))
    import_next(desk)
    (review,) = desk.reviews()
    sign_in(client, "trainer")

    chosen = {"review": str(review.public_id), "law": NEXT, "article": "99"}
    page = post(client, f"{review.address}/reanchor", chosen, follow_redirects=True).get_data(as_text=True)

    assert "的正文中没有第 99 条" in page
    assert lessons_cite(desk) == [{"law": CODE, "article": "1"}]
    assert desk.reviews()[0].decision is None


def test_the_review_of_another_lesson_is_not_decided_here(desk: Desk, client: FlaskClient):
    desk.course("甲课程", (CODE, "1"))
    desk.course("乙课程", (CODE, "1"))
    import_next(desk)
    one, other = desk.reviews()
    sign_in(client, "trainer")

    chosen = {"review": str(other.public_id), "law": NEXT, "article": "3"}
    assert post(client, f"{one.address}/reanchor", chosen).status_code == 404
    assert [row.decision for row in desk.reviews()] == [None, None]


def test_who_writes_items_only_gets_no_button_for_lessons(desk: Desk, client: FlaskClient):
    desk.course("公布的课程", (CODE, "1"))
    import_next(desk)
    (review,) = desk.reviews()
    sign_in(client, "item_writer")

    assert "/reanchor" not in client.get(f"/law-reviews/{review.public_id}").get_data(as_text=True)
    chosen = {"review": str(review.public_id), "law": NEXT, "article": "3"}
    assert post(client, f"{review.address}/reanchor", chosen).status_code == 403
