"""Items from files: all rows or none, known again the second time, faulty rows out only when asked."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from sqlalchemy import func, select

from tests.bank.samples import CODE, OLD_CODE, TEXTLESS, item, item_json
from tests.support.clock import ManualClock
from tiejun.audit import Actor, AuditEvent
from tiejun.bank.importing import ImportPlan, import_items
from tiejun.bank.item_files import ItemFile, read_item_file
from tiejun.bank.models import Item, ItemBatch, ItemKey, ItemPurpose, ItemVersion
from tiejun.bank.shipped import install_starter
from tiejun.cli import commands
from tiejun.db import Database
from tiejun.errors import DomainError, Rejected

PRACTICE = ImportPlan(ItemPurpose.PRACTICE)
EXAM = ImportPlan(ItemPurpose.EXAM)
HEADER = ("题型", "题干", "A", "B", "C", "D", "答案", "单元")
GOOD = ("单选题", "检查人员不得少于几人", "一人", "两人", "三人", "四人", "B", "B5")
BAD = ("单选题", "没有这个选项的题", "甲", "乙", "丙", "丁", "Z", "B5")
Run = Callable[..., "object"]


def workbook(*rows: tuple[str, ...], formula: str | None = None) -> bytes:
    """Return a workbook with a header and these rows; `formula` becomes the stem of a further row."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("试题")
    for number, row in enumerate((HEADER, *rows)):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text)
    if formula:
        last = len(rows) + 1
        for column, text in enumerate(GOOD):
            sheet.write_string(last, column, text)
        sheet.write_formula(last, 1, formula, value="公式算出的题干")
    book.close()
    return out.getvalue()


@pytest.fixture
def run(laws: Database, clock: ManualClock, writer: Actor):
    def import_(file: ItemFile, plan: ImportPlan = PRACTICE):
        with laws.transaction() as db:
            return import_items(db, file, plan, writer, clock())

    return import_


def count(database: Database, table: type) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def xlsx(*rows: tuple[str, ...]) -> ItemFile:
    return read_item_file(workbook(*rows), "题库.xlsx")


def test_good_rows_become_items_with_their_keys_apart(run, laws: Database):
    report = run(xlsx(GOOD))
    assert (report.read, report.created, report.rejected, report.is_written) == (1, 1, 0, True)
    with laws.reading() as db:
        version, key = db.scalar(select(ItemVersion)), db.scalar(select(ItemKey))
        assert "key" not in json.dumps(version.content)
        assert key.key["parts"][0]["key"] == "b"
        assert db.scalar(select(ItemBatch)).report["created"] == 1
        assert "items.imported" in db.scalars(select(AuditEvent.action)).all()


def test_one_faulty_row_keeps_the_whole_file_out(run, laws: Database):
    report = run(xlsx(GOOD, BAD))
    assert (report.created, report.rejected, report.is_written) == (1, 1, False)
    assert [(p.where, p.field) for p in report.problems] == [("试题!3", "答案")]
    assert (count(laws, Item), count(laws, ItemBatch)) == (0, 0)


def test_faulty_rows_are_left_out_when_asked(run, laws: Database):
    report = run(xlsx(GOOD, BAD), ImportPlan(ItemPurpose.PRACTICE, skip_faulty=True))
    assert (report.created, report.rejected, report.is_written) == (1, 1, True)
    assert count(laws, Item) == 1


def test_a_dry_run_writes_nothing(run, laws: Database):
    report = run(xlsx(GOOD), ImportPlan(ItemPurpose.PRACTICE, dry_run=True))
    assert (report.created, report.is_written) == (1, False)
    assert count(laws, Item) == 0


def test_the_same_file_twice_is_unchanged_even_with_a_row_that_stands_twice(run, laws: Database):
    file = xlsx(GOOD, GOOD)
    assert run(file).created == 2
    again = run(file)
    assert (again.created, again.unchanged) == (0, 2)
    assert run(xlsx(GOOD, GOOD, GOOD)).created == 1
    assert count(laws, Item) == 3


def test_a_stem_that_the_bank_has_is_a_warning_and_no_fault(run):
    run(xlsx(GOOD))
    report = run(xlsx((*GOOD[:6], "C", "B5")))
    assert report.created == 1
    assert any("题库中已有相同题干" in warning.message for warning in report.warnings)


def test_a_known_code_with_other_words_becomes_a_new_version(run, laws: Database):
    assert run(ItemFile.of([item("B5-1")], "a")).created == 1
    assert run(ItemFile.of([item("B5-1")], "a")).unchanged == 1
    assert run(ItemFile.of([item("B5-1", rationale="新的解析")], "b")).updated == 1
    with laws.reading() as db:
        row = db.scalar(select(Item))
        assert (row.code, row.current_version) == ("B5-1", 2)
        assert sorted(db.scalars(select(ItemVersion.number))) == [1, 2]


@pytest.mark.parametrize(
    ("citation", "message"),
    [
        ({"law": "no-such-law", "article": "1"}, "法规库中没有代码为“no-such-law”的法规"),
        ({"law": CODE, "article": "4"}, "《样例办法》没有第 4 条"),
    ],
)
def test_a_citation_of_what_does_not_exist_is_refused_by_name(run, citation: dict[str, str], message: str):
    report = run(ItemFile.of([item("B5-1", citations=[citation])], "a"))
    assert [problem.message for problem in report.problems] == [message]
    assert not report.is_written


def test_an_article_of_a_law_without_text_is_taken_with_a_warning(run):
    report = run(ItemFile.of([item("B5-1", citations=[{"law": TEXTLESS, "article": "99"}])], "a"))
    assert report.is_written
    assert [warning.message for warning in report.warnings] == [
        "《只有目录的办法》的正文尚未导入，第 99 条无法核对"
    ]


def test_an_old_version_may_be_cited(run):
    assert run(ItemFile.of([item("B5-1", citations=[{"law": OLD_CODE, "article": "3"}])], "a")).is_written


def test_exam_items_need_a_unit_and_practice_items_do_not(run):
    file = ItemFile.of([item("X-1", unit=None)], "a")
    assert [problem.field for problem in run(file, EXAM).problems] == ["单元"]
    assert run(file, PRACTICE).is_written


def test_a_unit_that_the_syllabus_lacks_is_refused(run):
    assert not run(ItemFile.of([item("X-1", unit="B99")], "a")).is_written


def test_formula_cells_are_read_as_the_values_they_show(run, laws: Database):
    run(read_item_file(workbook(formula='="公式"&"题干"'), "a.xlsx"))
    with laws.reading() as db:
        assert db.scalar(select(Item.excerpt)) == "公式算出的题干"


def _zip_without_sheets() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "no workbook")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "不是有效的"),
        (b"not a workbook", "不是有效的"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "旧版"),
        (workbook(GOOD)[:2000], "不是有效的|损坏"),
        (_zip_without_sheets(), "不是有效的|损坏"),
    ],
    ids=["empty", "text", "an .xls named .xlsx", "half a spreadsheet", "another zip"],
)
def test_what_is_no_workbook_is_refused_in_clear_words(content: bytes, message: str):
    with pytest.raises(DomainError, match=message) as refused:
        read_item_file(content, "题库.xlsx")
    assert refused.value.code == "unreadable_file"


@pytest.mark.parametrize("content", [b"[]", b'{"items": 3}', b'{"items": [', b"\xff\xfe"])
def test_json_that_holds_no_items_is_refused(content: bytes):
    with pytest.raises(DomainError, match="不是有效的试题 JSON"):
        read_item_file(content, "items.json")


def test_a_code_twice_in_one_json_file_is_refused(run):
    content = json.dumps({"items": [item_json("B5-1"), item_json("B5-1"), 7]}).encode()
    report = run(read_item_file(content, "items.json"))
    assert (report.read, report.rejected, report.is_written) == (3, 2, False)


def test_the_starter_bank_needs_the_register_first(database: Database, clock: ManualClock, writer: Actor):
    with database.transaction() as db, pytest.raises(Rejected):
        install_starter(db, writer, clock())
    assert count(database, Item) == 0


def test_the_starter_bank_is_installed_once(starter: Database, clock: ManualClock, writer: Actor):
    before = count(starter, Item)
    with starter.transaction() as db:
        assert install_starter(db, writer, clock()).unchanged == before >= 120
    assert count(starter, Item) == before


@pytest.fixture
def command_line(settings, laws: Database, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)
    return CliRunner()


@pytest.mark.parametrize(
    ("options", "status", "items"),
    [([], 1, 0), (["--skip-faulty"], 3, 1), (["--skip-faulty", "--dry-run"], 3, 0), (["--dry-run"], 1, 0)],
)
def test_the_commands_status_says_what_became_of_a_file_with_a_faulty_row(
    command_line: CliRunner,
    laws: Database,
    tmp_path: Path,
    options: list[str],
    status: int,
    items: int,
):
    path = tmp_path / "bank.xlsx"
    path.write_bytes(workbook(GOOD, BAD))

    result = command_line.invoke(commands, ["items", "import", str(path), "--json", *options])

    assert result.exit_code == status, result.output
    report = json.loads(result.stdout)
    assert {"read", "created", "updated", "unchanged", "rejected", "problems"} <= report.keys()
    assert report["problems"][0].keys() == {"where", "field", "message"}
    assert (report["read"], report["rejected"]) == (2, 1)
    assert count(laws, Item) == items


def test_the_command_takes_json_with_a_default_unit_and_purpose(
    command_line: CliRunner, laws: Database, tmp_path: Path
):
    path = tmp_path / "bank.xlsx"
    path.write_bytes(workbook((*GOOD[:7], "")))

    result = command_line.invoke(
        commands, ["items", "import", str(path), "--purpose", "exam", "--unit", "C2"]
    )

    assert result.exit_code == 0, result.output
    with laws.reading() as db:
        assert db.execute(select(Item.unit, Item.purpose)).one() == ("C2", "exam")


def test_the_command_reports_an_unreadable_file_as_json_too(command_line: CliRunner, tmp_path: Path):
    path = tmp_path / "bank.xlsx"
    path.write_text("no workbook")

    result = command_line.invoke(commands, ["items", "import", str(path), "--json"])

    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert (report["read"], report["rejected"], report["problems"][0]["where"]) == (0, 1, "bank.xlsx")


def real_banks(test_data: Path) -> list[dict]:
    manifest = json.loads((test_data / "MANIFEST.json").read_text(encoding="utf-8"))
    return [entry for entry in manifest if str(entry["file"]).startswith("xlsx-zh-")]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_real_banks_come_in_without_exactly_the_rows_known_to_be_faulty(
    command_line: CliRunner, laws: Database, test_data: Path
):
    banks = real_banks(test_data)
    assert len(banks) == 4
    imported = 0
    for entry in banks:
        expected = entry["expected"]
        result = command_line.invoke(
            commands, ["items", "import", str(test_data / entry["file"]), "--skip-faulty", "--json"]
        )
        report = json.loads(result.stdout)
        assert result.exit_code == (3 if expected["flagged"] else 0)
        assert (report["read"], report["rejected"]) == (expected["items"], expected["flagged"])
        rows = {int(problem["where"].rpartition("!")[2]) for problem in report["problems"]}
        assert rows == set(expected["flagged_rows"])
        imported += report["created"]
    assert (
        count(laws, Item) == imported == sum(e["expected"]["items"] - e["expected"]["flagged"] for e in banks)
    )
