"""A file that was handed in: who may open it, what it tells of its author, and its marks."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.exams.results.factories import GRACE, Hall, a_hall_with_a_file
from tests.files.samples import docx, pdf, photo, picture
from tests.support.clock import ManualClock
from tests.support.world import csrf_token, make_world, sign_in
from tiejun.audit import Actor
from tiejun.db import Database
from tiejun.exams.answer_files import Place, file_answer
from tiejun.exams.events import Batch, Sent, record_events, submit
from tiejun.exams.marking_rules import code_of
from tiejun.exams.models import Attempt, SittingStaff
from tiejun.exams.service import Entry, open_attempt
from tiejun.files.kinds import DOCUMENTS
from tiejun.files.pictures import keep_document
from tiejun.settings import Settings

NAME = "officer1的作答"
CORE = '<cp:coreProperties xmlns:dc="x"><dc:creator>officer1</dc:creator></cp:coreProperties>'
COMMENT = '<w:comment w:author="officer1" w:initials="o1"><w:t>另见附页</w:t></w:comment>'


@dataclass
class Room:
    """The hall, and how a candidate hands a file in."""

    hall: Hall
    settings: Settings
    slot: int

    def hands_in(self, login: str, content: bytes, ending: str) -> None:
        """Upload a file, name it by an event, hand in, and have it scored."""
        hall, now = self.hall, self.hall.starts_at
        entry = Entry(hall.world.people[login].id, f"device of {login}", Actor(None, login))
        opened = open_attempt(hall.database, hall.sitting.public_id, entry, now)
        lease = opened.claims.lease
        row = keep_document(self.settings, io.BytesIO(content), f"{NAME}.{ending}", 1, DOCUMENTS)
        with hall.database.transaction() as db:
            stored = file_answer(db, Place(opened.claims, lease, self.slot), row, now)
            value = {"file": stored.sha256, "name": stored.name}
            batch = Batch(lease, 1, (Sent(1, self.slot, value, now),))
            record_events(db, opened.claims, batch, now, GRACE)
            submit(db, opened.claims, lease, 1, now)
        with hall.database.reading() as db:
            found = db.query(Attempt).where(Attempt.public_id == opened.claims.attempt).one()
        hall.attempts[login] = found
        hall.score()

    def address(self, login: str = "officer1", tail: str = "") -> str:
        """Return the marker's page of the answer, or what hangs below it."""
        code = code_of(self.hall.attempts[login].public_id, self.settings.data_key)
        return f"/marking/{self.hall.sitting.public_id}/{code}/{self.slot}{tail}"


@pytest.fixture
def room(database: Database, clock: ManualClock, settings: Settings) -> Room:
    with database.transaction() as db:
        world = make_world(db, clock())
    hall = a_hall_with_a_file(database, world, clock())
    clock.time = hall.over
    slot = next(key.slot for key in hall.keys if key.part.type == "upload")
    return Room(hall, settings, slot)


def as_marker(client: FlaskClient, address: str) -> Any:
    sign_in(client, "marker")
    with client.get(address) as reply:
        reply.get_data()
        return reply


def test_an_answer_by_file_waits_for_people_and_counts_by_their_points(room: Room, client: FlaskClient):
    room.hands_in("officer1", pdf(2), "pdf")
    assert room.hall.waiting("officer1") == {room.slot: 1}

    sign_in(client, "marker")
    sent = {
        "csrf_token": csrf_token(client, "/password"),
        "awarded-0": "3",
        "awarded-1": "0",
        "points": "0.5",
    }
    assert client.post(room.address(), data=sent).status_code == 303
    assert room.hall.waiting("officer1") == {room.slot: 2}  # so few points lie near every cut score
    room.hall.mark("trainer", "officer1", room.slot, 0.5)
    assert room.hall.waiting("officer1") == {}
    assert float(room.hall.total("officer1") or 0) == 0.5


def test_no_file_earns_nothing_and_waits_for_nobody(room: Room):
    room.hall.sits("officer2", {})
    room.hall.score()

    assert room.hall.waiting("officer2") == {}
    assert room.hall.total("officer2") == 0


def test_a_marker_sees_the_pages_of_a_pdf_and_never_its_name(room: Room, client: FlaskClient):
    room.hands_in("officer1", pdf(2), "pdf")

    page = as_marker(client, room.address()).get_data(as_text=True)
    assert "第 2 页，共 2 页" in page
    assert "PDF 文件" in page
    assert "officer1" not in page
    shown = as_marker(client, room.address(tail="/pages/2.png"))
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert as_marker(client, room.address(tail="/pages/3.png")).status_code == 404
    assert as_marker(client, room.address(tail="/file")).status_code == 404


@pytest.mark.parametrize(("content", "ending"), [(picture(), "png"), (photo(), "jpg")])
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_picture_is_shown_without_what_it_knew(
    room: Room, client: FlaskClient, content: bytes, ending: str
):
    room.hands_in("officer1", content, ending)

    assert "officer1" not in as_marker(client, room.address()).get_data(as_text=True)
    shown = as_marker(client, room.address(tail="/file"))
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "officer1" not in shown.headers["Content-Disposition"]
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "拍摄人甲".encode() not in shown.get_data()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_word_file_is_fetched_without_its_author(room: Room, client: FlaskClient):
    content = docx({"docProps/core.xml": CORE, "word/comments.xml": COMMENT, "word/people.xml": "officer1"})
    room.hands_in("officer1", content, "docx")

    assert "下载作答文件" in as_marker(client, room.address()).get_data(as_text=True)
    fetched = as_marker(client, room.address(tail="/file"))
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    with zipfile.ZipFile(io.BytesIO(fetched.get_data())) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert [name for name, text in parts.items() if "officer1" in text] == []
    assert "另见附页" in parts["word/comments.xml"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("marker", 200),
        ("marker2", 404),  # marks elsewhere
        ("officer1", 403),
        ("officer2", 403),
        ("exam_admin", 403),
        ("invigilator", 403),
        ("province_admin", 403),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_only_markers_of_the_sitting_open_it(room: Room, client: FlaskClient, who: str, status: int):
    room.hands_in("officer1", pdf(), "pdf")
    if who == "marker2":
        who = "marker"
        with room.hall.database.transaction() as db:
            db.query(SittingStaff).where(SittingStaff.duty == "marker").delete()

    sign_in(client, who)
    with client.get(room.address(tail="/pages/1.png")) as reply:
        assert reply.status_code == status
    with client.get(room.address(tail="/file")) as reply:
        assert reply.status_code == (404 if status == 200 else status)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_nothing_is_opened_before_the_exam_is_over(room: Room, client: FlaskClient, clock: ManualClock):
    now = room.hall.starts_at
    room.hall.attempts["officer2"] = room.hall.sits("officer2", {}, hands_in=False)
    clock.time = now

    assert as_marker(client, room.address("officer2", "/file")).status_code == 409
