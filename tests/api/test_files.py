"""Files as answers: stored for one slot of one attempt, named by its events, given back to nobody else."""

import io
from copy import deepcopy
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.api.callers import API, START_MS, answer, bearer, code_of, open_desk
from tests.exams.engine.factories import PAPER, a_sitting
from tests.files.samples import docx, pdf, photo, picture
from tiejun.exams.models import AttemptFile, ResponseEvent, Sitting, Standing
from tiejun.files.models import StoredFile
from tiejun.files.store import MB

MINUTE = timedelta(minutes=1)
UPLOAD = {"type": "upload", "points": 10, "stem_html": "上传", "options": []}
WITH_FILES = deepcopy(PAPER)
WITH_FILES["sections"][1]["slots"] += [
    {"slot": 6, **UPLOAD, "accept": ["pdf", "png", "jpg", "jpeg"]},
    {"slot": 7, **UPLOAD, "accept": ["docx"]},
]


@pytest.fixture
def world(database):
    return a_sitting(database, allows_api=True, paper=WITH_FILES)


@pytest.fixture
def officer(database, world):
    return bearer(database, world.logins[0])


@pytest.fixture
def desk(client, world, officer):
    return open_desk(client, world.sitting, officer)


@pytest.fixture
def neighbour(client, database, world):
    return open_desk(client, world.sitting, bearer(database, world.logins[1]), device="device-two")


def send(desk, content=None, name="现场图.pdf", slot=6, **more):
    told = {"lease": desk.opened["lease"], "slot": str(slot), **more}
    told["file"] = FileStorage(io.BytesIO(pdf() if content is None else content), name)
    boundary, body = encode_multipart(told)
    address = f"{API}/attempts/{desk.opened['attempt']}/files"
    kind = f"multipart/form-data; boundary={boundary}"
    return desk.client.post(address, data=body, headers=desk.token, content_type=kind)


def value_of(reply):
    assert reply.status_code == 200, reply.text
    told = reply.get_json()
    return {"file": told["file"], "name": told["name"]}


def kept(database):
    with database.reading() as db:
        ties = db.scalar(select(func.count()).select_from(AttemptFile))
        assert db.scalar(select(func.count()).select_from(StoredFile)) == ties
        return ties


def test_a_file_is_stored_named_by_an_event_and_part_of_the_answers(client, database, desk, officer):
    reply = send(desk)
    assert reply.get_json()["size"] == len(pdf())
    value = value_of(reply)
    assert value["name"] == "现场图.pdf"

    assert desk.save(answer(1, 6, value)).get_json()["stored"] == [1]

    mine = client.get(f"{API}/attempts/{desk.opened['attempt']}", headers=officer).get_json()
    assert mine["responses"] == {"6": value}
    assert desk.submit(1).get_json()["answered"] == 1
    with database.reading() as db:
        row = db.scalars(select(StoredFile)).one()
        tie = db.scalars(select(AttemptFile)).one()
    assert (row.kind, row.pages, row.created_by, tie.slot) == ("pdf", 1, "应试凭证", 6)


def test_the_same_file_again_is_the_one_that_is_there(database, desk):
    first, again = send(desk), send(desk)

    assert first.get_json() == again.get_json()
    assert kept(database) == 1
    assert send(desk, name="另一名.pdf").status_code == 200
    assert kept(database) == 2


def test_a_photo_loses_where_and_by_whom_it_was_taken(database, settings, desk):
    value = value_of(send(desk, photo(), "IMG_1.JPG"))

    path = settings.data_dir / "files" / value["file"][:2] / value["file"]
    assert "拍摄人甲".encode() not in path.read_bytes()
    assert desk.save(answer(1, 6, value)).status_code == 200


def test_a_value_names_only_a_file_of_this_attempt_and_slot(desk, neighbour):
    theirs = value_of(send(neighbour, picture(), "图.png"))
    mine = value_of(send(desk))
    for slot, value in [
        (6, theirs),
        (7, mine | {"name": "现场图.docx"}),
        (6, mine | {"name": "改名.pdf"}),
        (6, {"file": "0" * 64, "name": "现场图.pdf"}),
        (6, {"file": "../../tiejun.db", "name": "现场图.pdf"}),
        (6, "现场图.pdf"),
        (6, mine | {"path": "/etc/passwd"}),
    ]:
        assert code_of(desk.save(answer(1, slot, value))) == (422, "bad_value")
    assert desk.save(answer(1, 6, mine)).status_code == 200


def test_a_replay_is_acknowledged_and_the_answer_can_be_cleared(desk):
    value = value_of(send(desk))

    assert desk.save(answer(1, 6, value)).status_code == 200
    assert desk.save(answer(1, 6, value)).get_json()["stored"] == [1]
    assert desk.save(answer(2, 6, None)).get_json()["stored"] == [2]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (docx(), "文档.docx", "bad_file"),
        (picture(), "图.pdf", "bad_file"),
        (b"MZ\x90\x00", "程序.pdf", "bad_file"),
        (b"", "空.pdf", "bad_file"),
        (b"%PDF-1.7 broken", "坏.pdf", "bad_file"),
        (pdf(101), "长.pdf", "bad_file"),
        (pdf(), "无扩展名", "bad_file"),
        (pdf(), "现场图.pdf.exe", "bad_file"),
    ],
    ids=["other kind", "belied", "program", "empty", "damaged", "too long", "no ending", "two endings"],
)
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_is_not_asked_for_is_refused_and_nothing_is_kept(database, desk, content, name, code):
    assert code_of(send(desk, content, name)) == (422, code)
    assert kept(database) == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../../etc/图.pdf", "图.pdf"),
        ("图\u202efdp.pdf", "图fdp.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_a_name_is_stripped_of_what_could_trick(desk, name, stored):
    value = value_of(send(desk, name=name))

    assert value["name"] == stored
    assert desk.save(answer(1, 6, value)).status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_file_beyond_the_limit_is_too_large(database, settings, desk):
    most = settings.max_answer_file_mb * MB
    assert send(desk, pdf() + b" " * (most - len(pdf()))).status_code == 200
    assert code_of(send(desk, pdf() + b" " * (most - len(pdf()) + 1))) == (422, "bad_file")
    assert code_of(send(desk, pdf() + b" " * (most + MB))) == (413, "too_large")
    assert kept(database) == 1


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_who_may_send_and_where(client, database, desk, neighbour, officer):
    assert code_of(send(desk, slot=5)) == (422, "unknown_slot")
    assert code_of(send(desk, slot=99)) == (422, "unknown_slot")
    assert code_of(send(desk, slot="x")) == (422, "invalid")
    assert code_of(send(desk, lease="x")) == (422, "invalid")
    assert code_of(send(desk, lease=neighbour.opened["lease"])) == (403, "wrong_lease")
    address = f"{API}/attempts/{desk.opened['attempt']}/files"
    assert code_of(client.post(address, data={}, headers=desk.token)) == (422, "invalid")
    assert code_of(client.post(address, data={}, headers=officer)) == (401, "bad_token")
    assert code_of(client.post(address, data={}, headers=neighbour.token)) == (404, "not_found")
    assert kept(database) == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_one_who_sends_too_often_is_slowed_down_and_too_many_are_refused(database, clock, desk):
    replies = [send(desk, name=f"{n}.pdf").status_code for n in range(13)]
    assert replies == [200] * 12 + [429]
    clock.time += 10 * MINUTE
    for n in range(20, 28):
        assert send(desk, name=f"{n}.pdf").status_code == 200
    assert code_of(send(desk, name="29.pdf")) == (409, "too_many_files")
    assert send(desk, name="20.pdf").status_code == 200
    assert kept(database) == 20


def test_a_file_after_the_deadline_is_kept_and_its_event_is_late(database, clock, desk):
    clock.time += timedelta(hours=1, minutes=5)
    value = value_of(send(desk))

    reply = desk.save(answer(1, 6, value, START_MS)).get_json()
    assert (reply["state"], reply["late"]) == ("expired", [1])
    with database.reading() as db:
        assert db.scalars(select(ResponseEvent.standing)).all() == [Standing.LATE]


def test_after_the_hand_in_and_the_declaration_no_file_is_taken(database, clock, desk, neighbour):
    desk.submit(0)
    assert code_of(send(desk)) == (409, "closed")
    clock.time += timedelta(hours=3)
    with database.transaction() as db:
        db.scalars(select(Sitting)).one().declared_at = clock.time
    assert code_of(send(neighbour)) == (409, "closed")
    assert kept(database) == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_nearly_full_disk_takes_no_files_but_still_answers(monkeypatch, database, desk):
    monkeypatch.setattr("tiejun.api.file_views.has_room", lambda settings: False)

    reply = send(desk)
    assert code_of(reply) == (503, "storage_unavailable")
    assert reply.headers["Retry-After"] == "5"
    assert desk.save(answer(1)).status_code == 200
    assert kept(database) == 0


def test_a_file_is_given_back_to_who_handed_it_in_and_to_nobody_else(client, database, world, desk, officer):
    value = value_of(send(desk, picture(), "现场图.png"))
    address = f"{API}/attempts/{desk.opened['attempt']}/files/6/{value['file']}"

    with client.get(address, headers=officer) as mine:
        assert (mine.status_code, mine.mimetype, mine.get_data()[1:4]) == (200, "image/png", b"PNG")
    assert mine.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert mine.headers["X-Content-Type-Options"] == "nosniff"
    other = bearer(database, world.logins[1])
    assert code_of(client.get(address, headers=other)) == (404, "not_found")
    assert code_of(client.get(address.replace("/6/", "/7/"), headers=officer)) == (404, "not_found")
    assert code_of(client.get(address, headers=desk.token)) == (401, "not_signed_in")
