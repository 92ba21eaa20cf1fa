"""Items that ask nearly the same are named: in an import, within its file, and beside the editor."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from question_bank.item import Item
from tests.bank.samples import item, part_json
from tests.bank.test_editor import fields
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import Actor
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile
from tiejun.bank.models import ItemPurpose
from tiejun.bank.reports import ItemReport
from tiejun.bank.secrecy import EVERYTHING
from tiejun.bank.twins import most_alike
from tiejun.db import Database

STEM = "收到听证申请后应当在五日内通知当事人听证的时间和地点（　　）。"
OTHER = "排污单位自行监测的原始记录应当由谁保存（　　）。"
Run = Callable[..., ItemReport]


def asking(code: str, stem: str = STEM, *options: str) -> Item:
    texts = options or ("应当书面通知", "可以电话通知", "不必通知本人", "由代理人通知")
    listed = [{"id": letter, "text": text} for letter, text in zip("abcd", texts, strict=True)]
    return item(code, parts=[part_json(stem=stem, options=listed)])


@pytest.fixture
def run(laws: Database, clock: ManualClock, writer: Actor) -> Run:
    def import_(*items: Item, dry_run: bool = False) -> ItemReport:
        with laws.transaction() as db:
            plan = ImportPlan(ItemPurpose.PRACTICE, dry_run=dry_run)
            return import_items(db, ItemFile.of(items, "a.json"), plan, writer, clock())

    return import_


def warned(report: ItemReport) -> list[tuple[str, str]]:
    return [(warning.where, warning.message) for warning in report.warnings]


def test_the_report_names_the_twin_in_the_bank_and_how_it_is_like(run: Run):
    run(asking("B5-1"), asking("B5-2", OTHER))

    report = run(asking("C-1", STEM.replace("收到", "接到")), dry_run=True)
    assert warned(report) == [("试题 C-1", "与 B5-1 相似 97%，请核对")]
    assert report.rows[0]["warnings"] == ["与 B5-1 相似 97%，请核对"]

    report = run(asking("C-2", STEM.replace("五日", "十日")))
    assert warned(report) == [("试题 C-2", "与 B5-1 仅数字不同，请核对")]


def test_the_report_names_the_likest_of_several(run: Run):
    run(asking("B5-1", STEM.replace("收到", "接到")), asking("B5-2"))
    assert warned(run(asking("C-1", STEM.replace("（　　）", "__")))) == [
        ("试题 C-1", "与 B5-2 文字相同，请核对")
    ]


def test_the_same_stem_is_told_once(run: Run):
    run(asking("B5-1"))
    assert warned(run(asking("C-1"))) == [("试题 C-1", "题库中已有相同题干：B5-1")]


def test_the_report_names_the_twin_within_the_file(run: Run):
    report = run(
        asking("B5-1"), asking("B5-2", OTHER), asking("B5-3", STEM.replace("五日", "十日")), asking("B5-4")
    )
    assert warned(report) == [
        ("试题 B5-3", "与 文件中 试题 B5-1 仅数字不同，请核对"),
        ("试题 B5-4", "与 文件中 试题 B5-1 文字相同，请核对"),
    ]


def test_a_new_version_is_not_warned_of_itself(run: Run):
    run(asking("B5-1"), asking("B5-2", OTHER))
    report = run(asking("B5-1", STEM.replace("收到", "接到")), asking("B5-2", OTHER))
    assert (report.updated, report.unchanged, report.warnings) == (1, 1, [])


def test_the_editor_shows_the_three_likest_with_links(
    client: FlaskClient, world: World, run: Run, laws: Database
):
    stems = [
        STEM,
        STEM.replace("五日", "十日"),
        STEM.replace("收到", "接到"),
        STEM.replace("收到听证", "拒绝复议"),
        OTHER,
    ]
    run(*(asking(f"B5-{n}", stem) for n, stem in enumerate(stems)))
    sign_in(client, "item_writer")
    form = fields(client.get("/items/new?kind=single").get_data(as_text=True))
    assert "题库中相似的试题" not in client.get("/items/new?kind=single").get_data(as_text=True)
    form["part-0-stem"], form["act"] = STEM, "check"
    for number, text in enumerate(("应当书面通知", "可以电话通知", "不必通知本人", "由代理人通知")):
        form[f"part-0-option-{number}"] = text

    page = client.post("/items/new", data=form).get_data(as_text=True)

    panel = page[page.index('id="twins"') :]
    assert [f"/items/B5-{n}" in panel for n in range(5)] == [True, True, True, False, False]
    assert panel.index("文字相同") < panel.index("仅数字不同")
    assert "相似 97%" in panel


def test_an_item_is_no_twin_of_itself_in_the_editor(client: FlaskClient, world: World, run: Run):
    run(asking("B5-1"), asking("B5-2", STEM.replace("五日", "十日")))
    sign_in(client, "item_writer")
    page = client.get("/items/B5-1/edit").get_data(as_text=True)
    panel = page[page.index('id="twins"') :]
    assert "/items/B5-2" in panel
    assert "/items/B5-1" not in panel


def test_twins_are_found_with_two_queries_however_many_there_are(run: Run, laws: Database):
    run(*(asking(f"B5-{n}", STEM.replace("五日", f"{n + 6}日")) for n in range(80)))
    asked: list[str] = []
    with laws.reading() as db:
        db.connection()
        event.listen(laws.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        found = most_alike(db, EVERYTHING, asking("new").content_json(), "new")
    assert len(found) == 3
    assert len(asked) == 2
