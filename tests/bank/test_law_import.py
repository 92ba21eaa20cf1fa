"""Bringing in a version of a law on the page: looked at first, compared with the older text, then written."""

import io
import json
import re
from datetime import date

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import func, select

from question_bank.laws import load_register
from tests.bank.samples import CODE, OLD_CODE, item, law_file, law_json
from tests.bank.test_law_pages import articles, bring, page
from tests.support.clock import ManualClock
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import Actor, AuditEvent
from tiejun.bank.laws_service import import_laws, parse_laws, sync_register
from tiejun.bank.models import Article, ItemPurpose, LawVersion
from tiejun.bank.service import save_item
from tiejun.cli import commands
from tiejun.db import Database

NEW = "sample-rules-2027"
TEXT = """样例办法
第一章　总则
第一条　第1条的样例文字。
第二条　第2条的样例文字，有改动。
- 1 -
第三条　第3条的样例文字。
第三条之一　新加的一条。
"""


def form(**changes: object) -> dict[str, object]:
    return {
        "title": "样例办法",
        "law_id": NEW,
        "kind": "部门规章",
        "change_type": "修订",
        "doc_no": "样例令第2号",
        "adopted": "2027-01-10",
        "effective": "2027-03-01",
        "supersedes": [CODE],
        "first": "1",
        "text": TEXT,
    } | changes


def send(client: FlaskClient, address: str, data: dict[str, object] | None = None):
    token = csrf_token(client, "/laws/import")
    return client.post(address, data=(data or {}) | {"csrf_token": token})


@pytest.fixture
def admin(client: FlaskClient, laws: Database, world: World) -> FlaskClient:
    sign_in(client, "national_admin")
    return client


def laws_of(database: Database) -> set[str]:
    with database.reading() as db:
        return set(db.scalars(select(LawVersion.id)))


def test_pasted_text_is_compared_with_the_newest_older_version_before_anything_is_written(
    admin: FlaskClient, laws: Database
):
    answer = send(admin, "/laws/import", form())
    assert answer.status_code == 303
    text = page(admin, answer.location)

    assert re.search("与 2026.{1,6}15.? 起施行的文本对照", text)
    for word, n in (("改动", 1), ("新增", 1), ("删去", 0), ("相同", 2)):
        assert f"{word} {n}</a>" in text
    assert "<ins>，有改动</ins>" in text
    assert "“- 1 -”是页码，没有导入" in text
    assert "新加的一条。" in page(admin, f"{answer.location}?show=added")
    assert NEW not in laws_of(laws)


def test_confirmed_it_stands_in_the_register_and_ends_what_it_supersedes(admin: FlaskClient, laws: Database):
    address = send(admin, "/laws/import", form()).location
    answer = send(admin, address)

    assert (answer.status_code, answer.location) == (303, f"/laws/{NEW}")
    assert "已导入《样例办法》，共 4 条。" in page(admin, f"/laws/{NEW}")
    with laws.reading() as db:
        law, old = db.get_one(LawVersion, NEW), db.get_one(LawVersion, CODE)
        assert (law.doc_no, law.change_type, law.effective) == ("样例令第2号", "修订", date(2027, 3, 1))
        assert (old.ceased, old.superseded_by) == (date(2027, 3, 1), NEW)
        rows = db.execute(
            select(Article.number, Article.heading).where(Article.law_id == NEW).order_by(Article.position)
        ).all()
        assert rows == [
            ("1", "第一章 总则"),
            ("2", "第一章 总则"),
            ("3", "第一章 总则"),
            ("3-1", "第一章 总则"),
        ]
        acts = db.execute(
            select(AuditEvent.action, AuditEvent.subject_id).where(AuditEvent.subject_id.in_([NEW, CODE]))
        ).all()
    assert ("law.imported", NEW) in acts
    assert ("law.ended", CODE) in acts


def test_what_cites_the_superseded_text_moves_into_the_queue_and_the_page_says_how_much(
    admin: FlaskClient, laws: Database, clock: ManualClock, writer: Actor
):
    with laws.transaction() as db:
        made = item("cites-1", citations=[{"law": CODE, "article": "1"}])
        save_item(db, made, ItemPurpose.EXAM, writer, clock())
    address = send(admin, "/laws/import", form(supersedes=[])).location
    preview = page(admin, address)
    assert "被取代的 1 件自" in preview
    assert f'href="/laws/{CODE}"' in preview

    send(admin, address)
    assert "引用失效或变动条文的 1 项内容已列入法规变动待核。" in page(admin, f"/laws/{NEW}")


def test_the_same_text_again_is_called_the_same_and_cannot_be_imported_twice(
    admin: FlaskClient, laws: Database
):
    address = send(admin, "/laws/import", form()).location
    send(admin, address)
    text = page(admin, address)

    assert "库中已有完全相同的文本" in text
    assert "确认后写入" not in text


def test_a_corrected_text_is_compared_with_the_text_that_is_here(admin: FlaskClient, laws: Database):
    send(admin, send(admin, "/laws/import", form()).location)
    address = send(admin, "/laws/import", form(text=TEXT.replace("新加的", "新增的"))).location
    text = page(admin, address)

    assert "与库中现有的同一文本对照" in text
    assert "改动 1</a>" in text
    send(admin, address)
    with laws.reading() as db:
        assert (
            db.scalar(select(func.count()).where(Article.law_id == NEW, Article.text == "新增的一条。")) == 1
        )


def test_a_gap_is_refused_by_line_and_what_was_typed_stays(admin: FlaskClient, laws: Database):
    answer = send(admin, "/laws/import", form(text="第一条 甲。\n第三条 丙。"))
    text = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "第 2 行" in text
    assert "条号不连续：“第一条”之后是“第三条”" in text
    assert "第三条 丙。</textarea>" in text
    assert 'value="样例令第2号"' in text
    assert f'<option selected value="{CODE}">' in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "请填写名称。"),
        ({"law_id": "Search"}, "应为小写字母和数字"),
        ({"law_id": "search"}, "应为小写字母和数字"),
        ({"effective": ""}, "请填写施行日期。"),
        ({"text": ""}, "请粘贴正文。"),
    ],
)
def test_a_form_that_lacks_something_says_what(
    admin: FlaskClient, laws: Database, changes: dict[str, object], words: str
):
    answer = send(admin, "/laws/import", form(**changes))

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"supersedes": ["nobodys-law"]}, "法规库中没有它要取代的“nobodys-law”"),
        ({"effective": "2026-08-15", "supersedes": [CODE]}, "不能被它取代"),
    ],
)
def test_what_cannot_be_superseded_keeps_the_version_out(
    admin: FlaskClient, laws: Database, changes: dict[str, object], words: str
):
    address = send(admin, "/laws/import", form(**changes)).location
    text = page(admin, address)

    assert words in text
    assert "确认后写入" not in text
    assert send(admin, address).status_code == 422
    assert NEW not in laws_of(laws)


def test_a_law_file_goes_the_same_way(admin: FlaskClient, laws: Database):
    name, content = law_file(NEW, effective="2027-03-01", articles=4, supersedes=[CODE])
    answer = send(admin, "/laws/import/file", {"file": (io.BytesIO(content), name)})

    assert answer.status_code == 303
    assert "新增 1</a>" in page(admin, answer.location)
    send(admin, answer.location)
    with laws.reading() as db:
        assert db.get_one(LawVersion, CODE).superseded_by == NEW


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no law", "不是有效的 JSON 文件"),
        (json.dumps(law_json(NEW) | {"articles": articles("甲")[:1] * 2}).encode(), "条号 1 重复"),
        (json.dumps(law_json(NEW) | {"left_out": {"said": "%(x)s", "values": {}}}).encode(), ""),
    ],
)
def test_a_file_with_faults_is_not_kept(admin: FlaskClient, laws: Database, content: bytes, words: str):
    answer = send(admin, "/laws/import/file", {"file": (io.BytesIO(content), "law.json")})

    if words:
        assert answer.status_code == 422
        assert words in answer.get_data(as_text=True)
    else:
        page(admin, answer.location)


def test_a_first_text_is_shown_as_it_was_read(admin: FlaskClient, laws: Database):
    text = page(admin, send(admin, "/laws/import", form(title="全新的办法", supersedes=[])).location)

    assert "库中没有它较早的正文可以对照" in text
    assert "第三条之一" in text


def test_an_older_file_brought_in_again_does_not_undo_its_end(
    admin: FlaskClient, laws: Database, clock: ManualClock, writer: Actor
):
    send(admin, send(admin, "/laws/import", form()).location)
    bring(laws, clock, writer, law_json(doc_no="样例令第1号（更正）"))

    with laws.reading() as db:
        old = db.get_one(LawVersion, CODE)
        assert (old.doc_no, old.ceased, old.superseded_by) == ("样例令第1号（更正）", date(2027, 3, 1), NEW)


def test_only_the_national_administrator_is_led_to_the_import(
    client: FlaskClient, laws: Database, world: World
):
    sign_in(client, "officer1")
    assert "/laws/import" not in page(client, "/laws")
    assert client.get("/laws/import").status_code == 403


def test_the_command_reports_articles_added_changed_and_gone(
    laws: Database, settings, monkeypatch: pytest.MonkeyPatch, tmp_path
):
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    law = law_json(NEW, effective="2027-03-01") | {
        "articles": articles("第1条的样例文字。", "第2条的样例文字，有改动。")
    }
    (tmp_path / "law.json").write_text(json.dumps(law), encoding="utf-8")

    result = CliRunner().invoke(
        commands, ["laws", "import", str(tmp_path / "law.json"), "--dry-run", "--json"]
    )

    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["articles"] == {"added": 0, "changed": 1, "gone": 1}
    assert report["laws"] == [
        {
            "id": NEW,
            "against": CODE,
            "paired_by": "number",
            "added": 0,
            "changed": 1,
            "gone": 1,
            "moved": 0,
            "articles": {"added": [], "changed": ["2"], "gone": ["3"]},
        }
    ]
    spoken = CliRunner().invoke(commands, ["laws", "import", str(tmp_path / "law.json")])
    assert f"{NEW}　与 {CODE} 比较：新增 0 条，改动 1 条，删去 1 条。" in spoken.output


def test_two_versions_of_one_import_are_compared_with_each_other(
    database: Database, clock: ManualClock, writer: Actor, world: World
):
    bring(database, clock, writer, law_json(articles=4), law_json(OLD_CODE, effective="2014-06-01"))

    with database.reading() as db:
        assert db.get_one(LawVersion, OLD_CODE).text_digest


def test_the_end_of_a_law_without_text_outlives_the_next_synchronisation(
    database: Database, clock: ManualClock, writer: Actor
):
    known = next(law for law in load_register().values() if law.ceased is None and law.superseded_by is None)
    with database.transaction() as db:
        sync_register(db)
    bring(database, clock, writer, law_json("new-law-2030", effective="2030-01-01", supersedes=[known.id]))
    with database.transaction() as db:
        sync_register(db)
        old = db.get_one(LawVersion, known.id)
        assert (old.ceased, old.superseded_by) == (date(2030, 1, 1), "new-law-2030")


def test_an_end_that_is_known_already_is_kept_and_reported(laws: Database, clock: ManualClock, writer: Actor):
    again = law_json("late-rules-2028", effective="2028-01-01", supersedes=[OLD_CODE])
    with laws.transaction() as db:
        bundle = parse_laws([("late.json", json.dumps(again).encode())])
        report = import_laws(db, bundle, writer, clock())
        old = db.get_one(LawVersion, OLD_CODE)
        assert (old.ceased, old.superseded_by) == (date(2026, 8, 15), CODE)
    assert [w.message for w in report.warnings] == [f"“{OLD_CODE}”已登记于 2026-08-15 失效，日期不改"]


def test_a_law_without_text_is_registered_counts_and_gets_its_text_later(
    admin: FlaskClient, laws: Database, clock: ManualClock, writer: Actor
):
    bare = form(text="", registered_only="y", supersedes=[CODE])
    looked = send(admin, "/laws/import", bare)
    assert looked.status_code == 303
    shown = admin.get(looked.location).get_data(as_text=True)
    assert "只登记，正文缺" in shown
    assert "登记这一法规" in shown
    told = admin.post(
        looked.location, data={"csrf_token": csrf_token(admin, "/laws/import")}, follow_redirects=True
    )
    assert "已登记《样例办法》，正文缺" in told.get_data(as_text=True)
    with laws.reading() as db:
        row, old = db.get_one(LawVersion, NEW), db.get_one(LawVersion, CODE)
        assert (row.text_digest, row.effective) == (None, date(2027, 3, 1))
        assert (old.ceased, old.superseded_by) == (date(2027, 3, 1), NEW)
    assert "正文缺" in admin.get("/laws/five-years?day=2027-06-01").get_data(as_text=True)

    again = admin.get(send(admin, "/laws/import", bare).location).get_data(as_text=True)
    assert "登记这一法规" not in again
    with_text = send(admin, "/laws/import", form())
    admin.post(with_text.location, data={"csrf_token": csrf_token(admin, "/laws/import")})
    with laws.reading() as db:
        assert db.get_one(LawVersion, NEW).text_digest is not None
    refused = admin.get(send(admin, "/laws/import", bare).location).get_data(as_text=True)
    assert "库中已有它的正文，不能改为只登记" in refused


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": "", "registered_only": ""}, "请粘贴正文"),
        ({"registered_only": "y"}, "只登记时不粘贴正文"),
    ],
)
def test_it_is_either_a_text_or_a_registration(admin: FlaskClient, changes: dict[str, str], message: str):
    asked = {name: value for name, value in (form() | changes).items() if value != "" or name == "text"}
    answer = send(admin, "/laws/import", asked)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("law", "message"),
    [
        (law_json(NEW) | {"articles": []}, "缺少这个字段"),
        (law_json(NEW) | {"registered_only": True}, "只登记的法规没有条文"),
    ],
)
def test_a_file_says_whether_its_text_is_there(law: dict[str, object], message: str):
    bundle = parse_laws([("x.json", json.dumps(law).encode())])
    assert [problem.message for problem in bundle.report.problems] == [message]
