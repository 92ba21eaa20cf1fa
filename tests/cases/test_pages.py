"""The pages without scripts: nothing typed is lost, and files are for those who may see the case."""

import io
import re
from collections.abc import Callable
from html import unescape
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.bank.samples import CODE, OLD_CODE
from tests.cases.conftest import BODY, Desk, draft
from tests.files.samples import docx, pdf, photo, picture
from tests.support.world import csrf_token
from tiejun.cases.models import CaseState
from tiejun.files.models import StoredFile

Enter = Callable[[str], FlaskClient]
FIELDS = {
    "title": "雨水井里的异味",
    "summary": "暴雨后河道发黑。",
    "body": "第一段文字。\n\n第二段 <不是标签",
    "place": "某市某县",
    "decision": "责令改正。",
    "points": "先外后内",
    "questions": "属于哪类证据？",
    "medium": "水",
    "minutes": "7",
    "is_anonymous": "1",
}


def post(client: FlaskClient, address: str, **data: object) -> TestResponse:
    token = csrf_token(client, "/cases/mine" if "review" not in address else address)
    files = {name: (io.BytesIO(v[0]), v[1]) if isinstance(v, tuple) else v for name, v in data.items()}
    return client.post(address, data={"csrf_token": token, **files}, content_type="multipart/form-data")


def begin(client: FlaskClient) -> str:
    answer = post(client, "/cases/mine", title="雨水井里的异味")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.location)


def text_of(page: TestResponse) -> str:
    return unescape(page.get_data(as_text=True))


def test_a_trainer_writes_another_publishes_an_officer_reads(signed_in: Enter, desk: Desk):
    trainer = signed_in("trainer")
    address = begin(trainer)
    fields = FIELDS | {"body": BODY, "units": "E2", "new-law": CODE, "new-article": "第二条"}
    saved = post(
        trainer,
        address,
        **fields,
        revision="1",
        act="save",
        attachments=(docx(), "证据目录.docx"),
    )
    assert saved.status_code == 303, text_of(saved)
    page = text_of(trainer.get(address))
    assert all(value in page for name, value in FIELDS.items() if name not in ("body", "is_anonymous"))
    assert "第2条的样例文字。" in page
    assert "证据目录.docx" in page

    units = {"units": "E2", "cite-0-law": CODE, "cite-0-article": "2"}
    sent = post(trainer, address, **(FIELDS | units | {"body": BODY}), revision="2", act="submit")
    assert (sent.status_code, sent.location) == (303, "/cases/mine"), text_of(sent)

    reviewer = signed_in("item_reviewer")
    assert "审核案例《雨水井里的异味》" in text_of(reviewer.get("/"))
    review = address.replace("/edit", "/review")
    assert "逐井上溯" in text_of(reviewer.get(review))
    assert post(reviewer, review, outcome="published", comment="").status_code == 303

    officer = signed_in("officer1")
    assert "雨水井里的异味" in text_of(officer.get("/cases"))
    read = text_of(officer.get(address.replace("/edit", "")))
    assert f"/laws/{CODE}/articles/2" in read
    file = re.search(r'href="(/cases/[^"]+/files/[^"]+)"', read)
    assert file is not None
    saved_file = got(officer, file[1])
    assert saved_file.data == docx()
    assert saved_file.headers["Content-Disposition"].startswith("attachment")
    assert "雨水井里的异味" in text_of(officer.get(f"/laws/{CODE}/articles/2"))
    assert "雨水井里的异味" not in text_of(officer.get(f"/laws/{CODE}/articles/1"))


def test_plain_lines_become_paragraphs_and_what_runs_is_taken_out(signed_in: Enter, desk: Desk):
    trainer = signed_in("trainer")
    address = begin(trainer)
    hostile = '<p onclick="x()">甲</p><script>alert(1)</script><img src="https://elsewhere.example/a.png">'

    post(trainer, address, **(FIELDS | {"body": "甲\n乙"}), revision="1", act="save")
    assert "<p>甲</p><p>乙</p>" in text_of(trainer.get(address))
    post(trainer, address, **(FIELDS | {"body": hostile}), revision="2", act="save")

    page = text_of(trainer.get(address.replace("/edit", "/versions/1")))
    assert "<p>甲</p>" in page
    assert not any(word in page for word in ("onclick", "alert(1)</script", "elsewhere"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"minutes": "许多"}, "应为 1 至 90 的整数"),
        ({"summary": "长" * 301}, "最多 300 个字符"),
        ({"title": ""}, "请填写标题"),
        ({"new-law": CODE, "new-article": "99"}, "没有第 99 条"),
        ({"revision": "7"}, "已在别的窗口保存过"),
        ({"attachments": (b"text", "说明.docx")}, "不是可以上传的文件"),
    ],
)
def test_an_error_keeps_all_that_was_typed(
    signed_in: Enter, desk: Desk, wrong: dict[str, object], message: str
):
    trainer = signed_in("trainer")
    address = begin(trainer)
    typed = {"revision": "1", **FIELDS, "body": "<p>正文一段</p>", "units": "E2", **wrong}

    answer = post(trainer, address, **typed, act="save")

    page = text_of(answer)
    assert answer.status_code in (409, 422)
    assert message in page
    for name, value in typed.items():
        if name not in ("revision", "attachments", "new-law", "new-article"):
            assert str(value) in page, name
    assert "雨水井里的异味" in text_of(trainer.get("/cases/mine"))
    with desk.database.reading() as db:
        assert db.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_after_a_save_elsewhere_a_second_save_overwrites(signed_in: Enter, desk: Desk):
    trainer = signed_in("trainer")
    address = begin(trainer)
    post(trainer, address, **(FIELDS | {"place": "甲地"}), revision="1", act="save")

    refused = post(trainer, address, **(FIELDS | {"place": "乙地"}), revision="1", act="save")
    assert 'name="revision" value="2"' in text_of(refused)
    post(trainer, address, **(FIELDS | {"place": "乙地"}), revision="2", act="save")

    assert "乙地" in text_of(trainer.get(address))


def test_what_is_missing_for_a_review_is_named_and_the_draft_is_saved(signed_in: Enter, desk: Desk):
    trainer = signed_in("trainer")
    address = begin(trainer)

    answer = post(trainer, address, title="新标题", revision="1", act="submit")

    page = text_of(answer)
    assert answer.status_code == 422
    assert "已保存为草稿，但还不能提交审核" in page
    for name in ("summary", "body", "units", "citations", "is_anonymous"):
        assert f'href="#{name}"' in page
        assert f'id="{name}-err"' in page
    assert "新标题" in text_of(trainer.get(address))


def test_rows_are_taken_away_by_buttons(signed_in: Enter, desk: Desk):
    trainer = signed_in("trainer")
    address = begin(trainer)
    fields = {**FIELDS, "units": ["E2", "G4"], "cite-0-law": CODE, "cite-0-article": "1"}
    fields |= {"new-law": OLD_CODE, "new-article": "3"}
    post(trainer, address, **fields, revision="1", act="save", attachments=(pdf(), "报告.pdf"))
    page = text_of(trainer.get(address))
    assert "已失效" in page
    file = re.search(r'value="file-remove-([^"]+)"', page)
    assert file is not None
    kept = {"cite-0-law": CODE, "cite-0-article": "1", "cite-1-law": OLD_CODE, "cite-1-article": "3"}

    post(trainer, address, **FIELDS, **kept, units=["E2", "G4"], revision="2", act="unit-remove-E2")
    post(trainer, address, **FIELDS, **kept, units="G4", revision="3", act="cite-remove-1")
    post(
        trainer,
        address,
        **FIELDS,
        units="G4",
        **{"cite-0-law": CODE, "cite-0-article": "1"},
        revision="4",
        act=f"file-remove-{file[1]}",
    )

    page = text_of(trainer.get(address))
    assert 'name="units" value="G4"' in page
    assert 'name="units" value="E2"' not in page
    assert 'value="cite-remove-0"' in page
    assert 'value="cite-remove-1"' not in page
    assert "报告.pdf" not in page


def got(client: FlaskClient, address: str) -> TestResponse:
    """Return a file; its handle is closed."""
    answer = client.get(address, buffered=True)
    answer.close()
    return answer


def image(client: FlaskClient, address: str, content: bytes, name: str) -> TestResponse:
    return post(client, address.replace("/edit", "/images"), image=(content, name))


def test_a_picture_of_the_text_is_for_those_who_may_see_the_case(signed_in: Enter, desk: Desk):
    trainer, officer = signed_in("trainer"), signed_in("officer1")
    address = begin(trainer)
    answer = image(trainer, address, photo(), "现场.jpg")
    url = answer.get_json()["url"]
    body = f'<p><img src="{url}" alt="现场"></p>{BODY}'
    assert got(trainer, url).mimetype == "image/jpeg"
    assert officer.get(url).status_code == 404

    units = {"units": "E2", "cite-0-law": CODE, "cite-0-article": "2"}
    post(trainer, address, **(FIELDS | units | {"body": body}), revision="1", act="submit")
    assert officer.get(url).status_code == 404
    reviewer = signed_in("item_reviewer")
    assert got(reviewer, url).status_code == 200
    post(reviewer, address.replace("/edit", "/review"), outcome="published", comment="")

    shown = got(officer, url)
    assert shown.status_code == 200
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "拍摄人甲".encode() not in shown.data
    assert f'src="{url}"' in text_of(officer.get(address.replace("/edit", "")))


@pytest.mark.parametrize(
    ("content", "name"),
    [(pdf(), "报告.pdf"), (b"<svg/>", "图.svg"), (picture()[:-20], "图.png"), (b"", "空.png")],
)
def test_what_is_no_picture_is_refused_in_words(signed_in: Enter, desk: Desk, content: bytes, name: str):
    trainer = signed_in("trainer")

    answer = image(trainer, begin(trainer), content, name)

    assert answer.status_code == 422
    assert "没有保存" in answer.get_json()["message"] or "可以上传" in answer.get_json()["message"]


def test_a_stranger_finds_no_draft_and_no_file(signed_in: Enter, desk: Desk):
    address = begin(signed_in("trainer"))
    other = signed_in("trainer2")

    assert other.get(address).status_code == 404
    assert post(other, address, title="夺", revision="1", act="save").status_code == 404
    assert image(other, address, picture(), "图.png").status_code == 404
    assert other.get(address.replace("/edit", "/versions/1")).status_code == 404


def test_an_author_is_refused_at_the_review_of_their_own_case(signed_in: Enter, desk: Desk):
    public_id = desk.write()
    desk.submit(public_id)
    trainer = signed_in("trainer")

    assert trainer.get(f"/cases/{public_id}/review").status_code == 403
    token = csrf_token(trainer, "/cases/mine")
    answer = trainer.post(
        f"/cases/{public_id}/review", data={"csrf_token": token, "outcome": "published", "comment": ""}
    )
    assert answer.status_code == 403
    assert "雨水井里的异味" not in text_of(trainer.get("/cases/reviews"))


@pytest.mark.parametrize(
    ("data", "field"),
    [({"outcome": "", "comment": "好"}, "outcome"), ({"outcome": "returned", "comment": ""}, "comment")],
)
def test_a_decision_that_lacks_something_keeps_the_comment(
    signed_in: Enter, desk: Desk, data: dict[str, str], field: str
):
    public_id = desk.write()
    desk.submit(public_id)

    answer = post(signed_in("item_reviewer"), f"/cases/{public_id}/review", **data)

    assert answer.status_code == 422
    assert f'id="{field}-err"' in text_of(answer)
    assert data["comment"] in text_of(answer)


def test_a_returned_case_shows_the_comment_over_the_editor(signed_in: Enter, desk: Desk):
    public_id = desk.write()
    desk.submit(public_id)
    desk.decide(public_id, outcome=CaseState.RETURNED)
    trainer = signed_in("trainer")

    assert "修改案例《雨水井里的异味》" in text_of(trainer.get("/"))
    assert "请补证据" in text_of(trainer.get(f"/cases/{public_id}/edit"))


def test_a_published_case_is_revised_and_retired_by_buttons(signed_in: Enter, desk: Desk):
    public_id = desk.publish(text=draft(summary="旧的提要。"))
    trainer, reviewer = signed_in("trainer"), signed_in("trainer2")
    assert trainer.get(f"/cases/{public_id}/edit").location == f"/cases/{public_id}/versions/1"

    assert post(trainer, f"/cases/{public_id}/revise").location == f"/cases/{public_id}/edit"
    assert "第 2 版" in text_of(trainer.get(f"/cases/{public_id}/edit"))
    assert "旧的提要。" in text_of(signed_in("officer1").get(f"/cases/{public_id}"))
    assert post(reviewer, f"/cases/{public_id}/retire", why="依据已废止").status_code == 303

    assert signed_in("officer1").get(f"/cases/{public_id}").status_code == 404
    assert "已停用" in text_of(trainer.get("/cases/mine"))


def test_empty_lists_say_what_to_do(signed_in: Enter, desk: Desk):
    trainer = signed_in("trainer")

    assert "还没有公布的案例" in text_of(trainer.get("/cases"))
    assert "没有符合条件的案例" in text_of(trainer.get("/cases?q=没有的词&unit=E2&law=x&author=y"))
    assert "您还没有编写案例" in text_of(trainer.get("/cases/mine"))
    assert "没有符合条件的材料" in text_of(trainer.get("/cases/mine?state=returned"))
    assert "没有等您审核的案例" in text_of(trainer.get("/cases/reviews"))


def test_the_lists_ask_the_database_as_often_for_many_as_for_few(signed_in: Enter, desk: Desk, counted):
    officer = signed_in("officer1")
    desk.publish()
    few = counted(lambda: officer.get("/cases"))
    for number in range(12):
        desk.publish(text=draft(title=f"案例{number}"))

    assert counted(lambda: officer.get("/cases")) == few


def test_a_list_of_many_has_pages(signed_in: Enter, desk: Desk):
    ids: list[UUID] = [desk.publish(text=draft(title=f"案例{number}")) for number in range(21)]
    officer = signed_in("officer1")

    first, second = text_of(officer.get("/cases")), text_of(officer.get("/cases?page=2"))

    assert "案例20" in first
    assert str(ids[0]) in second
    assert str(ids[0]) not in first
