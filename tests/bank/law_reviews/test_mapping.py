"""A table of correspondence proposes before likeness does, and is taken whole or not at all."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import select

from question_bank.laws import LawError
from tests.bank.law_reviews.conftest import OTHER, Bank, new_law, old_law
from tests.bank.samples import CODE, OLD_CODE
from tests.support.world import World, csrf_token, sign_in
from tiejun.audit import AuditEvent
from tiejun.bank.law_reviews.mapping import import_mapping
from tiejun.bank.law_reviews.mapping_file import is_mapping, parse_mapping
from tiejun.bank.law_reviews.models import LawCorrespondence
from tiejun.cli import commands
from tiejun.imports import ImportReport
from tiejun.settings import Settings


def row(label: object, *candidates: object, **more: Any) -> dict[str, Any]:
    named = [one if isinstance(one, dict) else {"label": one, "score": 0.5} for one in candidates]
    return {"label": label, "candidates": named, "band": "likely"} | more


def table(*rows: object, law: str = OLD_CODE) -> bytes:
    return json.dumps({law: rows}, ensure_ascii=False).encode()


def take(bank: Bank, content: bytes, *, dry_run: bool = False) -> ImportReport:
    with bank.database.transaction() as db:
        return import_mapping(db, parse_mapping(content, "表"), bank.actor, bank.clock(), dry_run=dry_run)


def proposed(bank: Bank) -> dict[str, list[str]]:
    """Return the proposed articles by old article; those of the table have a star."""
    return {
        review.article: [one["article"] + "*" * one.get("mapped", False) for one in review.candidates]
        for review in bank.reviews()
    }


def test_a_file_that_lists_rows_by_law_is_a_table_and_a_law_is_none():
    assert is_mapping(table(row("第一条")))
    assert not is_mapping(json.dumps(old_law()).encode())
    assert not any(is_mapping(content) for content in (b"", b"{}", b"[]", b"\xff", b'{"a": 1}'))


def test_labels_and_numbers_are_read_and_what_stands_beside_them_is_left_alone():
    found = parse_mapping(
        table(
            row("第一百二十条之一", "第一千零六十条", {"number": 7, "sub": 2, "law": OTHER, "where": "总则"}),
            row("第二条"),
        ),
        "表",
    )
    assert [(one.law, one.article, len(one.successors)) for one in found] == [
        (OLD_CODE, "120-1", 2),
        (OLD_CODE, "2", 0),
    ]
    assert [(one.law, one.article, one.score) for one in found[0].successors] == [
        (None, "1060", 0.5),
        (OTHER, "7-2", None),
    ]


@pytest.mark.parametrize(
    ("rows", "field", "message"),
    [
        ((row("附则"),), "label", "不是条号"),
        ((row(7),), "label", "不是条号"),
        (("第一条",), "label", "不是条号"),
        ((row("第一条"), row("第1条")), "label", "已在前面出现"),
        ((row("第一条") | {"candidates": "第二条"},), "candidates", "应为列表"),
        ((row("第一条", *["第二条"] * 21),), "candidates", "至多 20 条"),
        ((row("第一条", "第二条", "以后"),), "candidates", "第 2 个候选"),
        ((row("第一条", {"label": "第二条", "score": 2}),), "candidates", "第 1 个候选"),
        ((row("第一条", {"label": "第二条", "law": "Code"}),), "candidates", "第 1 个候选"),
        ((row("第一条", {"number": True}),), "candidates", "第 1 个候选"),
    ],
)
def test_a_faulty_row_is_named(rows: tuple[object, ...], field: str, message: str):
    with pytest.raises(LawError) as error:
        parse_mapping(table(*rows), "表")
    (problem,) = error.value.problems
    assert f"第 {len(rows)} 行" in problem.where
    assert problem.field == field
    assert message in problem.message


def test_what_is_no_law_id_is_named():
    with pytest.raises(LawError, match="不是法规代码"):
        parse_mapping(table(row("第一条"), law="环境保护法"), "表")


def test_the_table_proposes_first_and_likeness_fills_the_rest(bank: Bank):
    bank.laws(new_law())
    likest = proposed(bank)
    assert likest["1"][0] == "2"

    assert take(bank, table(row("第一条", "第四条", "第一条"))).is_written
    assert proposed(bank)["1"] == ["4*", "1*", next(one for one in likest["1"] if one not in ("4", "1"))]
    assert proposed(bank)["2"] == likest["2"]

    assert take(bank, table(row("第一条"))).is_written
    assert proposed(bank) == likest


def test_a_table_that_is_there_before_the_new_law_counts_when_its_citations_come_in(bank: Bank):
    bank.laws(old_law(superseded_by=CODE, ceased="2026-08-15"), new_law(), dry_run=True)
    assert "没有登记取代它" in str(take(bank, table(row("第一条", "第三条"))).problems)
    with_law = table(row("第一条", {"label": "第三条", "law": CODE}))
    assert "没有“" in str(take(bank, with_law).problems)
    bank.laws(new_law())
    take(bank, table(row("第二条", "第三条")))
    bank.item("C", (OLD_CODE, "2"))
    assert {review.candidates[0]["article"] for review in bank.reviews() if review.article == "2"} == {"3"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (table(row("第一条"), law="gone-law-1999"), "法规库中没有“gone-law-1999”"),
        (table(row("第九条", "第一条")), "旧法没有这一条"),
        (table(row("第一条", "第九条")), f"“{CODE}”没有第 9 条"),
        (table(row("第一条", {"label": "第一条", "law": "gone-law-1999"})), "法规库中没有“gone-law-1999”"),
        (table(row("第一条", "第一条"), law=OTHER), "没有登记取代它的法规"),
    ],
)
def test_a_table_that_does_not_fit_the_register_changes_nothing(bank: Bank, content: bytes, message: str):
    bank.laws(new_law())
    before = proposed(bank)
    report = take(bank, content)
    assert message in str(report.problems[0].message)
    assert (report.is_written, report.rejected) == (False, 1)
    assert proposed(bank) == before
    with bank.database.reading() as db:
        assert db.scalars(select(LawCorrespondence)).all() == []


def test_a_dry_run_writes_nothing(bank: Bank):
    bank.laws(new_law())
    report = take(bank, table(row("第一条", "第四条")), dry_run=True)
    assert (report.created, report.is_written) == (1, False)
    assert not any(one.endswith("*") for many in proposed(bank).values() for one in many)


def test_the_page_looks_first_and_then_takes_over(bank: Bank, world: World, client: FlaskClient):
    bank.laws(new_law())
    sign_in(client, "national_admin")
    token = csrf_token(client, "/laws/import")

    def send(content: bytes) -> str:
        file = (io.BytesIO(content), "code_mapping.json")
        answer = client.post(
            "/laws/import/file", data={"file": file, "csrf_token": token}, follow_redirects=True
        )
        assert answer.request.path.startswith("/laws/mapping/")
        return answer.request.path

    bad = send(table(row("第一条", "第九条")))
    assert "没有第 9 条" in client.get(bad).get_data(as_text=True)
    assert client.post(bad, data={"csrf_token": token}).status_code == 422

    good = send(table(row("第一条", "第四条")))
    shown = client.get(good).get_data(as_text=True)
    assert "还没有写入任何内容" in shown
    assert "导入对照表" in shown
    told = client.post(good, data={"csrf_token": token}, follow_redirects=True).get_data(as_text=True)
    assert "已导入对照表，共 1 条旧条文" in told
    review = next(one for one in bank.reviews() if one.article == "1")
    assert "对照表所列" in client.get(f"/law-reviews/{review.public_id}").get_data(as_text=True)
    with bank.database.reading() as db:
        assert "law.mapping_imported" in db.scalars(select(AuditEvent.action)).all()


def test_only_who_imports_laws_may(bank: Bank, world: World, client: FlaskClient):
    sign_in(client, "trainer")
    assert client.get(f"/laws/mapping/{'0' * 64}").status_code == 403


def test_the_command_takes_a_folder_of_laws_and_a_table(
    bank: Bank, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for law in (old_law(ceased="2026-08-15", superseded_by=CODE), new_law()):
        (tmp_path / f"{law['id']}.json").write_text(json.dumps(law))
    (tmp_path / "code_mapping.json").write_bytes(table(row("第一条", "第四条")))
    monkeypatch.setenv("TIEJUN_MODE", "test")
    monkeypatch.setenv("TIEJUN_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("TIEJUN_DATABASE_URL", settings.database_url)

    checked = CliRunner().invoke(commands, ["laws", "import", str(tmp_path), "--dry-run", "--json"])
    assert (checked.exit_code, json.loads(checked.stdout)["mapped"]) == (0, 1)
    assert bank.reviews() == []
    done = CliRunner().invoke(commands, ["laws", "import", str(tmp_path)])
    assert (done.exit_code, "对照表：1 条旧条文" in done.stdout) == (0, True)
    assert proposed(bank)["1"][0] == "4*"

    (tmp_path / "code_mapping.json").write_bytes(table(row("第一条", "第九条")))
    refused = CliRunner().invoke(commands, ["laws", "import", str(tmp_path)])
    assert (refused.exit_code, "没有第 9 条" in refused.stderr) == (1, True)
    assert proposed(bank)["1"][0] == "4*"
