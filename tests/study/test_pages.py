"""What trainers make, officers learn and administrators see."""

import io
from datetime import timedelta

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event, select
from werkzeug.datastructures import Headers

from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import SYSTEM
from tiejun.db import Database
from tiejun.settings import Settings
from tiejun.study import queries
from tiejun.study.ledger import HourSpec, Recorder, record_hours
from tiejun.study.library import install_courses
from tiejun.study.models import Course, HourEntry, Lesson


@pytest.fixture
def engine() -> str:
    return "sqlite"


def as_(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, login)
    return client


def send(client: FlaskClient, address: str, **data: object) -> tuple[int, str]:
    data["csrf_token"] = csrf_token(client, "/password")
    answer = client.post(address, data=data, content_type="multipart/form-data")
    return answer.status_code, answer.location or answer.get_data(as_text=True)


def fetch(client: FlaskClient, address: str, **headers: str) -> tuple[int, bytes, Headers]:
    """Return an answer whose file is closed again."""
    with client.get(address, headers=headers) as answer:
        return answer.status_code, answer.data, answer.headers


def pdf(pages: int = 2, size: tuple[int, int] = (595, 842)) -> bytes:
    out = io.BytesIO()
    document = pypdfium2.PdfDocument.new()
    for _page in range(pages):
        document.new_page(*size)
    document.save(out)
    return out.getvalue()


def made_course(client: FlaskClient) -> str:
    status, address = send(client, "/courses/new", title="现场检查", category="business", summary="怎样检查")
    assert status == 303
    return address


def lessons(database: Database) -> list[Lesson]:
    with database.reading() as db:
        return list(db.scalars(select(Lesson).order_by(Lesson.position)))


def test_a_trainer_makes_and_publishes_a_course_and_an_officer_reads_it(
    app: Flask, world: World, database: Database
):
    trainer, officer = as_(app, "trainer"), as_(app, "officer1")
    course = made_course(trainer)
    text = "<p>先亮证。</p><script>alert(1)</script>"
    assert (
        send(trainer, f"{course}/lessons/new", title="亮证", kind="article", minutes="5", html=text)[0] == 303
    )
    assert officer.get(course.replace("/courses", "/study/courses")).status_code == 404

    assert send(trainer, f"{course}/publish", public="1")[0] == 303

    assert "现场检查" in officer.get("/study").get_data(as_text=True)
    page = officer.get(f"/study/lessons/{lessons(database)[0].public_id}").get_data(as_text=True)
    assert "先亮证" in page
    assert "alert(1)" not in page.split("tj-prose")[1].split("</div>")[0] or "<script>alert" not in page
    assert "data-tj-study" in page


def test_the_pages_of_a_pdf_are_shown_and_the_file_can_be_kept(app: Flask, world: World, database: Database):
    trainer = as_(app, "trainer")
    course = made_course(trainer)
    file = (io.BytesIO(pdf()), "讲义.pdf")
    assert send(trainer, f"{course}/lessons/new", title="讲义", kind="pdf", minutes="5", file=file)[0] == 303
    lesson = f"/study/lessons/{lessons(database)[0].public_id}"

    assert trainer.get(lesson).get_data(as_text=True).count("/pages/") == 2
    for _time in range(2):
        assert fetch(trainer, f"{lesson}/pages/2.png")[1].startswith(b"\x89PNG")
    assert trainer.get(f"{lesson}/pages/3.png").status_code == 404
    assert fetch(trainer, f"{lesson}/file")[2]["Content-Disposition"].startswith("attachment")
    assert as_(app, "officer1").get(f"{lesson}/pages/1.png").status_code == 404


@pytest.mark.parametrize(
    ("size", "pixels"),
    [((960, 540), (1240, 698)), ((595, 842), (1240, 1755)), ((300, 3000), (500, 5000))],
)
def test_a_page_of_a_pdf_keeps_its_own_shape_and_is_read_once(
    app: Flask,
    world: World,
    database: Database,
    settings: Settings,
    size: tuple[int, int],
    pixels: tuple[int, int],
):
    trainer = as_(app, "trainer")
    course = made_course(trainer)
    file = (io.BytesIO(pdf(1, size)), "讲义.pdf")
    send(trainer, f"{course}/lessons/new", title="讲义", kind="pdf", minutes="5", file=file)
    address = f"/study/lessons/{lessons(database)[0].public_id}"

    page = trainer.get(address).get_data(as_text=True)

    assert f'width="{pixels[0]}" height="{pixels[1]}"' in page
    picture = Image.open(io.BytesIO(fetch(trainer, f"{address}/pages/1.png")[1]))
    assert picture.size == pixels
    (kept,) = settings.data_dir.glob("pages/*/*/pages.json")
    kept.write_text('[{"width": 7, "height": 9, "text": "存下来的文字"}]', encoding="utf-8")
    assert "存下来的文字" in trainer.get(address).get_data(as_text=True)


def test_a_video_is_sent_in_parts(app: Flask, world: World, database: Database):
    trainer = as_(app, "trainer")
    course = made_course(trainer)
    header = b"\x00\x00\x00\x6cmvhd" + bytes(12) + (1000).to_bytes(4, "big") + (90_000).to_bytes(4, "big")
    film = b"\x00\x00\x00\x18ftypmp42" + bytes(12) + header + bytes(5000)
    status, _ = send(
        trainer, f"{course}/lessons/new", title="录像", kind="video", file=(io.BytesIO(film), "a.mp4")
    )
    assert status == 303
    (lesson,) = lessons(database)
    assert lesson.length_seconds == 90

    status, part, _ = fetch(trainer, f"/study/lessons/{lesson.public_id}/file", Range="bytes=4-7")

    assert (status, part) == (206, b"ftyp")


def test_what_is_wrong_with_a_lesson_is_said_at_its_field_and_the_rest_is_kept(app: Flask, world: World):
    trainer = as_(app, "trainer")
    course = made_course(trainer)

    status, page = send(
        trainer, f"{course}/lessons/new", title="亮证", kind="article", minutes="0", citations="none 1"
    )

    assert status == 422
    assert "应为大于0" in page
    assert "请填写正文" in page
    assert "法规库中没有 none" in page
    assert 'value="亮证"' in page


def test_a_course_without_a_lesson_is_not_published(app: Flask, world: World):
    trainer = as_(app, "trainer")

    assert send(trainer, f"{made_course(trainer)}/publish", public="1")[0] == 409


def test_lessons_change_places(app: Flask, world: World, database: Database):
    trainer = as_(app, "trainer")
    course = made_course(trainer)
    for title in ("一", "二", "三"):
        send(trainer, f"{course}/lessons/new", title=title, kind="article", minutes="5", html="文")

    send(trainer, f"{course}/lessons/{lessons(database)[2].public_id}/move", by="-1")

    assert [lesson.title for lesson in lessons(database)] == ["一", "三", "二"]


def test_the_shipped_courses_are_installed_once(database: Database, settings: Settings, clock: ManualClock):
    for _time in range(2):
        with database.transaction() as db:
            install_courses(db, settings, SYSTEM, clock())
    with database.reading() as db:
        slugs = db.scalars(select(Course.slug)).all()

    assert "platform-discipline" in slugs
    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize(("tier", "offered"), [("", True), ("primary", True), ("intermediate", False)])
def test_a_course_of_one_tier_is_left_out_when_the_other_is_asked_for(
    app: Flask,
    world: World,
    database: Database,
    settings: Settings,
    clock: ManualClock,
    tier: str,
    offered: bool,
):
    with database.transaction() as db:
        install_courses(db, settings, SYSTEM, clock())

    page = as_(app, "officer1").get(f"/study?tier={tier}").get_data(as_text=True)

    assert ("现场检查与证据固定" in page) is offered
    assert "平台使用与学习纪律" in page  # of both tiers


def hours(**change: str) -> dict[str, str]:
    return {
        "day": "2026-11-02",
        "kind": "class",
        "category": "law",
        "title": "法典培训",
        "minutes": "90",
        "evidence": "签到表",
        **change,
    }


def test_an_admin_records_and_corrects_hours_and_the_officer_sees_both(
    app: Flask, world: World, database: Database
):
    admin, officer = as_(app, "unit_admin"), as_(app, "officer1")
    ledger = f"/hours/{world.people['officer1'].public_id}"
    file = (io.BytesIO(pdf()), "证明.pdf")
    assert send(admin, ledger, **hours(), file=file)[0] == 303
    with database.reading() as db:
        entry = db.scalars(select(HourEntry)).one()
    correction = f"{ledger}/entries/{entry.public_id}"
    assert send(admin, correction, minutes="-100", reason="多记")[0] == 422
    assert send(admin, correction, minutes="-45", reason="中途离场")[0] == 303

    with database.reading() as db:
        assert [row.seconds for row in db.scalars(select(HourEntry).order_by(HourEntry.id))] == [5400, -2700]
        year = queries.year_hours(db, world.people["officer1"].id, 2026, 45)
    assert (year.total, year.missing) == (1, 59)
    page = officer.get("/study/hours").get_data(as_text=True)
    assert "中途离场" in page
    assert fetch(officer, f"/hours/entries/{entry.public_id}/file")[0] == 200
    assert as_(app, "officer2").get(f"/hours/entries/{entry.public_id}/file").status_code == 404
    assert as_(app, "stranger").get(ledger).status_code == 404
    assert send(as_(app, "stranger"), correction, minutes="-45", reason="无权")[0] == 404
    assert fetch(officer, "/study/hours/statement.pdf")[1].startswith(b"%PDF")


@pytest.mark.parametrize(
    ("change", "words"),
    [({"day": "2026-11-21"}, "不能晚于今天"), ({"evidence": ""}, "请写明凭据"), ({"kind": "online"}, "列表")],
)
def test_hours_that_prove_nothing_are_refused(app: Flask, world: World, change: dict[str, str], words: str):
    admin = as_(app, "unit_admin")

    status, page = send(admin, f"/hours/{world.people['officer1'].public_id}", **hours(**change))

    assert status == 422
    assert words in page
    assert "法典培训" in page


def test_the_table_lists_who_is_behind_first_and_is_exported(
    app: Flask, world: World, database: Database, clock: ManualClock
):
    by = Recorder(SYSTEM, None, ("/",))
    with database.transaction() as db:
        for number, minutes in ((1, 2700), (2, 2690), (3, 45)):
            person = world.people[f"officer{number}"]
            spec = HourSpec(clock().date() - timedelta(days=9), "class", "law", "训", minutes, "表")
            record_hours(db, person.public_id, spec, by, clock())
    admin = as_(app, "unit_admin")

    page = admin.get("/hours").get_data(as_text=True)
    places = [page.index(f"officer{number}<") for number in (4, 3, 2, 1)]
    assert places == sorted(places)
    assert "officer1<" not in admin.get("/hours?state=behind").get_data(as_text=True)
    assert "officer2<" not in admin.get("/hours?state=reached").get_data(as_text=True)
    assert fetch(admin, "/hours.xlsx?category=law")[1].startswith(b"PK")
    with database.reading() as db:
        (unit,) = queries.hours_by_unit(db, ("/",), 2026, clock().date(), 45)
    assert (unit.officers, unit.reached, unit.hours) == (4, 1, round(5435 / 45, 2))
    assert "officer1<" not in as_(app, "stranger").get("/hours").get_data(as_text=True)


@pytest.mark.parametrize("address", ["/study", "/hours", "/study/hours", "/"])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    app: Flask, world: World, database: Database, settings: Settings, clock: ManualClock, address: str
):
    client = as_(app, "unit_admin" if address == "/hours" else "officer1")

    def fill() -> None:
        with database.transaction() as db:
            for person in world.people.values():
                spec = HourSpec(clock().date(), "class", "law", "训", 45, "表")
                record_hours(db, person.public_id, spec, Recorder(SYSTEM, None, ("/",)), clock())

    def asked() -> int:
        seen: list[str] = []
        engine = app.extensions["tiejun"].database.engine

        def note(*args: object) -> None:
            seen.append(str(args[2]))

        event.listen(engine, "before_cursor_execute", note)
        assert client.get(address).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    with database.transaction() as db:
        install_courses(db, settings, SYSTEM, clock())
    fill()
    asked()
    before = asked()

    fill()

    assert asked() == before
