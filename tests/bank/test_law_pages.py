"""Pages that read laws: two versions side by side, and the search over all articles."""

import json

import pytest
from flask.testing import FlaskClient

from tests.bank.samples import CODE, OLD_CODE, TEXTLESS, law_json
from tests.support.clock import ManualClock
from tests.support.world import World, sign_in
from tiejun.audit import Actor
from tiejun.bank.laws_service import import_laws, parse_laws
from tiejun.db import Database

OTHER = "other-rules-2020"


def articles(*texts: str) -> list[dict[str, object]]:
    return [{"number": n, "label": f"第{n}条", "text": text} for n, text in enumerate(texts, start=1)]


def bring(database: Database, clock: ManualClock, writer: Actor, *laws: dict[str, object]) -> None:
    files = [(f"{law['id']}.json", json.dumps(law, ensure_ascii=False).encode()) for law in laws]
    with database.transaction() as db:
        report = import_laws(db, parse_laws(files), writer, clock())
    assert report.problems == []


@pytest.fixture
def two_versions(laws: Database, clock: ManualClock, writer: Actor, world: World) -> Database:
    """Return the sample laws, the newer version with one article changed, one added and one gone."""
    old = articles("检查人员不得少于一人。", "样例文字不变。", "被删去的一条。")
    new = articles("检查人员不得少于两人。", "样例文字不变。")
    new.append({"number": 2, "sub": 1, "label": "第2条之1", "text": "新加的<b>一条</b>。"})
    bring(
        laws,
        clock,
        writer,
        law_json(OLD_CODE, effective="2014-06-01", ceased="2026-08-15", superseded_by=CODE)
        | {"articles": old},
        law_json() | {"articles": new},
        law_json(OTHER, title="另一件办法") | {"articles": articles("检查人员不得少于两人。")},
    )
    return laws


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_the_changed_articles_are_shown_with_their_difference(client: FlaskClient, two_versions: Database):
    sign_in(client, "officer1")
    text = page(client, f"/laws/{CODE}/compare/{OLD_CODE}")

    assert "检查人员不得少于<del>一</del>人。" in text
    assert "检查人员不得少于<ins>两</ins>人。" in text
    assert "样例文字不变" not in text
    for word, n in (("改动", 1), ("新增", 1), ("删去", 1), ("相同", 1), ("全部", 4)):
        assert f"{word} {n}</a>" in text


@pytest.mark.parametrize(
    ("show", "inside", "outside"),
    [
        ("added", "新加的&lt;b&gt;一条&lt;/b&gt;。", "被删去的一条"),
        ("gone", "被删去的一条", "新加的"),
        ("same", "样例文字不变", "被删去的一条"),
        ("all", "被删去的一条", "没有这一类条文"),
    ],
)
def test_the_address_says_which_articles_are_shown(
    client: FlaskClient, two_versions: Database, show: str, inside: str, outside: str
):
    sign_in(client, "officer1")
    text = page(client, f"/laws/{CODE}/compare/{OLD_CODE}?show={show}")

    assert inside in text
    assert outside not in text


def test_the_older_version_stands_on_the_left_whichever_is_named_first(
    client: FlaskClient, two_versions: Database
):
    sign_in(client, "officer1")
    first = page(client, f"/laws/{CODE}/compare/{OLD_CODE}?show=all")
    second = page(client, f"/laws/{OLD_CODE}/compare/{CODE}?show=all")

    assert first.split('class="tj-pg-head"')[1] == second.split('class="tj-pg-head"')[1]


def test_two_different_laws_are_paired_by_their_wording(client: FlaskClient, two_versions: Database):
    sign_in(client, "officer1")
    text = page(client, f"/laws/{OTHER}/compare/{CODE}?show=same")

    assert "检查人员不得少于两人" in text
    assert "按文字对应" in text
    assert "按条号对应" in page(client, f"/laws/{OTHER}/compare/{CODE}?by=number")


def test_a_kind_of_change_that_did_not_happen_says_so(client: FlaskClient, two_versions: Database):
    sign_in(client, "officer1")

    assert "没有这一类条文" in page(client, f"/laws/{CODE}/compare/{CODE}")


def test_a_law_without_text_cannot_be_compared(client: FlaskClient, two_versions: Database):
    sign_in(client, "officer1")

    assert "正文尚未导入，无法比较" in page(client, f"/laws/{CODE}/compare/{TEXTLESS}", 404)
    page(client, f"/laws/{CODE}/compare/nobodys-law", 404)


def test_a_law_leads_to_the_comparison_with_its_other_versions_that_have_a_text(
    client: FlaskClient, two_versions: Database
):
    sign_in(client, "officer1")

    assert f"/laws/{CODE}/compare/{OLD_CODE}" in page(client, f"/laws/{CODE}")
    assert f"/laws/{OLD_CODE}/compare/{CODE}" in page(client, f"/laws/{OLD_CODE}")
    assert "/compare/" not in page(client, f"/laws/{OTHER}")
    assert "/compare/" not in page(client, f"/laws/{TEXTLESS}")
